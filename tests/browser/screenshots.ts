/**
 * Takes the pictures of the documentation: drives the sample through the story of `npm start` until version 3 waits for
 * an approval, and looks at every page on the way in light and dark. Not a test. It takes four minutes and says what it
 * does; what hangs is named and ends it.
 *
 *     PAVE_TEST_BROWSER=/usr/bin/chromium node tests/browser/screenshots.ts [folder] [--all] [--seconds 420]
 *
 * `--all` adds what the documentation does not show: empty pages, the sign-in page, an applied plan, a phone. On a busy
 * machine it may need more `--seconds`.
 */
import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { performance } from "node:perf_hooks";
import { parseArgs } from "node:util";
import type { Locator, Page } from "playwright-core";
import { keepSending, rowsOf } from "../../scripts/road/traffic.ts";
import { launchBrowser } from "../support/browser.ts";
import { eventually } from "../support/eventually.ts";
import { project } from "../support/flights.ts";
import { startPlatform } from "../support/platform.ts";
import { shopCsv } from "../support/shop-table.ts";
import { beginStory, openStory } from "../support/story.ts";
import { openCamera } from "./camera.ts";
import { callInWaves, failRun, planEnvironment, trainingRun } from "./sample-scenes.ts";
import { askQuestions, backUp, furnishTeam, notify, review, startHook, talk } from "./team-scenes.ts";

const { values: options, positionals } = parseArgs({
  options: { all: { type: "boolean" }, seconds: { type: "string", default: "420" } },
  allowPositionals: true,
});
const mostSeconds = Number(options.seconds);
const folder = resolve(positionals[0] ?? join(import.meta.dirname, "..", "..", "docs", "screenshots"));
const path = `/projects/${project}`;

const started = performance.now();
let doing = "starting a platform";
const say = (text: string): void => {
  process.stdout.write(`${((performance.now() - started) / 1000).toFixed(0).padStart(4)} s  ${text}\n`);
};
/** Says what begins, so that a hang can be named. */
const stage = async <T>(what: string, work: () => Promise<T>): Promise<T> => {
  doing = what;
  say(what);
  return work();
};

await mkdir(folder, { recursive: true });
const hook = await startHook();
// so that messages may go to it
const platform = await stage(doing, () => startPlatform({ environment: { PAVE_OUTBOUND_ALLOW: "127.0.0.1" } }));
const calls = new AbortController();
let browser: Awaited<ReturnType<typeof launchBrowser>> | undefined;
let tooLate: NodeJS.Timeout | undefined;
try {
  const late = new Promise<never>((_, reject) => {
    tooLate = setTimeout(() => reject(new Error(`not done after ${mostSeconds} s`)), mostSeconds * 1000);
    process.once("SIGINT", () => reject(new Error("stopped by Ctrl-C")));
  });
  await Promise.race([takeAll(), late]);
} catch (error) {
  process.exitCode = 1;
  process.stderr.write(`error while ${doing}: ${error instanceof Error ? error.message : String(error)}\n`);
} finally {
  clearTimeout(tooLate);
  calls.abort();
  await browser?.close();
  await platform.remove();
  await hook.close();
  say("done");
}
// what hung may still hold the process
process.exit();

/** A table, and what is to be predicted of it: what would be created is on the page then. */
async function chooseTable(page: Page): Promise<void> {
  const table = { name: "shop.csv", mimeType: "text/csv", buffer: Buffer.from(shopCsv({ rows: 900 })) };
  await page.getByLabel("Table", { exact: true }).setInputFiles(table);
  await page
    .getByLabel(/^Column to predict/)
    .first()
    .click();
  await page.getByRole("option", { name: "bought (two values)" }).click();
  await page.getByText("This will create").waitFor();
}

async function scrollToTruth(page: Page): Promise<void> {
  await scrollTo(page.getByRole("region", { name: "Predicted and actual" }));
}

async function scrollToReference(page: Page): Promise<void> {
  await page.getByRole("article", { name: "prediction", exact: true }).waitFor();
  await scrollTo(page.getByRole("heading", { name: "Reference profile" }));
}

async function scrollTo(part: Locator): Promise<void> {
  await part.evaluate((element) => {
    const { getBoundingClientRect } = element as unknown as { getBoundingClientRect(): { top: number } };
    // below the bar that stays at the top
    const { scrollBy } = globalThis as unknown as { scrollBy(x: number, y: number): void };
    scrollBy(0, getBoundingClientRect.call(element).top - 70);
  });
}

async function scrollToReview(page: Page): Promise<void> {
  await scrollTo(page.getByRole("heading", { name: "Review for staging" }));
}

async function scrollToDiscussion(page: Page): Promise<void> {
  await scrollTo(page.getByRole("heading", { name: "Discussion" }));
}

async function openBell(page: Page): Promise<void> {
  await page.getByRole("button", { name: /^Inbox,/ }).click();
  await page.getByRole("dialog", { name: "Inbox" }).waitFor();
}

async function askForHandOver(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Disable team-ops" }).click();
  await page.getByRole("combobox", { name: "Who takes over" }).waitFor();
}

async function openAttempts(page: Page): Promise<void> {
  await scrollTo(page.getByRole("tab", { name: "Attempts" }));
}

async function openPalette(page: Page): Promise<void> {
  await page.keyboard.press("Control+k");
  await page.getByRole("combobox", { name: "Go to or do" }).fill("late");
  await page.getByRole("option", { name: /late/ }).first().waitFor();
}

