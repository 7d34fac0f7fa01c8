import type { Plan, Run } from "@pave/contract";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { keepSending, rowsOf, sendTraffic } from "../../scripts/road/traffic.ts";
import { browserPath, isSamePage, launchBrowser, markPage, type Person, signIn, tabTo } from "../support/browser.ts";
import { project } from "../support/flights.ts";
import { knownToGateway } from "../support/load.ts";
import { layoutShift, namelessControls, settle, tabThrough, watchLayoutShifts } from "../support/page-checks.ts";
import { numbersOf } from "../support/page-numbers.ts";
import { startPlatform, type TestPlatform } from "../support/platform.ts";
import { beginStory, openStory, type Story } from "../support/story.ts";

if (!browserPath)
  console.log("the story in a browser: skipped, PAVE_TEST_BROWSER names no Chromium (npm test sets it)");

const at = `/projects/${project}`;
const live = `${at}/deployments/production/late`;

/** What `npm start` tells, by its own stages, and what two people see of it. Each test builds on those before. */
describe.skipIf(!browserPath)("the story in a browser", { timeout: 300_000 }, () => {
  let platform: TestPlatform;
  let browser: Browser;
  let story: Story;
  let token: string;
  /** The admin who made the project, and a reviewer, each in a browser of their own. */
  let admin: Person;
  let grace: Person;
  /** Version 2's plan, and version 3's. */
  let failed: Plan;
  let waiting: Plan;
  /** Callers of staging, who say the hour of the place as those of production do. */
  const trying = new AbortController();

  const open = async (page: Page, path: string, heading: string | RegExp) => {
    await page.goto(platform.url + path);
    await page.getByRole("heading", { name: heading, level: 1 }).waitFor();
  };
  const linkFor = async (name: string): Promise<string> =>
    (await platform.json<{ url: string }>(["open", "--print", "--principal", name])).url;

  beforeAll(async () => {
    [platform, browser] = await Promise.all([startPlatform(), launchBrowser()]);
    story = await openStory(platform);
    await beginStory(story, 200_000);
  }, 400_000);
  afterAll(async () => {
    trying.abort();
    await browser?.close();
    await platform?.remove();
  });

  it("signs in by the one-time link, which works once", async () => {
    admin = await signIn(browser, platform.signInUrl);
    expect(admin.page.url()).not.toContain("#");
    expect(await admin.page.getByRole("button", { name: /^Account of / }).isVisible()).toBe(true);

    const other = await (await browser.newContext()).newPage();
    await other.goto(platform.signInUrl);
    await other
      .getByText(/already|used|once/i)
      .first()
      .waitFor();
    await other.context().close();
  });

  it("shows the project on its road", async () => {
    const { page } = admin;
    await page.getByRole("link", { name: "Projects" }).click();
    await page.getByRole("link", { name: project }).first().click();
    await page.getByRole("heading", { name: project, level: 1 }).waitFor();
    const road = page.getByRole("list", { name: "The project's road" });
    await road.getByRole("listitem").first().waitFor();
    expect(await road.getByRole("listitem").count()).toBe(7);
  });

  it("shows a run live: steps change and log lines appear without a reload", async () => {
    const { page } = admin;
    await markPage(page);
    const started = await platform.json<Run>(["run", "--no-wait", "-m", "first run"], { folder: story.folder });
    await page
      .getByRole("link", { name: new RegExp(`^(Run )?#?${started.number}\\b`) })
      .first()
      .click();
    await page.getByRole("heading", { name: `Run ${started.number}`, level: 1 }).waitFor();
    const step = (name: string, state: string) => page.getByRole("button", { name: `Step ${name}: ${state}` });

    await step("train", "running").waitFor();
    await step("split", "succeeded").click();
    expect(page.url()).toContain("step=split");
    await page.getByRole("toolbar", { name: "Log of split" }).waitFor();
    await page.getByRole("button", { name: /^Step train: / }).click();
    await page.getByText(/^features: /).waitFor();
    await step("train", "succeeded").waitFor();
    await page.getByText(/fitted in \d/).waitFor();
    await step("evaluate", "succeeded").waitFor();
    await page.getByText(`Registered ${project} version 1`).waitFor();
    expect(await isSamePage(page), "the page was reloaded").toBe(true);

    await page.getByRole("link", { name: `${project} version 1` }).click();
    await page.getByRole("heading", { name: new RegExp(`${project}.*1|version 1`, "i"), level: 1 }).waitFor();
  });

  it("shows traffic as it comes, and answers a request that is tried", async () => {
    await story.trainFirst();
    await story.deployToStaging("1");
    await story.promoteFirst();
    token = await story.endpointToken();
    const { page } = admin;
    await open(page, live, "late");
    await page.getByText("version 1", { exact: true }).first().waitFor();
    await markPage(page);

    const { url } = await story.showDeployment("production");
    await knownToGateway(url, token);
    const rows = rowsOf(await story.flightsOfJune(300));
    expect(await sendTraffic({ url, token, rows, concurrency: 4 })).toMatchObject({
      failed: 0,
      versions: { "1": 300 },
    });
    // 300 in five minutes
    await page.getByText(/^6\d(\.\d)? req\/min$/).waitFor();
    await page
      .getByRole("region", { name: "Traffic" })
      .getByText(/version 1|v1/)
      .first()
      .waitFor();
    expect(await isSamePage(page), "the page was reloaded").toBe(true);

    const form = page.getByRole("form", { name: "Try the endpoint" });
    await form.getByRole("textbox", { name: "origin" }).fill("ORD");
    await form.getByRole("button", { name: "Send request" }).click();
    await page.getByText("HTTP 200").waitFor();
    await page.getByText(new RegExp(`^probability.* ${project} version 1$`)).waitFor();
  });

  it("shows by labels alone that the week of 11 June was worse than predicted", async () => {
    await story.sendJune(token, 6000, () => undefined);
    await story.sendLabels();
    await Promise.all([story.trainSecond(), seeWeekOfJune(admin.page)]);
  });

  const seeWeekOfJune = async (page: Page) => {
    await open(page, live, "late");
    const [[labels = 0] = [], , [predicted = 0] = [], [actual = 0, low = 0, high = 0] = [], [gap = 0, least = 0] = []] =
      await numbersOf(page, "Predicted and actual", /^11 Jun 2001/);
    expect(labels).toBeGreaterThan(1200);
    expect(predicted).toBeGreaterThan(18);
    expect(predicted).toBeLessThan(23);
    expect(actual).toBeGreaterThan(23.5);
    expect(actual).toBeLessThan(28);
    expect(low, "the interval excludes what was predicted").toBeGreaterThan(predicted);
    expect(high).toBeGreaterThan(actual);
    expect(gap).toBeGreaterThan(2);
    expect(least, "the gap is beyond chance").toBeGreaterThan(0);
    await page.getByRole("img", { name: "Predicted and actual" }).waitFor();
  };

  it("shows version 2 caught at 5 % by what it predicts, and nobody's request failed", async () => {
    await story.deployToStaging("2");
    const { url } = await story.showDeployment("staging");
    const rows = rowsOf(await story.flightsOfJune(4000));
    void keepSending({ url, token, rows, rowsEach: 4, perSecond: 40, signal: trying.signal });
    // as a start that was interrupted leaves it, approved and on its way: the next one goes on with it
    failed = await story.planForProduction("2");
    await platform.client.approvePlan({
      params: { project, plan: failed.number },
      body: { hash: failed.hash, comment: "better on every test" },
    });
    const said = await story.secondIsCaught(token, () => undefined);
    expect(said).toMatch(/^3 gates passed; at 5 % .* none of [\d,]+ requests failed$/);

    const { page } = admin;
    await open(page, live, "late");
    await page.getByRole("row", { name: /version 2 rolled back/ }).waitFor();
    await page.getByRole("link", { name: "See the rollout" }).first().click();
    await page.getByRole("heading", { name: "Rollout 2", level: 1 }).waitFor();
    await page
      .getByText(/^Version 1 has all of the traffic: the rollout was aborted at step 1 of 3 \(5 %\): /)
      .waitFor();
    await page.getByRole("row", { name: /^so: aborts has\(predictionPsi\) && predictionPsi > 0\.2 / }).waitFor();
    const [first, ...others] = await page
      .getByRole("list", { name: "Steps of the rollout" })
      .getByRole("listitem")
      .all();
    expect(await first?.textContent()).toMatch(/5 %\s*aborted/);
    for (const other of others) expect(await other.textContent()).toContain("to do");

    const both = (row: RegExp) => numbersOf(page, "Both releases at 5 %", row);
    const [[second = 0] = [], [stable = 0] = []] = await both(/^Mean prediction/);
    expect(second).toBeGreaterThan(0.25);
    expect(second).toBeLessThan(0.4);
    expect(stable).toBeGreaterThan(0.18);
    expect(stable).toBeLessThan(0.24);
    const [[asked = 0] = [], [askedStable = 0] = []] = await both(/^Requests/);
    expect(asked).toBeGreaterThanOrEqual(50);
    expect(asked / (asked + askedStable), "of the requests").toBeLessThan(0.1);
    expect(await both(/^Errors/)).toEqual([
      [0, 0],
      [0, 0],
    ]);

    await page.getByRole("button", { name: "What is PSI?" }).first().focus();
    await page.keyboard.press("Enter");
    const help = page.getByRole("dialog", { name: "What is PSI?" });
    await help.getByText("has(predictionPsi) && predictionPsi > 0.2").waitFor();
    await tabTo(page, "More about PSI", 2);
    await page.keyboard.press("Escape");
    await help.waitFor({ state: "detached" });

    await open(page, `${at}/activity`, "Activity");
    await page
      .getByText(/^pave rolled back version 2 in production \/ late by itself: has\(predictionPsi\)/)
      .first()
      .waitFor();
  });

  it("shows that no input has moved meanwhile", async () => {
    const { page } = admin;
    await open(page, `${at}/monitoring/production/late`, "Drift of late");
    await page.getByText("as before").nth(5).waitFor();
    for (const column of ["origin", "destination", "distance", "hour", "weekday"]) {
      const text = (await page.getByRole("article", { name: column, exact: true }).textContent()) ?? "";
      expect(text, column).toContain("as before");
      expect(Number(/effect ([\d.]+)/.exec(text)?.[1]), column).toBeLessThan(0.1);
    }
  });

  it("shows on the version's page what traffic is held against", async () => {
    const { page } = admin;
    await open(page, `${at}/models/${project}/versions/1`, `${project} version 1`);
    for (const column of ["prediction", "origin", "distance", "hour"]) {
      const article = page.getByRole("article", { name: column, exact: true });
      await article.getByRole("img").waitFor();
      await article.getByText(/none missing|% missing/).waitFor();
    }
    await page.getByText(/rows that it had not seen/).waitFor();
  });

  it("holds still while a page loads, and shows by name and focus what can be reached by Tab", async () => {
    const { page, context } = admin;
    await watchLayoutShifts(context);
    const monitor = `${at}/monitoring/production/late`;
    const paths = ["/", at, `${at}/runs/1`, `${at}/plans/${failed.number}`, live, monitor];
    for (const path of paths) {
      await page.goto(platform.url + path);
      await settle(page);
      const { score, worst } = await layoutShift(page);
      expect(score, `${path} moves ${worst?.moved.join(", ")}`).toBeLessThan(0.1);
      expect(await namelessControls(page), path).toEqual([]);
      const { reached, unseen } = await tabThrough(page);
      expect(reached.length, path).toBeGreaterThan(10);
      expect(unseen, path).toEqual([]);
      expect(await page.title(), path).toMatch(path === "/" ? /^Home · Pave$/ : /flight-delays.* · Pave$/);
    }
  });

  it("shows the alert that the new version's callers are not those it was trained for", async () => {
    await Promise.all([story.trainThird(), seeAlert(admin.page)]);
    trying.abort();
  });

  const seeAlert = async (page: Page) => {
    await open(page, "/", "Home");
    await page.getByRole("link", { name: /^Look: staging\/late: hour .*differs? from the reference$/ }).waitFor();
    await open(page, `${at}/monitoring`, "Monitoring");
    await page.getByRole("link", { name: /^staging\/late: hour .*differs? from the reference$/ }).click();
    await page.getByRole("heading", { name: /^Alert \d$/, level: 1 }).waitFor();
    await page
      .getByText(/^hour: /)
      .first()
      .waitFor();
    await page.getByText(`${project} version 2, release 2`).waitFor();
    await open(page, `${at}/monitoring/staging/late`, "Drift of late");
    const hour = (await page.getByRole("article", { name: "hour", exact: true }).textContent()) ?? "";
    expect(Number(/effect ([\d.]+)/.exec(hour)?.[1])).toBeGreaterThan(0.2);
  };

  it("lets a second person open the plan that waits, reach Approve by Tab, and approve", async () => {
    await story.deployToStaging("3");
    waiting = await story.planThird();
    expect(waiting.state).toBe("open");

    await platform.json(["principals", "create", "grace"]);
    await platform.json(["members", "set", "grace", "reviewer", "--project", project]);
    grace = await signIn(browser, await linkFor("grace"));
    const { page } = grace;
    await page.getByRole("link", { name: `Review: ${waiting.title}` }).click();
    await page.getByRole("heading", { name: waiting.title, level: 1 }).waitFor();
    await page.getByText("metrics.roc_auc >= champion.metrics.roc_auc - 0.005").first().waitFor();
    await page.getByText(/^[\d.]+ g → [\d.]+ g CO₂e a month$/).waitFor();
    await page.getByText(/requests a month \([\d,]+ in 1 day\)/).waitFor();

    // the author has the same plan open and will see it move
    await admin.page.goto(page.url());
    await admin.page.getByText("awaiting approval").first().waitFor();
    await markPage(admin.page);

    const callers = await story.callOn(token, 300);
    await page.getByRole("textbox", { name: "Comment" }).fill("compared both on the same test set");
    await page.locator("body").focus();
    await tabTo(page, "Approve");
    await page.keyboard.press("Enter");
    await page.getByText(/^1 of 1 approval$/).waitFor();
    expect((await story.planThird()).number, "a start beside the canary goes on with it").toBe(waiting.number);
    for (const person of [grace, admin]) {
      await person.page.getByText("compared both on the same test set").first().waitFor();
      await person.page
        .getByRole("heading", { name: waiting.title })
        .locator("xpath=..")
        .getByText("applied")
        .waitFor();
    }
    expect(await callers.stop()).toMatchObject({ failed: 0 });
    expect(await isSamePage(admin.page), "the author's page was reloaded").toBe(true);
    expect((await story.showPlan(waiting.number)).approvalList).toMatchObject([
      { principal: { name: "grace" }, decision: "approved", comment: "compared both on the same test set" },
    ]);
    await page.getByRole("link", { name: "See the rollout" }).click();
    await page.getByText("All traffic is on version 3").waitFor();
    expect(await page.getByRole("list", { name: "Steps of the rollout" }).getByText("done").count()).toBe(3);
    await open(page, live, "late");
    await page.getByText(`${project} version 3 in release 3, online`).waitFor();
  });

  it("finds nothing to complain of in the console", () => {
    expect(admin.complaints).toEqual([]);
    expect(grace.complaints).toEqual([]);
  });
});
