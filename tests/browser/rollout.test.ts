import type { DeploymentDetail } from "@pave/contract";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { browserPath, isSamePage, launchBrowser, markPage, type Person, signIn } from "../support/browser.ts";
import { eventually } from "../support/eventually.ts";
import { type Load, startLoad } from "../support/load.ts";
import { layoutShift, namelessControls, settle, tabThrough, watchLayoutShifts } from "../support/page-checks.ts";
import { startPlatform, type TestPlatform } from "../support/platform.ts";
import { serveVersions } from "../support/served-versions.ts";

const name = "numbers";
const rollout =
  '{ canary: [20, 50, 100], every: 10m, minRequests: 20, abortWhen: ["errorRate > 0.5", "p50Ms > 10000.0"] }';
const patienceMs = 120_000;

describe.skipIf(!browserPath)("the page of a rollout", { timeout: 400_000 }, () => {
  let platform: TestPlatform;
  let browser: Browser;
  let admin: Person;
  let load: Load;
  const params = { project: name, environment: "staging", deployment: name };
  const show = (): Promise<DeploymentDetail> => platform.client.getDeployment({ params });
  const release = (version: string) =>
    platform.client.createPlan({
      params: { project: name },
      body: { environment: "staging", models: [`${name}@${version}`] },
    });
  const live = (version: string) =>
    eventually(
      `version ${version} live`,
      show,
      ({ active, rollout }) => active?.modelVersion === version && rollout?.finishedAt !== null,
      patienceMs,
    );

  beforeAll(async () => {
    [platform, browser] = await Promise.all([startPlatform(), launchBrowser()]);
    const { token } = await serveVersions(platform, name, ["late-1", "late-2"], rollout);
    await release("1");
    const { url, inputExample } = await live("1");
    load = startLoad({ url, token, row: inputExample, callers: 2 });
    admin = await signIn(browser, platform.signInUrl);
    admin.page.setDefaultTimeout(patienceMs);
  }, 400_000);
  afterAll(async () => {
    await load?.stop();
    await browser?.close();
    await platform?.remove();
  });

  it("is led to by deployment and plan, shows each step live, and stays where somebody pauses it", async () => {
    const { page } = admin;
    const plan = await release("2");
    await page.goto(`${platform.url}/projects/${name}/plans/${plan.number}`);
    await page.getByRole("link", { name: "See the rollout" }).click();
    await page.getByRole("heading", { name: "Rollout 2", level: 1 }).waitFor();
    expect(page.url()).toBe(`${platform.url}/projects/${name}/deployments/staging/${name}/rollouts/2`);
    await markPage(page);
    await page.getByRole("button", { name: "Pause" }).click();
    await page.getByRole("dialog").getByRole("textbox", { name: "Reason" }).fill("look at it together");
    await page.getByRole("dialog").getByRole("button", { name: "Pause" }).click();
    await page.getByText("Step 1 of 3: 20 % of the traffic, paused by a person").waitFor();
    await page.getByText("look at it together").first().waitFor();
    await page
      .getByRole("table", { name: /^Both releases at / })
      .first()
      .getByText("Latency, 95th percentile")
      .waitFor();
    await page
      .getByRole("table", { name: /^Conditions at / })
      .first()
      .getByText("errorRate > 0.5")
      .waitFor();
    expect(await isSamePage(page), "the page was reloaded").toBe(true);
    await page.goto(`${platform.url}/projects/${name}/deployments/staging/${name}`);
    await page.getByText("Release 2 is rolling out, step 1 of 3: paused").waitFor();
    await page.getByRole("link", { name: "See the rollout" }).click();
  });

  it("goes on when it is resumed, and has all of the traffic when somebody says so", async () => {
    const { page } = admin;
    await page.getByRole("button", { name: "Resume" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Resume" }).click();
    await page.getByText("Step 1 of 3: 20 % of the traffic", { exact: true }).waitFor();
    await page.getByRole("button", { name: "Give it all traffic" }).click();
    await page.getByRole("dialog").getByRole("textbox", { name: "Reason" }).fill("both looked");
    await page.getByRole("dialog").getByRole("button", { name: "Give it all traffic" }).click();
    await page.getByText("All traffic is on version 2").waitFor();
    expect(await page.getByRole("list", { name: "Steps of the rollout" }).getByText("done").count()).toBe(2);
    expect(await page.getByRole("button", { name: "Abort" }).count()).toBe(0);
    expect(load.failures).toEqual([]);
  });

  it("is aborted by hand, and says who and why; who may not is told so", async () => {
    const { page } = admin;
    await live("2");
    const plan = await release("1");
    await platform.json(["principals", "create", "vera"]);
    await platform.json(["members", "set", "vera", "viewer", "--project", name]);
    const { url } = await platform.json<{ url: string }>(["open", "--print", "--principal", "vera"]);
    const vera = await signIn(browser, url);
    vera.page.setDefaultTimeout(patienceMs);
    const path = `/projects/${name}/deployments/staging/${name}/rollouts/3`;
    await eventually("a share", show, ({ weights }) => weights.length === 2, patienceMs);
    await platform.client.pauseRollout({ params: { ...params, rollout: 3 }, body: { reason: "" } });
    await vera.page.goto(platform.url + path);
    expect(await vera.page.getByRole("button", { name: "Abort" }).getAttribute("aria-disabled")).toBe("true");
    await vera.context.close();

    await page.goto(platform.url + path);
    await page.getByRole("button", { name: "Abort" }).click();
    await page.getByRole("dialog").getByRole("textbox", { name: "Reason" }).fill("the desk complains");
    await page.getByRole("dialog").getByRole("button", { name: "Abort" }).click();
    await page
      .getByText(/^Version 2 has all of the traffic: the rollout was aborted at step \d of 3 .*the desk complains$/)
      .waitFor();
    await page.goto(`${platform.url}/projects/${name}/plans/${plan.number}`);
    await page
      .getByText(/the desk complains/)
      .first()
      .waitFor();
  });

  it("holds still while it loads, and what can be reached by Tab has a name", async () => {
    const { page, context } = admin;
    await watchLayoutShifts(context);
    for (const number of [2, 3]) {
      const path = `/projects/${name}/deployments/staging/${name}/rollouts/${number}`;
      await page.goto(platform.url + path);
      await settle(page);
      const { score, worst } = await layoutShift(page);
      expect(score, `${path} moves ${worst?.moved.join(", ")}`).toBeLessThan(0.1);
      expect(await namelessControls(page), path).toEqual([]);
      expect((await tabThrough(page)).unseen, path).toEqual([]);
    }
    expect(admin.complaints).toEqual([]);
  });
});
