import { execFile } from "node:child_process";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { ModelVersion, Plan } from "@pave/contract";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "./support/eventually.ts";
import { startPlatform, type TestPlatform } from "./support/platform.ts";
import { pythonClient } from "./support/python-client.ts";

const execute = promisify(execFile);
const script = join(import.meta.dirname, "clients", "mlflow", "any-model.py");
const fixtures = join(import.meta.dirname, "..", "packages", "server", "src", "gateway", "fixtures");

interface Logged {
  readonly row: Readonly<Record<string, unknown>>;
  readonly answer: Readonly<Record<string, unknown>>;
  readonly version: string;
}

interface Notebook {
  readonly python: string;
  readonly folder: string;
  readonly project: string;
}

/** Runs a script as a notebook would, and gives the last line that it prints. */
async function play(platform: TestPlatform, { python, folder, project }: Notebook, args: string[]): Promise<string> {
  const { token } = await platform.client.createToken({ body: { name: "notebook", project, expiresInDays: 1 } });
  const env = {
    PATH: process.env.PATH ?? "",
    HOME: folder,
    MLFLOW_TRACKING_URI: platform.url,
    MLFLOW_TRACKING_TOKEN: token,
    MLFLOW_DISABLE_TELEMETRY: "true",
    PAVE_TEST_PROJECT: project,
  };
  const { stdout } = await execute(python, args, { cwd: folder, env, maxBuffer: 2 ** 26 });
  return stdout.trim().split("\n").at(-1) ?? "";
}

const logModels = async (platform: TestPlatform, notebook: Notebook, ...args: string[]) =>
  JSON.parse(await play(platform, notebook, [script, ...args])) as Record<string, Logged>;

const checked = (platform: TestPlatform, project: string, model: string): Promise<ModelVersion> =>
  eventually(
    `the check of ${model}`,
    () => platform.client.getModelVersion({ params: { project, model, version: "champion" } }),
    ({ serving }) => serving.state !== "running",
    300_000,
  );

