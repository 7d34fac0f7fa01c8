import { setTimeout as delay } from "node:timers/promises";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";

export const browserPath = process.env.PAVE_TEST_BROWSER;

/** Quiet, and without a word to anybody but the pages under test. */
export const launchBrowser = (): Promise<Browser> =>
  chromium.launch({
    executablePath: browserPath ?? "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });

/** One person's browser: a session of its own, and everything that its console complained of. */
export interface Person {
  readonly context: BrowserContext;
  readonly page: Page;
  readonly complaints: string[];
}

export async function signIn(
  browser: Browser,
  link: string,
  options: { colorScheme?: "light" | "dark"; viewport?: { width: number; height: number } } = {},
): Promise<Person> {
  const viewport = options.viewport ?? { width: 1440, height: 900 };
  const context = await browser.newContext({ viewport, colorScheme: options.colorScheme ?? "light" });
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) complaints.push(`${message.type()}: ${message.text()}`);
  });
  page.on("pageerror", (error) => complaints.push(`page error: ${error.message}`));
  page.on("response", (response) => {
    if (response.status() >= 400) complaints.push(`${response.status()} ${response.url()}`);
  });
  await page.goto(link);
  await page.getByRole("heading", { name: "Home", level: 1 }).waitFor();
  return { context, page, complaints };
}

/** Presses Tab until the named button has the focus; gives how often. */
export async function tabTo(page: Page, name: string, most = 80): Promise<number> {
  for (let presses = 1; presses <= most; presses += 1) {
    await page.keyboard.press("Tab");
    const focused = await page.evaluate(() => {
      const { document } = globalThis as unknown as { document: { activeElement: { textContent: string } | null } };
      return document.activeElement?.textContent?.trim() ?? "";
    });
    if (focused === name) return presses;
    await delay(5);
  }
  throw new Error(`Tab does not reach ${name} in ${most} presses`);
}

/** A mark that a reload of the page would lose. */
export const markPage = (page: Page): Promise<void> =>
  page.evaluate(() => {
    (globalThis as { paveTestMark?: boolean }).paveTestMark = true;
  });

export const isSamePage = (page: Page): Promise<boolean> =>
  page.evaluate(() => (globalThis as { paveTestMark?: boolean }).paveTestMark === true);
