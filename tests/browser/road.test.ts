import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Plan, Run } from "@pave/contract";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { laterFlights, rowsOf, sendTraffic } from "../../scripts/road/traffic.ts";
import { browserPath, isSamePage, launchBrowser, markPage, type Person, signIn, tabTo } from "../support/browser.ts";
import { createFlights, flightsSample, project, releaseToProduction, trainVersion } from "../support/flights.ts";
import { knownToGateway } from "../support/load.ts";
import { moveTrafficAtOnce } from "../support/move-traffic-at-once.ts";
import { layoutShift, namelessControls, settle, tabThrough, watchLayoutShifts } from "../support/page-checks.ts";
import { startPlatform, type TestPlatform } from "../support/platform.ts";

if (!browserPath) console.log("the road in a browser: skipped, PAVE_TEST_BROWSER names no Chromium (npm test sets it)");

describe.skipIf(!browserPath)("the road in a browser", { timeout: 300_000 }, () => {
  let platform: TestPlatform;
  let browser: Browser;
  let folder: string;
  /** The admin who made the project, and a reviewer, each in a browser of their own. */
  let admin: Person;
  let grace: Person;
  let waiting: Plan;

  const linkFor = async (name: string): Promise<string> =>
    (await platform.json<{ url: string }>(["open", "--print", "--principal", name])).url;

  beforeAll(async () => {
    [platform, browser] = await Promise.all([startPlatform(), launchBrowser()]);
    await moveTrafficAtOnce(platform);
    folder = await createFlights(platform, 12_000);
  }, 400_000);
  afterAll(async () => {
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
    const started = await platform.json<Run>(["run", "--no-wait", "-m", "seen from the browser"], { folder });
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

  it("lets a second person open the plan that waits, reach Approve by Tab, and approve", async () => {
    await releaseToProduction(platform, 1);
    const run = await trainVersion(platform, folder, 21);
    expect(run.state, run.message ?? "").toBe("succeeded");
    await platform.json<Plan>(["deploy", "--to", "staging"], { folder });
    waiting = await platform.json<Plan>(["promote", "staging", "production"], { folder });
    expect(waiting.state).toBe("open");

    await platform.json(["principals", "create", "grace"]);
    await platform.json(["members", "set", "grace", "reviewer", "--project", project]);
    grace = await signIn(browser, await linkFor("grace"));
    const { page } = grace;
    await page.getByRole("link", { name: /^Review: / }).click();
    await page.getByRole("heading", { name: waiting.title, level: 1 }).waitFor();
    await page.getByText("metrics.roc_auc >= champion.metrics.roc_auc - 0.005").first().waitFor();
    await page.getByText(/^[\d.]+ g → [\d.]+ g CO₂e a month$/).waitFor();
    await page.getByText(/memory only: .* MB of loaded models in 1 gateway process/).waitFor();

    // the author has the same plan open and will see it move
    await admin.page.goto(page.url());
    await admin.page.getByText("awaiting approval").first().waitFor();
    await markPage(admin.page);

    await page.getByRole("textbox", { name: "Comment" }).fill("compared both on the same test set");
    await page.locator("body").focus();
    await tabTo(page, "Approve");
    await page.keyboard.press("Enter");
    for (const person of [grace, admin]) {
      await person.page.getByText("compared both on the same test set").first().waitFor();
      await person.page
        .getByRole("heading", { name: waiting.title })
        .locator("xpath=..")
        .getByText("applied")
        .waitFor();
    }
    expect(await isSamePage(admin.page), "the author's page was reloaded").toBe(true);
    expect((await platform.client.getPlan({ params: { project, plan: waiting.number } })).approvalList).toMatchObject([
      { principal: { name: "grace" }, decision: "approved", comment: "compared both on the same test set" },
    ]);
  });

  it("shows traffic as it comes, and answers a request that is tried", async () => {
    const { page } = admin;
    await page.goto(`${platform.url}/projects/${project}/deployments/production/late`);
    await page.getByRole("heading", { name: "late", level: 1 }).waitFor();
    await page.getByText("version 2", { exact: true }).first().waitFor();
    await markPage(page);

    const params = { project, environment: "production", deployment: "late" };
    const { token } = await platform.client.createToken({ body: { name: "calls", project } });
    const { url } = await platform.client.getDeployment({ params });
    await knownToGateway(url, token);
    const sql = await readFile(join(folder, "sql", "features.sql"), "utf8");
    const rows = rowsOf(await laterFlights((await flightsSample(12_000)).later, sql, 300));
    expect(await sendTraffic({ url, token, rows, concurrency: 4 })).toMatchObject({
      failed: 0,
      versions: { "2": 300 },
    });
    // 300 in five minutes
    await page.getByText(/^6\d(\.\d)? req\/min$/).waitFor();
    await page
      .getByRole("region", { name: "Traffic" })
      .getByText(/version 2|v2/)
      .first()
      .waitFor();
    expect(await isSamePage(page), "the page was reloaded").toBe(true);

    const form = page.getByRole("form", { name: "Try the endpoint" });
    await form.getByRole("textbox", { name: "origin" }).fill("ORD");
    await form.getByRole("button", { name: "Send request" }).click();
    await page.getByText("HTTP 200").waitFor();
    await page.getByText(new RegExp(`^probability.* ${project} version 2$`)).waitFor();
  });

  it("holds still while a page loads, and shows by name and focus what can be reached by Tab", async () => {
    const { page, context } = admin;
    await watchLayoutShifts(context);
    const at = `/projects/${project}`;
    const paths = ["/", at, `${at}/runs/1`, `${at}/plans/${waiting.number}`, `${at}/deployments/production/late`];
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

  it("finds nothing to complain of in the console", () => {
    expect(admin.complaints).toEqual([]);
    expect(grace.complaints).toEqual([]);
  });
});
