import { execFile } from "node:child_process";
import { cp, mkdir, rm, symlink, writeFile } from "node:fs/promises";
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

  /** As from a file manager. */
  const dropFolder = async (folder: string) => {
    const zone = page.getByText("Drop the folder of a checkout here");
    const { x, y } = (await zone.boundingBox()) ?? { x: 0, y: 0 };
    const devtools = await page.context().newCDPSession(page);
    for (const type of ["dragEnter", "dragOver", "drop"] as const)
      await devtools.send("Input.dispatchDragEvent", {
        type,
        x: x + 5,
        y: y + 5,
        data: { items: [], files: [folder], dragOperationsMask: 1 },
      });
    await devtools.detach();
    await page.getByText("This will create").waitFor();
  };

  beforeAll(async () => {
    [platform, browser] = await Promise.all([startPlatform(), launchBrowser()]);
    await put(platform.folder, { "elsewhere.csv": "no business of the project" });
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
      "kept.log": "tracked though .gitignore names it\n",
    });
    await symlink(join(platform.folder, "elsewhere.csv"), join(folder, "link.csv"));
    const git = async (...args: string[]) => (await execute("git", ["-C", folder, ...args])).stdout.trim();
    await git("init", "--quiet", "--initial-branch=main");
    await git("add", "--all");
    await git("add", "--force", "kept.log");
    await git("update-index", "--chmod=+x", "train.py");
    await git("-c", "user.name=t", "-c", "user.email=t@t", "commit", "--quiet", "--message", "as it was");
    await git("remote", "add", "origin", "https://ana:secret@git.example/tumours.git");
    const commit = await git("rev-parse", "HEAD");
    await put(folder, { "node_modules/a/index.js": "x" });

    await page.goto(`${platform.url}/new-project`);
    await chooseFolder(folder);
    expect(await field("Name of the project").inputValue()).toBe("own-tumours");
    expect(await field("What trains").inputValue()).toBe("train.py");
    await page.getByText("project own-tumours, owned by platform").waitFor();
    await page.getByText(/6 files of the folder, .*; .gitignore keeps out 2 files/).waitFor();
    await page.getByText(commit.slice(0, 12)).waitFor();
    await page.getByText("train: { uses: pave/run-script@1, with: { script: train.py } }").waitFor();
    expect((await platform.client.listProjects({})).items).toEqual([]);

    await button("Create and run").click();
    await page.getByRole("heading", { name: "Run 1", level: 1 }).waitFor();
    expect(person.complaints).toEqual([]);
    const params = { project: "own-tumours" };
    const { fileList, git: state } = await platform.client.getRevision({ params: { ...params, revision: "1" } });
    expect(fileList.filter(({ executable }) => executable).map(({ path }) => path)).toEqual(["train.py"]);
    expect(fileList.map(({ path }) => path)).toEqual([
      ".gitignore",
      "kept.log",
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
    await page.getByText("project broken is there already").waitFor();
    await button("Create and run").click();
    await page.getByRole("heading", { name: "Run 1", level: 1 }).waitFor();
    const { items } = await platform.client.listProjects({});
    expect(items.filter(({ name }) => name.startsWith("broken"))).toHaveLength(1);

    await page.goto(`${platform.url}/new-project`);
    await chooseFolder(folder);
    expect(await button("Create and run").getAttribute("aria-disabled")).toBe("true");
  });

  it("is cancelled while it uploads, and goes on when it is created again; the folder was dropped", async () => {
    const folder = join(platform.folder, "dropped");
    await put(folder, {
      "fit.py": "print('trained')\n",
      "plot.py": "",
      "data/a.csv": "a\n1\n",
      ".git/HEAD": "0".repeat(40),
    });
    await put(folder, { "module/.git/HEAD": "", "module/b.py": "", ".venv/bin/python": "" });
    await symlink(join(platform.folder, "elsewhere.csv"), join(folder, "link.csv"));
    await page.goto(`${platform.url}/new-project`);
    await dropFolder(folder);
    await page.getByText(/3 files of the folder/).waitFor();
    await page.getByText("0".repeat(12), { exact: true }).waitFor();
    expect(await button("Create and run").getAttribute("aria-disabled")).toBe("true");
    await field("What trains").click();
    await page.getByRole("option", { name: "fit.py", exact: true }).click();

    await page.route("**/blobs/*", () => undefined);
    await button("Create and run").click();
    await page
      .getByText(/^Uploading/)
      .first()
      .waitFor();
    await button("Cancel").click();
    await page.getByText("Cancelled").waitFor();
    await page.getByText(/Project dropped is there by now/).waitFor();
    await page.unroute("**/blobs/*");
    await button("Create and run").click();
    await page.getByRole("heading", { name: "Run 1", level: 1 }).waitFor();
  });

  it("refuses what a browser cannot send, in one message", async () => {
    const folder = join(platform.folder, "empty");
    await put(folder, { ".gitignore": "*\n", "train.py": "" });
    await page.goto(`${platform.url}/new-project`);
    await page.getByLabel("Folder", { exact: true }).setInputFiles(folder);
    await page.getByRole("alert").getByText("The folder has no files that would be sent").waitFor();
    await rm(folder, { recursive: true });
  });

  it("says where a browser computes no digests that the commands are the way", async () => {
    const other = await person.context.newPage();
    await other.addInitScript(() => Object.defineProperty(globalThis, "isSecureContext", { value: false }));
    await other.goto(`${platform.url}/new-project`);
    await other.getByText("A browser sends a folder only where the platform is reached by").waitFor();
    expect(await other.getByLabel("Folder", { exact: true }).count()).toBe(0);
    await other.getByText("pave push", { exact: true }).waitFor();
    await other.close();
  });
});
