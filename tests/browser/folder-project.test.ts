import { execFile } from "node:child_process";
import { cp, mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { browserPath, launchBrowser, type Person, signIn } from "../support/browser.ts";
import { eventually } from "../support/eventually.ts";
import { startPlatform, type TestPlatform } from "../support/platform.ts";

const execute = promisify(execFile);

/** A checkout that the platform has never heard of, chosen in the browser. */
describe.skipIf(!browserPath)("a project of a folder, in a browser", { timeout: 600_000 }, () => {
  let platform: TestPlatform;
  let browser: Browser;
  let person: Person;
  let page: Page;

  const field = (name: string) => page.getByLabel(new RegExp(`^${name}( \\*)?$`)).first();
  const button = (name: string) => page.getByRole("button", { name, exact: true });
  const put = async (folder: string, files: Readonly<Record<string, string>>) => {
    for (const [file, content] of Object.entries(files)) {
      await mkdir(dirname(join(folder, file)), { recursive: true });
      await writeFile(join(folder, file), content);
    }
  };
  const chooseFolder = async (folder: string) => {
    await page.getByLabel("Folder", { exact: true }).setInputFiles(folder);
    await page.getByText("This will create").waitFor();
  };

  beforeAll(async () => {
    [platform, browser] = await Promise.all([startPlatform(), launchBrowser()]);
    person = await signIn(browser, platform.signInUrl);
    page = person.page;
  }, 240_000);
  afterAll(async () => {
    await browser?.close();
    await platform?.remove();
  });

  it("shows what would be created, sends what .gitignore leaves, and gets to a run that succeeds", async () => {
    const folder = join(platform.folder, "Own Tumours");
    await cp(join(import.meta.dirname, "..", "fixtures", "own-code"), folder, { recursive: true });
    await put(folder, {
      ".gitignore": "*.log\n/raw/\n",
      "a.log": "x",
      "raw/secret.csv": "x",
      "notes/train_later.py": "print()\n",
      "node_modules/a/index.js": "x",
    });
    const git = async (...args: string[]) => (await execute("git", ["-C", folder, ...args])).stdout.trim();
    await git("init", "--quiet", "--initial-branch=main");
    await git("add", "--all");
    await git("-c", "user.name=t", "-c", "user.email=t@t", "commit", "--quiet", "--message", "as it was");
    await git("remote", "add", "origin", "https://ana:secret@git.example/tumours.git");
    const commit = await git("rev-parse", "HEAD");

    await page.goto(`${platform.url}/new-project`);
    await chooseFolder(folder);
    expect(await field("Name of the project").inputValue()).toBe("own-tumours");
    expect(await field("What trains").inputValue()).toBe("train.py");
    await page.getByText("project own-tumours, owned by platform").waitFor();
    await page.getByText(/5 files, .*; 2 files that .gitignore names stay out/).waitFor();
    await page.getByText(commit.slice(0, 12)).waitFor();
    await page.getByText("train: { uses: pave/run-script@1, with: { script: train.py } }").waitFor();
    expect((await platform.client.listProjects({})).items).toEqual([]);

    await button("Create and run").click();
    await page.getByRole("heading", { name: "Run 1", level: 1 }).waitFor();
    const params = { project: "own-tumours" };
    const { fileList, git: state } = await platform.client.getRevision({ params: { ...params, revision: "1" } });
    expect(fileList.map(({ path }) => path)).toEqual([
      ".gitignore",
      "notes/train_later.py",
      "pave.yaml",
      "requirements.txt",
      "train.ipynb",
      "train.py",
    ]);
    const remote = "https://git.example/tumours.git";
    expect(state).toEqual({ remote, commit, branch: "main", dirty: true });
    const read = () => platform.client.getRun({ params: { ...params, run: "1" } });
    const run = await eventually("run 1", read, ({ state }) => state === "succeeded" || state === "failed", 550_000);
    expect(run).toMatchObject({ state: "succeeded", metrics: { accuracy: expect.any(Number) } });
  });

  it("shows the findings of its own pave.yaml; corrected, it goes on with the project that was made", async () => {
    const folder = join(platform.folder, "checkout");
    const spec = (key: string) =>
      `apiVersion: pave/v1\nkind: project\nname: broken\nowner: platform\npipelines:\n  train:\n    steps:\n      train: { ${key}: pave/run-script@1, with: { script: train.py } }\n`;
    await put(folder, { "pave.yaml": spec("use"), "train.py": "print('trained')\n" });
    await page.goto(`${platform.url}/new-project`);
    await chooseFolder(folder);
    await page.getByText("No commit is known").waitFor();
    expect(await field("Name of the project").inputValue()).toBe("broken");
    await button("Create and run").click();
    await page
      .getByRole("alert")
      .getByText(/line 8.*`?use`?/)
      .first()
      .waitFor();
    await page.getByText(/Project broken is there by now/).waitFor();
    const { latestRevision } = await platform.client.getProject({ params: { project: "broken" } });
    expect(latestRevision).toBeNull();

    await writeFile(join(folder, "pave.yaml"), spec("uses"));
    await page.goto(`${platform.url}/new-project`);
    await chooseFolder(folder);
    await page.getByText("project broken is there already, without a revision").waitFor();
    await button("Create and run").click();
    await page.getByRole("heading", { name: "Run 1", level: 1 }).waitFor();
    const { items } = await platform.client.listProjects({});
    expect(items.map(({ name }) => name).toSorted()).toEqual(["broken", "own-tumours"]);

    await page.goto(`${platform.url}/new-project`);
    await chooseFolder(folder);
    expect(await button("Create and run").getAttribute("aria-disabled")).toBe("true");
  });

  it("refuses what a browser cannot send, in one message", async () => {
    const folder = join(platform.folder, "empty");
    await put(folder, { ".gitignore": "*\n", "train.py": "" });
    await page.goto(`${platform.url}/new-project`);
    await page.getByLabel("Folder", { exact: true }).setInputFiles(folder);
    await page.getByRole("alert").getByText("The folder has no files that would be sent").waitFor();
    await rm(folder, { recursive: true });
  });
});
