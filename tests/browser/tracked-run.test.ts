import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ApiHouse, createApiHouse } from "../../packages/server/src/rights/api-house.ts";
import { browserPath, launchBrowser, type Person, signIn } from "../support/browser.ts";
import { namelessControls, rest } from "../support/page-checks.ts";
import { curves, hostileName, type TrackedScene, trackedScene } from "../support/tracked-run-scene.ts";

const project = "flights";

/** The page of a tracked run and what leads on from it, on the API alone: nothing here needs a gateway or a runner. */
describe.skipIf(!browserPath)("a tracked run in a browser", { timeout: 120_000 }, () => {
  let house: ApiHouse;
  let browser: Browser;
  let origin: string;
  let scene: TrackedScene;
  let developer: Person;
  let page: Page;

  const person = async (name: string, role?: "viewer" | "developer") => {
    const { token } = await house.person(name, role ? { [project]: role } : {});
    const { body } = await house.send("POST", "/api/v1/sign-in-links", house.admin, { principal: name });
    const link = `${origin}/sign-in#${String(body.url).split("#")[1]}`;
    return { token, browser: () => signIn(browser, link) };
  };
  const runPage = (rest = "", run = scene.run) => `${origin}/projects/${project}/runs/${run}${rest}`;
  const heading = (name: string | RegExp, on = page) => on.getByRole("heading", { name, level: 1 }).waitFor();
  const table = (name: string) => page.getByRole("table", { name });

  beforeAll(async () => {
    const folder = join(import.meta.dirname, "..", "..", "packages", "portal", "dist");
    [house, browser] = await Promise.all([createApiHouse({ portal: { folder } }), launchBrowser()]);
    await house.project(project);
    origin = await house.listen();
    const { token, browser: open } = await person("ada", "developer");
    [scene, developer] = await Promise.all([trackedScene(house, origin, token, project), open()]);
    page = developer.page;
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await house?.close();
  });

  it("is where MLflow's client says, with what it logged, and can be named, described and tagged", async () => {
    await page.goto(`${origin}/#/experiments/1/runs/${scene.run}`);
    await page.waitForURL(runPage());
    await heading("deep forest");
    await table("Metrics")
      .getByRole("row", { name: /roc_auc 0\.8123/ })
      .waitFor();
    await page.getByText("Deeper trees than").waitFor();
    await page.getByLabel("Search params").fill("gini");
    expect(await table("Params").getByRole("row").count()).toBe(2);
    await table("Runs below this one").getByRole("link", { name: "fold 2" }).waitFor();
    await page.getByText("402,131 rows").waitFor();
    await page.getByText("MLflow 3 keeps models beside the run").waitFor();
    expect(await namelessControls(page)).toEqual([]);

    await page.getByRole("button", { name: "Rename" }).click();
    await page.getByRole("textbox", { name: "Name" }).fill("deeper forest");
    await page.keyboard.press("Enter");
    await heading("deeper forest");
    await page.getByRole("button", { name: "Edit" }).click();
    await page.getByRole("textbox", { name: "Description" }).fill("Now *deeper*.");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("Now deeper.").waitFor();
    await page.getByRole("button", { name: "Add", exact: true }).click();
    await page.getByLabel("Key of the tag").fill("stage");
    await page.getByLabel("Value of the tag").fill("tried");
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Remove tag stage" }).click();
    await page.getByRole("button", { name: "Remove tag stage" }).waitFor({ state: "detached" });
  });

  it("draws fifty curves of 5,000 points as they come into view, and one of them large, as its URL says", async () => {
    await page.getByRole("tab", { name: `Curves ${curves}` }).click();
    await page.getByRole("img", { name: "loss over steps" }).waitFor();
    const drawn = () => page.getByRole("button", { name: /^Enlarge / }).count();
    expect(await drawn()).toBeLessThan(curves);
    await page.getByRole("heading", { name: "validation/" }).scrollIntoViewIfNeeded();
    await page.getByRole("button", { name: "Enlarge layer_20_gradient" }).last().scrollIntoViewIfNeeded();
    await page.getByRole("switch", { name: "log axis" }).click();
    await page.getByRole("button", { name: "Enlarge loss" }).click();
    const dialog = page.getByRole("dialog", { name: "loss" });
    await dialog.getByText(/5,000 points/).waitFor();
    await dialog.getByText("Time", { exact: true }).click();
    await dialog.getByRole("img", { name: "loss over time" }).waitFor();
    const { searchParams } = new URL(page.url());
    expect(Object.fromEntries(searchParams)).toEqual({ tab: "metrics", log: "true", metric: "loss", x: "time" });
    await page.reload();
    await dialog.getByRole("img", { name: "loss over time" }).waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("tab", { name: "System 6" }).click();
    await page.getByRole("article", { name: "gpu 0 power usage, W" }).waitFor();
  });

  it("shows its files as what they are, whatever is in them and whatever they are called", async () => {
    await page.goto(runPage("?tab=files"));
    const tree = page.getByRole("region", { name: "Files of the run" });
    const open = async (...path: string[]) => {
      for (const name of path) await tree.getByRole("button", { name: startingWith(name) }).click();
      return page.getByRole("article", { name: path.at(-1) ?? "", exact: true });
    };
    await open("plots", "roc curve.png");
    await expect.poll(() => widthOf(page, "roc curve.png")).toBeGreaterThan(100);
    await open("drawing.svg");
    await expect.poll(() => widthOf(page, "drawing.svg")).toBe(80);
    const csv = await open("tables", "errors.csv");
    await csv.getByText("The first 200 rows").or(csv.getByText("200 of 600 rows")).waitFor();
    await csv.getByRole("cell", { name: "<b>DL</b>" }).first().waitFor();
    await (await open("answers.json")).getByRole("cell", { name: "late?" }).waitFor();
    const notebook = await open("train.ipynb");
    await notebook.getByText("fitted 100 trees").waitFor();
    await notebook.getByText("RandomForest()").waitFor();
    await notebook.getByText(/application\/javascript is not shown/).waitFor();
    await (await open("notes.md")).getByRole("heading", { name: "Notes" }).waitFor();
    await (await open("config.yaml")).getByText("depth: 12").waitFor();
    await (await open("model.onnx")).getByRole("table", { name: "Nodes by operator" }).waitFor();
    await (await open(hostileName)).getByText("only a name").waitFor();
    expect(await page.evaluate("globalThis.paveHarmed")).toBeUndefined();
    expect(await namelessControls(page)).toEqual([]);

    await page.goto(runPage(`?tab=files&of=${scene.loggedModel}&file=MLmodel`));
    await page
      .getByRole("article", { name: "MLmodel" })
      .getByRole("row", { name: /carrier string/ })
      .waitFor();
  });

  it("lets a page that it logged draw itself and nothing else, in its frame and by itself", async () => {
    const nothing = { cookie: "refused", storage: "refused", session: "refused", parent: "refused", opened: "refused" };
    const result = { ...nothing, elsewhere: "refused", picture: "refused", origin: "null" };
    await page.goto(runPage("?tab=files&file=report.html"));
    const frame = page.frameLocator("iframe");
    await frame.getByText('"origin"').waitFor();
    expect(JSON.parse((await frame.locator("#got").textContent()) ?? "")).toEqual(result);
    expect(page.url()).toBe(runPage("?tab=files&file=report.html"));

    const alone = await developer.context.newPage();
    await alone.goto(`${origin}/api/v1/projects/${project}/files/${scene.run}/content?path=report.html&as=shown`);
    await alone.getByText('"origin"').waitFor();
    const got = JSON.parse((await alone.locator("#got").textContent()) ?? "");
    // by itself it is its own parent and top
    expect(got).toMatchObject({
      ...nothing,
      parent: "report",
      elsewhere: "itself",
      picture: "refused",
      origin: "null",
    });
    await alone.close();
  });

  it("goes on while it is looked at", async () => {
    const log = (step: number) =>
      scene.client.post("/runs/log-batch", {
        run_id: scene.live,
        metrics: [{ key: "loss", value: 1 / (step + 1), step, timestamp: Date.now() }],
      });
    await page.goto(runPage("", scene.live));
    await page.getByText("No metrics were logged.").waitFor();
    for (const step of [0, 1, 2, 3]) await log(step);
    await table("Metrics")
      .getByRole("row", { name: /loss 0\.2500 3/ })
      .waitFor();
    await page.getByRole("tab", { name: "Curves 1" }).click();
    await page.getByText("4 points").waitFor();
    await log(9);
    await page.getByText("5 points").waitFor();
    await scene.client.post("/runs/update", { run_id: scene.live, status: "FINISHED", end_time: Date.now() });
    await page.getByText("succeeded").waitFor();
  });

  it("is deleted and taken back", async () => {
    await page.goto(runPage("", scene.live));
    await page.getByRole("button", { name: "Delete" }).click();
    await page.getByRole("button", { name: "Delete the run" }).click();
    await page.getByText("This run is deleted").waitFor();
    await page.getByRole("button", { name: "Restore" }).click();
    await page.getByText("This run is deleted").waitFor({ state: "detached" });
  });

  it("is where a model is registered, whose versions show where they came from and what differs", async () => {
    await page.goto(runPage());
    const register = async (name: string) => {
      await page.getByRole("button", { name: "Register…" }).click();
      await page.getByRole("dialog").getByLabel("Model", { exact: true }).fill(name);
      await page.getByRole("button", { name: "Register", exact: true }).click();
    };
    await register("late");
    await page.waitForURL("**/models/late/versions/1");
    await heading("late version 1");
    const lineage = page.getByRole("region", { name: "Lineage of the model version" });
    await lineage.getByText("flights-2024").waitFor();
    await lineage.getByText("Commit 8d1f3a0c5e").waitFor();
    await page.getByText("The same in words").click();
    await page.getByText(/run of a client deeper forest .* comes from data flights-2024/).waitFor();
    await page.getByRole("button", { name: "Set…" }).click();
    await page.getByRole("dialog").getByLabel("Alias").fill("champion");
    await page.getByRole("button", { name: "Set the alias" }).click();
    await page.getByText("was set on version 1").waitFor();
    await page.getByRole("button", { name: /^MLmodel/ }).click();
    await page.waitForURL(/file=MLmodel/);
    await lineage.getByRole("link", { name: /deeper forest/ }).click();
    await heading("deeper forest");

    await register("late");
    await page.waitForURL("**/models/late/versions/2");
    await page.getByRole("navigation", { name: "breadcrumb" }).getByRole("link", { name: "late", exact: true }).click();
    await heading("late");
    await page
      .getByRole("img", { name: /from version to version/ })
      .or(page.getByText("Versions 2"))
      .first()
      .waitFor();
    for (const version of [1, 2]) await page.getByRole("checkbox", { name: `Compare version ${version}` }).check();
    await page.getByRole("link", { name: "Compare 1 and 2" }).click();
    await heading("Versions 1 and 2");
    await page.getByText("They are the same").waitFor();
    await page.getByRole("switch", { name: "only what differs" }).click();
    await table("Files").getByRole("row", { name: "files 2 2" }).waitFor();
    await table("Run").getByRole("link", { name: scene.run }).first().click();
    await heading("deeper forest");
  });

  it("is compared with others that are looked for, also where one of the URL is gone", async () => {
    await page.goto(`${origin}/projects/${project}/runs/compare?ids=${scene.run},${"f".repeat(32)}`);
    await page.getByText(`Run ${"f".repeat(32)} is not there`).waitFor();
    // that the server knows of no such run is what the page tells
    const told = developer.complaints.filter((complaint) => complaint.startsWith("404") && complaint.includes("fff"));
    for (const complaint of told) developer.complaints.splice(developer.complaints.indexOf(complaint), 1);
    expect(told).not.toEqual([]);
    await page.getByRole("link", { name: "Compare the others" }).click();
    await heading("deeper forest");
    await page.getByPlaceholder("Add a run").fill("fold 2");
    await page.getByRole("option", { name: "fold 2" }).click();
    await heading("Compare runs");
    const heads = table("Metrics").getByRole("columnheader");
    await expect.poll(() => heads.allInnerTexts()).toEqual(["Run", "deeper forest", "fold 2"]);
    expect(new URL(page.url()).searchParams.get("ids")?.split(",")).toHaveLength(2);
  });

  it("is found among experiments, and fits a phone", async () => {
    await page.goto(`${origin}/projects/${project}/experiments`);
    await table("Experiments").getByRole("link", { name: project }).click();
    await table("Runs").getByRole("link", { name: "deeper forest" }).waitFor();
    await page.setViewportSize({ width: 390, height: 844 });
    for (const path of ["", "?tab=metrics", "?tab=files&file=tables/errors.csv"]) {
      await page.goto(runPage(path));
      await heading("deeper forest");
      await rest(page);
      const wide = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth");
      expect([path, wide]).toEqual([path, 0]);
    }
  });

  it("is only read by a viewer, and not there for a stranger", async () => {
    const viewer = await (await person("vera", "viewer")).browser();
    await viewer.page.goto(runPage());
    await heading("deeper forest", viewer.page);
    await viewer.page.getByRole("button", { name: "Delete" }).hover();
    await viewer.page
      .getByRole("tooltip")
      .getByText(/this takes developer/)
      .waitFor();
    expect(await viewer.page.getByRole("button", { name: /^Remove tag/ }).count()).toBe(0);
    const stranger = await (await person("eve")).browser();
    await stranger.page.goto(runPage());
    await stranger.page.getByText(/There is no project flights/).waitFor();
    expect(viewer.complaints).toEqual([]);
  });

  it("says nothing wrong to the browser but of the page that tried too much", () => {
    const expected = /Content Security Policy|sandbox|Blocked|Unsafe attempt|Failed to load resource|ERR_BLOCKED/i;
    expect(developer.complaints.filter((complaint) => !expected.test(complaint))).toEqual([]);
  });
});

/** A name of which all characters count as they are. */
const startingWith = (name: string): RegExp => new RegExp(`^${name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}`);

/** Of the picture itself, 0 until it is there. */
const widthOf = (page: Page, name: string): Promise<number> =>
  page
    .getByRole("img", { name, exact: true })
    .evaluate((image) => (image as unknown as { naturalWidth: number }).naturalWidth);
