import { execFile } from "node:child_process";
import { appendFile, cp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import type { PythonEnvironment, Run } from "@pave/contract";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "./support/eventually.ts";
import { openKernel } from "./support/jupyter.ts";
import { startPlatform, type TestPlatform } from "./support/platform.ts";
import { processesOf } from "./support/processes.ts";

const execute = promisify(execFile);

/** A folder with a script, a notebook and a requirements.txt, none of which knows of Pave. */
describe("code of one's own", { timeout: 600_000 }, () => {
  let platform: TestPlatform;
  let folder: string;
  const git = async (...args: string[]) => (await execute("git", ["-C", folder, ...args])).stdout;
  const own = (args: readonly string[], timeoutMs = 500_000) => platform.pave(args, { folder, timeoutMs });

  beforeAll(async () => {
    platform = await startPlatform();
    folder = join(platform.folder, "own-tumours");
    await cp(join(import.meta.dirname, "fixtures", "own-code"), folder, { recursive: true });
    await git("init", "--quiet");
    await git("add", "--all");
    await git("-c", "user.name=t", "-c", "user.email=t@t", "commit", "--quiet", "--message", "as it was");
  }, 300_000);
  afterAll(() => platform?.remove());

  it("becomes a project by one new file, which is shown first", async () => {
    const { principal } = await platform.client.session();
    await platform.client.createPrincipal({ body: { kind: "team", name: "growth" } });
    await platform.client.addTeamMember({ params: { team: "growth", principal: principal.id } });
    const shown = await platform.pave(["init", "--dry-run"], { folder, text: true });
    expect(shown.stderr).toContain("owner: growth\n");
    expect(shown.stderr).toContain("train: { uses: pave/run-script@1, with: { script: train.py } }");
    expect(await git("status", "--porcelain")).toBe("");
    expect(await platform.json(["init", "--yes"], { folder })).toMatchObject({ script: "train.py" });
    expect(await git("status", "--porcelain")).toBe("?? pave.yaml\n");
    expect(await readFile(join(folder, "pave.yaml"), "utf8")).toContain("\nowner: growth\n");
    const again = await own(["init", "--yes", "--script", "train.py"]);
    expect([again.code, again.data]).toMatchObject([
      2,
      { error: { message: expect.stringContaining("init changes no file") } },
    ]);
  });

  it("runs as it is: its params, metrics and registered model are the run's", async () => {
    const run = await platform.json<Run>(["run"], { folder, timeoutMs: 550_000 });
    expect(run).toMatchObject({ state: "succeeded", metrics: { accuracy: expect.any(Number) } });
    const params = { project: "own-tumours", model: "own-tumours", version: "1" };
    const version = await platform.client.getModelVersion({ params });
    expect(version).toMatchObject({ status: "READY", run: { number: run.number }, artifact: { type: "model" } });
    expect(await git("status", "--porcelain")).toBe("?? pave.yaml\n");
  });

  it("has a step that is a notebook, with parameters; the notebook is kept with its outputs", async () => {
    const spec = await readFile(join(folder, "pave.yaml"), "utf8");
    const step = (depth: number) =>
      spec.replace(
        /train: \{ uses.*/,
        `train: { uses: pave/run-notebook@1, with: { notebook: train.ipynb, parameters: { depth: ${depth} } } }`,
      );
    await writeFile(join(folder, "pave.yaml"), step(8));
    const run = await platform.json<Run>(["run"], { folder, timeoutMs: 550_000 });
    expect(run).toMatchObject({ state: "succeeded", metrics: { half: 4 } });
    const shown = await platform.client.getRun({ params: { project: "own-tumours", run: String(run.number) } });
    expect(JSON.stringify(shown.graph)).toContain('"notebook"');

    await writeFile(join(folder, "pave.yaml"), step(0));
    const failed = await own(["run"], 550_000);
    expect(failed.code).toBe(1);
    expect(JSON.stringify(failed.data)).toContain(
      "train.ipynb, cell 4 (`import mlflow`): ZeroDivisionError: division by zero",
    );
    await writeFile(join(folder, "pave.yaml"), spec);

    const [attempt] = (failed.data as Run).graph.find(({ name }) => name === "train")?.attempts ?? [];
    const [kept] = attempt?.reports ?? [];
    const params = { project: "own-tumours", artifact: kept?.id ?? "" };
    const response = await platform.client.raw("getArtifactFile", { params, query: { path: "notebook.ipynb" } });
    const { cells } = (await response.json()) as { cells: { outputs?: { text?: string[]; traceback?: string[] }[] }[] };
    const [said, raised] = cells[3]?.outputs ?? [];
    expect([cells.length, said?.text]).toEqual([4, ["depth is 0\n"]]);
    expect(raised?.traceback?.join("\n")).toContain("ZeroDivisionError");
    const { stdout } = await platform.pave(["runs", "show", String((failed.data as Run).number)], {
      folder,
      text: true,
    });
    expect(stdout).toContain("It left notebook.ipynb to read: on the page of the run");
  });

  it("has a notebook that is killed: what had run by then is kept", async () => {
    const spec = await readFile(join(folder, "pave.yaml"), "utf8");
    const cell = (id: string, source: string) => ({
      ...{ cell_type: "code", execution_count: null, id, metadata: {}, outputs: [], source },
    });
    const cells = [cell("a", "print('the first cell is done')"), cell("b", "import time\ntime.sleep(1000)")];
    await writeFile(
      join(folder, "long.ipynb"),
      JSON.stringify({ cells, metadata: {}, nbformat: 4, nbformat_minor: 5 }),
    );
    const step = "train: { uses: pave/run-notebook@1, with: { notebook: long.ipynb } }";
    await writeFile(join(folder, "pave.yaml"), spec.replace(/train: \{ uses.*/, step));
    const started = await platform.json<Run>(["run", "--no-wait"], { folder });
    await writeFile(join(folder, "pave.yaml"), spec);
    const run = { project: "own-tumours", run: String(started.number) };
    await eventually(
      "the first cell",
      () => platform.client.getLogs({ params: { ...run, step: "train" }, query: { after: 0 } }),
      ({ chunks }) => chunks.some(({ text }) => text.includes("the first cell is done")),
      300_000,
    );
    for (const { pid, command } of await processesOf(platform))
      if (command.includes("run_notebook.py")) process.kill(pid, "SIGKILL");
    const { state, graph } = await eventually(
      "the end of the run",
      () => platform.client.getRun({ params: run }),
      ({ state }) => !["queued", "running"].includes(state),
    );
    expect(state).toBe("failed");
    const [kept] = graph.find(({ name }) => name === "train")?.attempts[0]?.reports ?? [];
    const params = { project: "own-tumours", artifact: kept?.id ?? "" };
    const response = await platform.client.raw("getArtifactFile", { params, query: { path: "notebook.ipynb" } });
    expect(await response.json()).toMatchObject({
      cells: [{ outputs: [{ text: ["the first cell is done\n"] }] }, { outputs: [] }],
    });
  });

  it("says how a notebook is opened when Jupyter is not among the packages", async () => {
    const { code, data } = await own(["notebook", "--no-open"]);
    expect(code).toBe(2);
    expect(JSON.stringify(data)).toContain("Add `jupyterlab` to pyproject.toml or requirements.txt");
  });

  it("is worked on in JupyterLab once it is among them, until Ctrl-C", async () => {
    await appendFile(join(folder, "requirements.txt"), "jupyterlab==4.6.6\n");
    const terminal = platform.terminal(["notebook", "--no-open"], { folder, environment: { HOME: platform.folder } });
    const url = await terminal.said(/http:\/\/127\.0\.0\.1:\d+\/lab\?token=[0-9a-f]{48}/, 300_000);
    const { origin, port } = new URL(url);
    expect((await fetch(`${origin}/api/kernels`)).status, "without its token").toBe(403);
    expect((await fetch(url)).headers.get("content-type")).toContain("text/html");
    expect(await listeningOn(Number(port))).toEqual(["127.0.0.1"]);

    const kernel = await openKernel(url);
    const seen = await kernel.run(`
import json, os, sys, mlflow
with mlflow.start_run(run_name="in a notebook"):
    mlflow.log_metric("accuracy", 0.75)
print(json.dumps({"python": sys.prefix, "folder": os.getcwd(), "token": os.environ["MLFLOW_TRACKING_TOKEN"],
    "uri": mlflow.get_tracking_uri(), "pave": [name for name in os.environ if name == "PAVE_TOKEN"]}))`);
    expect(seen.error).toBeUndefined();
    const { token, ...kernelSeen } = JSON.parse(seen.stdout.trim().split("\n").at(-1) ?? "") as { token: string };
    const locked = await platform.json<PythonEnvironment>(["sync"], { folder });
    expect(kernelSeen).toEqual({ python: locked.path, folder, uri: platform.url, pave: [] });
    const { items } = await platform.client.searchRuns({ params: { project: "own-tumours" }, query: {} });
    expect(items.find(({ name }) => name === "in a notebook")).toMatchObject({ metrics: { accuracy: 0.75 } });
    expect((await fetch(`${platform.url}/api/v1/projects/own-tumours`, bearer(token))).status).toBe(200);
    expect(await jupyterOf(platform)).toHaveLength(2);

    kernel.close();
    expect(await terminal.interrupt()).toMatchObject({ code: 0, stdout: expect.stringContaining("token is revoked") });
    expect(await jupyterOf(platform)).toEqual([]);
    expect((await fetch(`${platform.url}/api/v1/projects/own-tumours`, bearer(token))).status).toBe(401);
  });
});

const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });

const jupyterOf = async (platform: TestPlatform) =>
  (await processesOf(platform)).filter(({ command }) => /jupyterlab|ipykernel_launcher/.test(command));

/** The addresses of this machine that a port is listened on. */
async function listeningOn(port: number): Promise<string[]> {
  const tables = await Promise.all(
    ["tcp", "tcp6"].map((name) => readFile(`/proc/net/${name}`, "utf8").catch(() => "")),
  );
  const hexadecimal = port.toString(16).toUpperCase().padStart(4, "0");
  return tables
    .flatMap((table) => table.split("\n"))
    .map((line) => line.trim().split(/\s+/))
    .filter(([, local, , state]) => state === "0A" && local?.endsWith(`:${hexadecimal}`))
    .map(([, local = ""]) => (local.startsWith("0100007F") ? "127.0.0.1" : local));
}
