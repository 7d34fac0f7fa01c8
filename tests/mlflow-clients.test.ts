import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startPlatform, type TestPlatform } from "./support/platform.ts";
import { pythonClient } from "./support/python-client.ts";

const execute = promisify(execFile);
const scripts = join(import.meta.dirname, "clients", "scripts");

/** What all clients do, and what came with MLflow 3. */
const shared = ["tracking", "autologging", "registry", "evaluating", "artifacts", "processes"];
const clients = [
  { name: "mlflow", version: "3", scripts: [...shared, "logged_models", "webhooks"] },
  { name: "mlflow2", version: "2", scripts: shared },
];

interface Played {
  readonly script: string;
  readonly ok: boolean;
  readonly seconds: number;
  readonly said: string;
}

/**
 * The stock clients of MLflow, the newest of 2 and of 3, against a whole platform: with two variables set, and no line
 * of their scripts written for it.
 */
describe("the stock clients of MLflow", { timeout: 600_000 }, () => {
  let platform: TestPlatform;
  let folder: string;
  const pythons = new Map<string, string>();
  let runner = 0;

  beforeAll(async () => {
    const environment = { PAVE_OUTBOUND_ALLOW: "127.0.0.1" };
    const started = startPlatform({ environment });
    for (const { name } of clients) pythons.set(name, await pythonClient(name));
    platform = await started;
    folder = await mkdtemp(join(tmpdir(), "pave-mlflow-"));
    // it would build an environment for each model that is registered, to check it: nobody here waits for that
    runner = (await platform.pids()).runner;
    process.kill(runner, "SIGSTOP");
  }, 900_000);
  afterAll(async () => {
    if (runner > 0) process.kill(runner, "SIGCONT");
    await platform?.remove();
    await rm(folder, { recursive: true, force: true });
  });

  const play = async (client: string, args: readonly string[], token: string, more: Record<string, string> = {}) => {
    const { stdout } = await execute(pythons.get(client) ?? "", [...args], {
      cwd: folder,
      env: {
        PATH: process.env.PATH ?? "",
        HOME: folder,
        OMP_NUM_THREADS: "1",
        MLFLOW_TRACKING_URI: platform.url,
        MLFLOW_TRACKING_TOKEN: token,
        MLFLOW_DISABLE_TELEMETRY: "true",
        ...more,
      },
      maxBuffer: 2 ** 26,
    });
    return stdout.trim().split("\n");
  };
  const newProject = async (name: string): Promise<string> => {
    await platform.client.createProject({ body: { name } });
    return (await platform.client.createToken({ body: { name: `of ${name}`, project: name, expiresInDays: 1 } })).token;
  };

  it("log, search, register, load and judge, in many processes at once, and read back what they wrote", async () => {
    const tokens = new Map<string, string>();
    for (const { version } of clients) tokens.set(version, await newProject(`botany-${version}`));
    const played = await Promise.all(
      clients.map(async ({ name, version, scripts: wanted }) => {
        const project = `botany-${version}`;
        const token = tokens.get(version) ?? "";
        const lines = await play(name, [join(scripts, "play.py"), ...wanted], token, { PROJECT: project });
        return lines.map((line) => ({ version, ...(JSON.parse(line) as Played) }));
      }),
    );
    const all = played.flat();
    const told = all.map(({ version, script, seconds }) => `${script} with ${version}.x ${seconds} s`);
    process.stderr.write(`played ${told.join(", ")}\n`);
    expect(
      all.filter(({ ok }) => !ok).map(({ version, script, said }) => `${script} with ${version}.x: ${said}`),
    ).toEqual([]);
    expect(all).toHaveLength(clients.flatMap(({ scripts }) => scripts).length);

    const versions = await Promise.all(
      clients.map(async ({ version }) => {
        const params = { project: `botany-${version}`, model: `iris-classifier-${version}`, version: "champion" };
        return platform.client.getModelVersion({ params });
      }),
    );
    for (const version of versions)
      expect(version).toMatchObject({
        version: "1",
        status: "READY",
        signature: { inputs: [{ name: "sepal length (cm)", type: "double" }, {}, {}, {}], outputs: [{}] },
        inputExample: { "sepal length (cm)": 5.1 },
        artifact: { type: "model" },
      });
    const params = { project: "botany-3", model: "iris-classifier-3" };
    const changes = await platform.client.listAliasChanges({ params, query: {} });
    expect(changes.items.map(({ alias, version }) => [alias, version])).toEqual([
      ["challenger", null],
      ["challenger", "2"],
      ["champion", "1"],
    ]);
    const compared = await platform.client.compareModelVersions({
      params: { ...params, version: "1" },
      query: { with: "2" },
    });
    expect(compared.rows.filter(({ differs }) => differs)).toEqual([]);
  });

  it("work in the project that is set as their workspace, and see nothing of another", async () => {
    for (const name of ["clinic", "lab"]) await platform.client.createProject({ body: { name } });
    const [line] = await play("mlflow", [join(scripts, "play.py"), "workspaces"], platform.token);
    const { ok, said } = JSON.parse(line ?? "") as Played;
    expect(ok ? "" : said).toBe("");
  });

  it("run the example of the docs, in the project that MLFLOW_WORKSPACE names", async () => {
    const text = await readFile(join(import.meta.dirname, "..", "docs", "mlflow.md"), "utf8");
    const script = join(folder, "example.py");
    await writeFile(script, /```python\n([\s\S]+?)```/.exec(text)?.[1] ?? "");
    const failed = await play("mlflow", [script], platform.token).catch((error: Error) => error.message);
    expect(failed).toContain("It is not clear which project this is about: none is named 'tumours'");
    const lines = await play("mlflow", [script], platform.token, { MLFLOW_WORKSPACE: "clinic" });
    expect(lines.at(-1)).toMatch(/^loaded version 1 which says \[/);
    expect((await platform.client.listModels({ params: { project: "clinic" } })).items).toHaveLength(1);
  });
});
