/**
 * Takes the pictures of tracking for the documentation: fills a project as clients of MLflow would, and looks at runs, one
 * run, comparisons and a model in light and dark. Not a test. It takes a minute.
 *
 *     PAVE_TEST_BROWSER=/usr/bin/chromium node tests/browser/tracking-screenshots.ts [folder]
 */
import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { Page } from "playwright-core";
import { launchBrowser } from "../support/browser.ts";
import { startPlatform } from "../support/platform.ts";
import { openCamera } from "./camera.ts";
import { fillTracking } from "./tracking-scene.ts";

const folder = resolve(process.argv[2] ?? join(import.meta.dirname, "..", "..", "docs", "screenshots"));
const say = (text: string): void => void process.stdout.write(`${text}\n`);

await mkdir(folder, { recursive: true });
const platform = await startPlatform();
const browser = await launchBrowser();
try {
  const { project, model, run, compared } = await fillTracking(platform);
  // smaller pictures are easier to look at, and to carry
  const camera = await openCamera({ platform, browser, folder, say, viewport: { width: 1280, height: 720 } });
  const runs = `/projects/${project}/runs`;
  const comparison = `${runs}/compare?ids=${compared.join(",")}`;
  await camera.take("runs", runs);
  await camera.take("compare", comparison);
  await camera.take("tracked-run", `${runs}/${run}`);
  await camera.take("tracked-curves", `${runs}/${run}?tab=metrics&smooth=0.6`);
  await camera.take("runs-groups", `${runs}?by=params.model&metric=roc_auc`, openFirstGroup);
  await camera.take("compare-curves", `${comparison}&view=curves`);
  await camera.take("compare-parallel", `${comparison}&view=parallel`);
  await camera.take("compare-scatter", `${comparison}&view=scatter`);
  await camera.take("model", `/projects/${project}/models/${model}`);
  await camera.close();
} finally {
  await browser.close();
  await platform.remove();
}

async function openFirstGroup(page: Page): Promise<void> {
  await page
    .getByRole("button", { name: /: \d+ runs$/ })
    .first()
    .click();
}