/** What a notebook logs with the stock client, deployed and called without a pipeline or a pave.yaml. */
describe("any model", { timeout: 600_000 }, () => {
  let platform: TestPlatform;
  let python: string;
  let folder: string;
  const project = "lab";

  beforeAll(async () => {
    const environment = { PAVE_MODEL_CHECK_MEMORY: "700Mi" };
    [python, platform] = await Promise.all([pythonClient("mlflow"), startPlatform({ environment })]);
    folder = await mkdtemp(join(tmpdir(), "pave-any-model-"));
    await platform.client.createProject({ body: { name: project } });
  }, 900_000);
  afterAll(async () => {
    await platform?.remove();
    await rm(folder, { recursive: true, force: true });
  });

  const logged = (...args: string[]) => logModels(platform, { python, folder, project }, ...args);

  const call = async (deployment: string, path: string, body: unknown) => {
    const response = await fetch(`${platform.gatewayUrl}/staging/${project}/${deployment}${path}`, {
      method: "POST",
      headers: { authorization: `Bearer ${platform.token}`, "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };

  describe("that is fine", () => {
    let good: Record<string, Logged>;
    beforeAll(async () => {
      good = await logged("good");
    }, 300_000);

    it.each(["iris-linear", "iris-boosted", "twice", "guarded", "since-noon"])(
      "%s is checked, deployed and called",
      async (model) => {
        const { row, answer } = good[model] as Logged;
        const plan = await platform.json<Plan>(
          ["deploy", "--to", "staging", "--model", `models:/${model}@champion`, "--project", project],
          { timeoutMs: 400_000 },
        );
        expect(plan).toMatchObject({ state: "applied", candidate: { model, version: "1" } });
        const { serving, inputExample } = await checked(platform, project, model);
        expect(serving).toEqual({ state: "passed", problem: null });
        if (model.startsWith("iris")) expect(inputExample).toMatchObject(row);

        const { status, body } = await call(model, "/predict", { instances: [row, row] });
        expect([status, body]).toEqual([200, expect.anything()]);
        const predictions = body.predictions as Record<string, unknown>[];
        expect(predictions).toHaveLength(2);
        for (const [name, value] of Object.entries(answer))
          expect(predictions[1]?.[name]).toEqual(typeof value === "number" ? expect.closeTo(value, 4) : value);

        const inputs = Object.entries(row).map(([name, value]) => ({
          name,
          shape: [1, 1],
          datatype: typeof value === "string" ? "BYTES" : "FP64",
          data: [value],
        }));
        const open = await call(model, `/v2/models/${model}/infer`, { inputs });
        expect(open).toMatchObject({ status: 200, body: { model_name: model, model_version: "1" } });
        expect(open.body.outputs).toHaveLength("outputs" in answer ? 2 : 1);
      },
    );

    it("is told apart in what it is and how to send it", async () => {
      const wrong = await call("twice", "/predict", { instances: [{ x: "two", name: "ada" }] });
      expect([wrong.status, JSON.stringify(wrong.body)]).toEqual([400, expect.stringContaining("a finite number")]);
      const shown = await platform.pave(["models", "show", "twice@champion", "--project", project], { text: true });
      expect(shown.stdout).toContain("can be released");
    });

    it("with points in time says which column cannot be read as one, and in which form it should come", async () => {
      const said = 'expected a date and time in ISO 8601, such as "2026-03-01T12:00:00Z", found the text "noon"';
      const rows = await call("since-noon", "/predict", { instances: [{ at: "2026-03-01" }, { at: "noon" }] });
      expect(rows).toMatchObject({ status: 400, body: { error: { message: `instances[1].at: ${said}` } } });
      const inputs = [{ name: "at", shape: [1, 1], datatype: "BYTES", data: ["noon"] }];
      const tensors = await call("since-noon", "/v2/models/since-noon/infer", { inputs });
      expect(tensors).toMatchObject({ status: 400, body: { error: expect.stringContaining(said) } });
      expect(tensors.body.error).toContain('input "at", data[0]');
      const { serving, inputExample } = await checked(platform, project, "since-noon");
      expect([serving.state, inputExample]).toEqual(["passed", { at: expect.stringMatching(/^2026-03-01.12:30/) }]);
    });

    it("is stopped and replaced when a request hangs in it, and fails only that one", async () => {
      const hanging = call("guarded", "/predict", { instances: [{ x: 1000, name: "ada" }] });
      expect(await hanging).toMatchObject({ status: 504, body: { error: { code: "prediction.timeout" } } });
      const next = await eventually(
        "the successor",
        () => call("guarded", "/predict", { instances: [{ x: 1, name: "ada" }] }),
        ({ status }) => status === 200,
        120_000,
      );
      expect(next.body.predictions).toEqual([{ outputs: { twice: 2, word: "ada!" } }]);
      const { row } = good.twice as Logged;
      expect(await call("twice", "/predict", { instances: [row] })).toMatchObject({ status: 200 });
    });

    it("goes on serving while the server and its runner are gone, and is found again", async () => {
      const { row } = good.twice as Logged;
      await platform.stop();
      await platform.start();
      await eventually(
        "after the start",
        () => call("twice", "/predict", { instances: [row] }),
        ({ status }) => status === 200,
        120_000,
      );
      const { server, runner } = await platform.pids();
      process.kill(server, "SIGKILL");
      await eventually(
        "the runner's end",
        async () => alive(runner),
        (isAlive) => !isAlive,
      );
      expect(await call("twice", "/predict", { instances: [row] })).toMatchObject({ status: 200 });
      await platform.start();
      expect(await call("twice", "/predict", { instances: [row] })).toMatchObject({ status: 200 });
    });

    it("without the metrics that gates need is held up, and told what to do", async () => {
      const spec = { apiVersion: "pave/v1", kind: "project", name: project, owner: "platform", tier: "experimental" };
      const gates = [{ check: "metrics.accuracy >= 0.9" }];
      const home = await mkdtemp(join(folder, "project-"));
      await writeFile(join(home, "pave.yaml"), JSON.stringify({ ...spec, gates }));
      const dryRun = async (model: string) => {
        const args = ["deploy", "--to", "staging", "--model", `models:/${model}@champion`, "--dry-run"];
        return (await platform.pave(args, { folder: home })).data as Plan;
      };
      const blocked = await dryRun("twice");
      expect(blocked).toMatchObject({ state: "blocked", verdicts: expect.anything() });
      const verdictOf = ({ verdicts }: Plan) => verdicts.find(({ check }) => check === "metrics.accuracy >= 0.9");
      expect(verdictOf(blocked)).toMatchObject({
        verdict: "error",
        detail: expect.stringMatching(/metrics is empty; .*mlflow\.log_metric\("accuracy"/),
      });
      // logged by the notebook, with the model
      expect(verdictOf(await dryRun("iris-linear"))).toMatchObject({
        verdict: "pass",
        detail: expect.stringMatching(/^metrics\.accuracy = 0\.9/),
      });
    });
  });

  it("is deployed as the page about it says", async () => {
    await platform.client.createProject({ body: { name: "clinic" } });
    const page = await readFile(join(import.meta.dirname, "..", "docs", "my-mlflow-model.md"), "utf8");
    const notebook = join(folder, "clinic.py");
    await writeFile(notebook, /```python\n([\s\S]+?)```/.exec(page)?.[1] ?? "");
    await play(platform, { python, folder, project: "clinic" }, [notebook]);
    const blocks = [...page.matchAll(/```sh\n([\s\S]+?)```/g)].flatMap(([, block = ""]) => block.split("\n"));
    const commands = blocks.filter((line) => line.startsWith("pave "));
    expect(commands.length).toBeGreaterThan(3);
    for (const command of commands) {
      const { code, stdout, stderr } = await platform.pave(command.split(" ").slice(1), {
        text: true,
        timeoutMs: 400_000,
      });
      expect([command, code, stderr]).toEqual([command, 0, expect.anything()]);
      if (command.startsWith("pave predict")) expect(stdout).toContain('"label"');
    }
  });

  it("that is not fine fails its check with a sentence, and nothing else is affected", async () => {
    const bad = await logged("bad");
    const problems = await Promise.all(
      Object.keys(bad).map(async (model) => [model, (await checked(platform, project, model)).serving] as const),
    );
    const failed = (problem: unknown) => ({ state: "failed", problem });
    expect(Object.fromEntries(problems)).toEqual({
      raises: failed(expect.stringMatching(/^predict failed.*ValueError: the lamp is broken$/)),
      dies: failed(expect.stringMatching(/^the process that scored the model ended with code 9/)),
      eats: failed("the model needs more than 700 MiB of memory"),
      "wrong-shape": failed("predict gave 2 rows for 1 rows of input"),
      unsigned: failed(expect.stringMatching(/^MLmodel has no signature with inputs/)),
      unbuildable: failed(
        expect.stringMatching(
          /^the environment recorded in the model cannot be built: .*pandas-that-nobody-made==9\.9\.9/,
        ),
      ),
      "from-elsewhere": failed(expect.stringMatching(/expected packages of the index .* found `git\+https:/)),
    });
    const refused = await platform.pave([
      "deploy",
      "--to",
      "staging",
      "--model",
      "models:/raises@champion",
      "--project",
      project,
    ]);
    expect(refused.code).not.toBe(0);
    expect(refused.stdout + refused.stderr).toContain("the lamp is broken");
    expect(await call("twice", "/predict", { instances: [{ x: 1, name: "b" }] })).toMatchObject({ status: 200 });
  });
});

/** A limit of its own: what takes longer on a slow machine comes to the same end. */
describe("a model that does not end", { timeout: 600_000 }, () => {
  let platform: TestPlatform;
  let python: string;
  let folder: string;
  beforeAll(async () => {
    [python, platform] = await Promise.all([
      pythonClient("mlflow"),
      startPlatform({ environment: { PAVE_MODEL_CHECK_SECONDS: "15" } }),
    ]);
    folder = await mkdtemp(join(tmpdir(), "pave-endless-"));
  }, 900_000);
  afterAll(async () => {
    await platform?.remove();
    await rm(folder, { recursive: true, force: true });
  });

  it("is stopped when it is registered", async () => {
    const endless = join(folder, "endless");
    await cp(join(fixtures, "loops-over-100"), endless, { recursive: true });
    const reference = join(endless, "reference.json");
    await writeFile(reference, (await readFile(reference, "utf8")).replace('"x": 1', '"x": 1000'));
    await platform.client.createProject({ body: { name: "lab" } });
    const logged = await logModels(platform, { python, folder, project: "lab" }, "endless", endless);
    for (const model of Object.keys(logged)) {
      const { serving } = await checked(platform, "lab", model);
      expect([model, serving]).toEqual([
        model,
        { state: "failed", problem: expect.stringMatching(/^scoring did not end within 15 s; the model may loop/) },
      ]);
    }
  });
});

const alive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};
