import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { type Person, signIn } from "../support/browser.ts";
import { rest, settle } from "../support/page-checks.ts";
import type { TestPlatform } from "../support/platform.ts";
import { smallPng } from "./small-png.ts";

type Scheme = "light" | "dark";
const schemes: readonly Scheme[] = ["light", "dark"];

/** Looks at pages of a platform in light and dark; says what the consoles complained of. */
export interface Camera {
  /** A picture of the page at the path, in each look, after what `act` does there. */
  take(name: string, path: string, act?: (page: Page) => Promise<void>): Promise<void>;
  close(): Promise<void>;
}

export async function openCamera(options: {
  platform: TestPlatform;
  browser: Browser;
  folder: string;
  say: (text: string) => void;
  viewport?: { width: number; height: number };
  /** The whole page instead of what a window shows. */
  fullPage?: boolean;
}): Promise<Camera> {
  const { platform, browser, folder, say, viewport, fullPage = false } = options;
  const people = new Map<Scheme, Person>();
  for (const colorScheme of schemes) {
    const { url } = await platform.json<{ url: string }>(["open", "--print"]);
    people.set(colorScheme, await signIn(browser, url, { colorScheme, ...(viewport ? { viewport } : {}) }));
  }
  return {
    async take(name, path, act) {
      for (const [scheme, { page }] of people) {
        await page.goto(platform.url + path);
        await settle(page).catch((cause: Error) => {
          throw new Error(`picture ${name}-${scheme} of ${path}: ${cause.message}`, { cause });
        });
        if (act) {
          await act(page);
          // what it opened may hide the page's heading
          await rest(page);
        }
        await writeFile(join(folder, `${name}-${scheme}.png`), smallPng(await page.screenshot({ fullPage })));
      }
      say(`took ${name}`);
    },
    async close() {
      for (const { context, complaints } of people.values()) {
        for (const complaint of complaints) say(`! ${complaint}`);
        await context.close();
      }
    },
  };
}
