import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Run } from "@pave/contract";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { browserPath, isSamePage, launchBrowser, markPage, type Person, signIn, tabTo } from "../support/browser.ts";
import { eventually } from "../support/eventually.ts";
import { startPlatform, type TestPlatform } from "../support/platform.ts";
import { shopCsv } from "../support/shop-table.ts";
import { tinyProject } from "../support/tiny-project.ts";

const project = "tiny";

/** The pages beside the road: each on its main path, with nothing there, with bad input, and for somebody without a role. */
describe.skipIf(!browserPath)("the pages of the portal in a browser", { timeout: 120_000 }, () => {
  let platform: TestPlatform;
  let browser: Browser;
  let admin: Person;
  let stranger: Person;
  let page: Page;
  let forest: string;

  const heading = (name: string | RegExp) => page.getByRole("heading", { name, level: 1 }).waitFor();
  const field = (name: string) => page.getByLabel(new RegExp(`^${name}( \\*)?$`)).first();
  const choose = async (name: string, option: string) => {
    await field(name).click();
    await page.getByRole("option", { name: option, exact: true }).click();
  };
  const linkFor = async (name: string) =>
    (await platform.json<{ url: string }>(["open", "--print", "--principal", name])).url;
  const mlflow = async <T>(path: string, body: object): Promise<T> => {
    const response = await fetch(`${platform.url}/api/2.0/mlflow${path}`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${platform.token}`,
        "content-type": "application/json",
        "x-mlflow-workspace": project,
      },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return response.json() as Promise<T>;
  };
  /** A run as a client of MLflow logs it, with a curve. */
  const logged = async (name: string, auc: number) => {
    const { run } = await mlflow<{ run: { info: { run_id: string } } }>("/runs/create", {
      experiment_id: "0",
      run_name: name,
      start_time: 1_700_000_000_000,
    });
    const metric = (key: string, value: number, step: number) => ({ key, value, step, timestamp: 1_700_000_000_000 });
    await mlflow("/runs/log-batch", {
      run_id: run.info.run_id,
      params: [{ key: "model", value: name }],
      metrics: [metric("roc_auc", auc, 0), ...[3, 2, 1].map((loss, step) => metric("loss", loss, step))],
    });
    return run.info.run_id;
  };

  beforeAll(async () => {
    [platform, browser] = await Promise.all([startPlatform(), launchBrowser()]);
    const tiny = await tinyProject(platform, project);
    for (const depth of [6, 3]) {
      await tiny.edit("pave.yaml", "depth: 6", `depth: ${depth}`);
      const { number } = await tiny.json<Run>(["run", "--no-wait", "-m", `depth ${depth}`]);
      const read = () => platform.client.getRun({ params: { project, run: number } });
      await eventually(`run ${number}`, read, ({ state }) => state === "succeeded" || state === "failed", 60_000);
    }
    forest = await logged("forest", 0.81);
    await logged("linear", 0.62);
    await platform.client.createProject({ body: { name: "empty" } });
    await platform.json(["principals", "create", "eve"]);
    admin = await signIn(browser, platform.signInUrl);
    stranger = await signIn(browser, await linkFor("eve"));
    page = admin.page;
  }, 240_000);
  afterAll(async () => {
    await browser?.close();
    await platform?.remove();
  });

  it("finds, sorts and compares runs, with what was chosen in the URL", async () => {
    await page.goto(`${platform.url}/projects/${project}/runs`);
    await page.getByText("4 runs", { exact: true }).waitFor();
    await page.getByRole("button", { name: "roc auc", exact: true }).click();
    await page.waitForURL(/order=metrics/);
    await expect.poll(() => page.getByRole("checkbox", { name: /^Select / }).count()).toBe(4);

    await field("Name or conditions").fill("metrics.roc_auc > 0.8");
    await page.keyboard.press("Enter");
    await page.getByText("1 run", { exact: true }).waitFor();
    await page.getByRole("link", { name: "forest" }).waitFor();
    expect(page.url()).toContain("filter=");
    await field("Name or conditions").fill("metrics.roc_auc >");
    await page.keyboard.press("Enter");
    await page
      .getByRole("alert")
      .getByText(/expected a number/i)
      .waitFor();
    await field("Name or conditions").fill("no such run");
    await page.keyboard.press("Enter");
    await page.getByText("No run fits").waitFor();
    await page.getByRole("button", { name: "Show all runs" }).click();
    await page.getByText("4 runs", { exact: true }).waitFor();

    for (const name of ["forest", "linear", "train #1", "train #2"])
      await page.getByRole("checkbox", { name: `Select ${name}` }).check();
    await page.getByRole("link", { name: "Compare 4" }).click();
    await heading("Compare runs");
    const params = page.getByRole("table", { name: "Params" });
    await params.getByRole("row", { name: /train\.depth/ }).waitFor();
    await params.getByRole("row", { name: /^model/ }).waitFor();
    expect(await page.getByRole("table", { name: "Metrics" }).getByText("0.8100 ✓").count()).toBe(1);
    await page.getByRole("button", { name: "Leave out train #1" }).click();
    await page.getByRole("button", { name: "Leave out train #1" }).waitFor({ state: "detached" });
    await page.getByText("Curves", { exact: true }).click();
    await page.getByRole("img", { name: "loss over steps", exact: true }).waitFor();
    await page.getByRole("switch", { name: "log y" }).click();
    await page.waitForURL(/log=y/);
  });

  it("shows a run at the address that MLflow's client prints", async () => {
    await page.goto(`${platform.url}/#/experiments/1/runs/${forest}`);
    await page.waitForURL(`${platform.url}/projects/${project}/runs/${forest}`);
    await page.getByRole("table", { name: "Metrics" }).getByText("0.8100").waitFor();
    await page.goto(`${platform.url}/projects`);
    await page.goto(`${platform.url}/#/experiments/1/runs/${"0".repeat(32)}`);
    await heading("Home");
  });

  it("says that there is no run yet, and what to do", async () => {
    await page.goto(`${platform.url}/projects/empty/runs`);
    await page.getByText("No run yet").waitFor();
    await page.getByText("pave run").first().waitFor();
  });

  it("shows where releases run and by which rules, and plans a change after it was seen", async () => {
    await page.goto(`${platform.url}/environments`);
    await page.getByText("Takes only what runs in staging").waitFor();
    await page.getByText("Nothing runs here").first().waitFor();
    await page.getByRole("link", { name: "production", exact: true }).click();
    await heading("production");
    await page.getByRole("button", { name: "Change its rules" }).click();
    const yaml = field("The whole environment as it shall be");
    const before = await yaml.inputValue();
    await yaml.fill(`${before}\nnonsense: true\n`);
    await page.getByRole("button", { name: "See what changes" }).click();
    await page
      .getByRole("alert")
      .getByText(/nonsense/)
      .first()
      .waitFor();
    await yaml.fill(`${before}\nquotas: { deployments: 3 }\n`);
    await page.getByRole("button", { name: "See what changes" }).click();
    await page.getByRole("button", { name: "Open the plan" }).click();
    await page.waitForURL(/\/plans\/1$/);
    await page.goto(`${platform.url}/environments`);
    await page.getByRole("table", { name: "Plans of the platform" }).getByRole("link").first().waitFor();
  });

  it("tells what happened as it happens, narrowed by what and who, and how far it is sealed", async () => {
    await page.goto(`${platform.url}/projects/${project}/activity`);
    await page.getByText("started run 2 of train").waitFor();
    await page.goto(`${platform.url}/activity`);
    await page.getByText("all sealed").waitFor();
    await choose("What", "Projects");
    await page.getByText("created the project empty").waitFor();
    expect(await page.getByText("started run 2 of train").count()).toBe(0);
    await markPage(page);
    await platform.client.createProject({ body: { name: "later" } });
    await page.getByText("created the project later").waitFor();
    expect(await isSamePage(page), "the page was reloaded").toBe(true);
    await choose("Who", "eve");
    await page.getByText("Nothing fits").waitFor();
  });

  it("makes a token that is shown once and can be revoked, and gives a role", async () => {
    await page.goto(`${platform.url}/settings`);
    await page.getByRole("button", { name: "New token" }).click();
    const dialog = page.getByRole("dialog", { name: "New token" });
    await dialog.getByRole("textbox", { name: "Name" }).fill("for the notebook");
    await dialog.getByRole("button", { name: "Create token" }).click();
    await page.getByText(/shown this once/).waitFor();
    await page.getByText(/^pave_api_\w{20,}$/).waitFor();
    await page.getByRole("button", { name: "Revoke for the notebook" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Revoke the token" }).click();
    await page.getByRole("button", { name: "Revoke for the notebook" }).waitFor({ state: "detached" });

    await page.goto(`${platform.url}/projects/empty/settings`);
    await page.getByRole("form", { name: "Add a member" }).waitFor();
    await choose("Person, team or account", "eve");
    await page.getByRole("form", { name: "Add a member" }).getByRole("button", { name: "Add" }).click();
    await field("Role of eve").waitFor();
    const { items } = await platform.client.listMembers({ params: { project: "empty" } });
    expect(items.find(({ principal }) => principal.name === "eve")?.role).toBe("developer");
  });

  it("explains what goes wrong where it was done: in a toast that stays, or in the dialog that is open", async () => {
    await page.goto(`${platform.url}/settings/people`);
    const form = page.getByRole("form", { name: "Add somebody" });
    await form.getByLabel("Name").fill("eve");
    await form.getByRole("button", { name: "Add" }).click();
    const toast = page.getByRole("alert").filter({ hasText: "There is already a principal named eve" });
    await toast.waitFor();
    expect(await toast.getByRole("link", { name: "What this means" }).getAttribute("href")).toBe(
      "/docs/errors#access-conflict",
    );
    await toast.getByRole("button", { name: "Close this message" }).click();
    await toast.waitFor({ state: "detached" });

    await page.getByRole("button", { name: "Disable local-runner" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("button", { name: "Disable", exact: true }).click();
    const problem = dialog.getByRole("alert").filter({ hasText: "is the platform's own and cannot be disabled" });
    await problem.waitFor();
    expect(await page.getByRole("alert").count(), "nothing is told behind the dialog").toBe(1);
    await tabTo(page, "What this means", 8);
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
  });

  it("makes a backup and proves it, and says while it does", async () => {
    await page.goto(`${platform.url}/settings/backups`);
    await page.getByText("No backup yet").waitFor();
    await page.getByRole("button", { name: "Make the first one" }).click();
    const table = page.getByRole("table", { name: "Backups" });
    await table.getByText("succeeded").waitFor();
    await table.getByRole("button", { name: /^Actions on the backup/ }).click();
    await page.getByRole("menuitem", { name: "Read every byte (verify)" }).click();
    await table.getByText("verify passed").waitFor();
  });

  it("goes anywhere from the keyboard", async () => {
    await page.goto(`${platform.url}/projects/${project}`);
    await heading(project);
    await page.keyboard.press("Control+k");
    const box = page.getByRole("combobox", { name: "Go to or do" });
    await box.fill(`run 1 ${project}`);
    await page.getByRole("option", { name: new RegExp(`^Run 1 of ${project}`), selected: true }).waitFor();
    await page.keyboard.press("Enter");
    await heading("Run 1");
    await page.keyboard.press("?");
    await page.getByRole("dialog", { name: "Shortcuts" }).waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("dialog", { name: "Shortcuts" }).waitFor({ state: "detached" });
    await page.keyboard.press("g");
    await page.keyboard.press("e");
    await heading("Environments");
  });

  it("shows somebody without a role what is theirs, and why the rest is not", async () => {
    const eve = stranger.page;
    await eve.goto(`${platform.url}/projects/${project}/runs`);
    await eve.getByText(`There is no project ${project}, or it is not yours to see`).first().waitFor();
    await eve.goto(`${platform.url}/settings`);
    await eve.getByRole("button", { name: "New token" }).waitFor();
    await eve.goto(`${platform.url}/settings/people`);
    await eve.getByRole("heading", { name: "Teams", exact: true }).waitFor();
    expect(await eve.getByRole("form", { name: "Add somebody" }).count()).toBe(0);
    expect(await eve.getByRole("button", { name: "Invite" }).count()).toBe(0);
    await eve.goto(`${platform.url}/settings/backups`);
    await eve.getByText("eve lacks the permission backup.manage").waitFor();
    await eve.goto(`${platform.url}/projects/empty/settings`);
    await eve.getByText("only an admin of the project changes roles").waitFor();
    await eve.goto(`${platform.url}/environments/production`);
    const change = eve.getByRole("button", { name: "Change its rules" });
    await change.hover();
    await eve.getByText("This takes a platform admin.").waitFor();
    await eve.goto(`${platform.url}/projects/${project}/runs/compare`);
    await eve.getByText("No run is chosen").waitFor();
  });

  it("makes a project of a table after it was seen what that creates; a bad table is told in one message", async () => {
    const [bad, good] = [join(platform.folder, "bad.csv"), join(platform.folder, "Shop 1.csv")];
    await writeFile(bad, "");
    await writeFile(good, shopCsv({ rows: 600 }));
    await page.goto(`${platform.url}/new-project`);
    await page.getByText("pave init").first().waitFor();
    await field("Table").setInputFiles(bad);
    await page
      .getByRole("alert")
      .getByText(/bad\.csv/)
      .first()
      .waitFor();
    await field("Table").setInputFiles(good);
    await field("Column to predict").waitFor();
    expect(await field("Name of the project").inputValue()).toBe("shop-1");
    await choose("Column to predict", "visits");
    await page
      .getByRole("alert")
      .getByText(/expected two values/)
      .first()
      .waitFor();
    await choose("Column to predict", "bought (two values)");
    await page.getByText("This will create").waitFor();
    await page.getByText("project shop-1, owned by platform").waitFor();
    await page.getByRole("button", { name: "Create and run" }).click();
    await heading("Run 1");
    const { items } = await platform.client.listRevisions({ params: { project: "shop-1" }, query: {} });
    expect(items).toHaveLength(1);
  });
});