/** The number of the alert that the callers of staging are not those whom its version was trained for. */
async function findAlert(): Promise<number> {
  const list = async () => (await platform.client.listAlerts({ params: { project }, query: {} })).items;
  const isInputs = ({ kind }: { kind: string }) => kind === "inputs";
  const alerts = await eventually("an alert of inputs", list, (items) => items.some(isInputs));
  return alerts.find(isInputs)?.number ?? 0;
}

async function takeAll(): Promise<void> {
  browser = await stage("starting Chromium", launchBrowser);
  const story = await openStory(platform);
  const camera = await openCamera({ platform, browser, folder, say });
  if (options.all) {
    await camera.take("home-empty", "/");
    await camera.take("projects-empty", "/projects");
    await camera.take("sign-in", "/sign-in");
  }
  await stage("making version 1", async () => {
    await beginStory(story, 200_000);
    await story.trainFirst();
  });
  const token = await stage("releasing it to production", async () => {
    await story.deployToStaging("1");
    await story.promoteFirst();
    return story.endpointToken();
  });
  const traffic = callInWaves(story, token, calls.signal);
  await stage("inviting a team", async () => {
    await furnishTeam({ platform, project });
    await askQuestions(platform);
    await notify({ platform }, hook.url);
  });
  await stage("sending flights of June and what came true", async () => {
    await story.sendJune(token, 6000, () => undefined);
    await story.sendLabels();
  });
  const failed = await stage("running into a failure", () => failRun(platform, story.folder));
  await camera.take("run-failed", `${path}/runs/${failed}`);
  const takeLive = async () => {
    const run = await trainingRun(platform);
    await camera.take("run-live", `${path}/runs/${run}?step=train`);
    return run;
  };
  const [, second] = await Promise.all([stage("training version 2", story.trainSecond), takeLive()]);
  await stage("trying version 2 in staging", () => story.deployToStaging("2"));
  const { url } = await story.showDeployment("staging");
  const rows = rowsOf(await story.flightsOfJune(4000));
  const trying = keepSending({ url, token, rows, rowsEach: 4, perSecond: 40, signal: calls.signal });
  await stage("version 2 is caught", () => story.secondIsCaught(token, () => undefined));
  await camera.take("rollout", `${path}/deployments/production/late/rollouts/2`);
  await stage("training version 3", story.trainThird);
  const alert = await stage("waiting for the alert", findAlert);
  await camera.take("monitoring", `${path}/monitoring`);
  await camera.take("monitor", `${path}/monitoring/production/late`);
  await camera.take("alert", `${path}/monitoring/alerts/${alert}`);
  const waiting = await stage("proposing version 3 for production", async () => {
    await story.deployToStaging("3");
    return story.planThird();
  });

  const pages: Record<string, string> = {
    home: "/",
    projects: "/projects",
    project: path,
    run: `${path}/runs/${second}?step=train`,
    "model-version": `${path}/models/${project}/versions/3`,
    plan: `${path}/plans/${waiting.number}`,
    deployment: `${path}/deployments/production/late?range=5m`,
    environments: "/environments",
    environment: "/environments/production",
    activity: "/activity",
    settings: "/settings",
  };
  const scene = { platform, project, model: project, version: "3", run: second, plan: waiting.number };
  await stage("talking, and making a backup", async () => {
    await talk(scene);
    await review(scene, "staging");
    await backUp(scene);
  });
  await stage("taking the pictures", async () => {
    for (const [name, where] of Object.entries(pages)) await camera.take(name, where);
    await camera.take("new-project", "/new-project", chooseTable);
    await camera.take("reference", `${path}/models/${project}/versions/3`, scrollToReference);
    await camera.take("truth", `${path}/deployments/production/late`, scrollToTruth);
    await camera.take("palette", path, openPalette);
    await camera.take("platform-plan", `/plans/${await planEnvironment(platform)}`);
  });
  // pages with little on them; smaller pictures are easier to look at, and to carry
  const small = await openCamera({ platform, browser, folder, say, viewport: { width: 1120, height: 640 } });
  const version = `${path}/models/${project}/versions/3`;
  await stage("taking the pictures of a team", async () => {
    await small.take("people", "/settings/people");
    await small.take("hand-over", "/settings/people", askForHandOver);
    await small.take("notifications", "/settings/notifications");
    await small.take("inbox", "/", openBell);
    await small.take("backups", "/settings/backups");
    await small.take("project-settings", `${path}/settings`);
    for (const part of ["rights", "machines", "secrets", "connections"])
      await small.take(`project-${part}`, `${path}/settings/${part}`);
    await small.take("review", version, scrollToReview);
    await small.take("discussion", pages.plan ?? "/", scrollToDiscussion);
    await small.take("isolation", `${path}/runs/${second}?step=train&tab=attempts`, openAttempts);
    await small.take("device", "/device");
  });
  await small.close();
  if (options.all) {
    const narrow = { platform, browser, folder, say, viewport: { width: 390, height: 844 }, fullPage: true };
    const phone = await openCamera(narrow);
    await stage("taking what the documentation does not show", () => camera.take("plan-applied", `${path}/plans/3`));
    for (const name of ["home", "project", "plan", "run", "deployment", "model-version", "activity"])
      await phone.take(`${name}-narrow`, pages[name] ?? "/");
    await phone.close();
  }
  await camera.close();
  calls.abort();
  await Promise.all([traffic, trying]);
}
