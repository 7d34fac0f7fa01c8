import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import type { DeploymentDetail, ModelVersion, Plan, PythonEnvironment, Run } from "@pave/contract";
import { lockSpecSchema } from "@pave/contract";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { keepSending, laterFlights, rowsOf, sendTraffic } from "../scripts/road/traffic.ts";
import { detectInCanary, trainInUtc } from "./support/canary-detection.ts";
import { eventually } from "./support/eventually.ts";
import { createOwner, editSpec, flightsSample, newProjectArguments, project } from "./support/flights.ts";
import { knownToGateway } from "./support/load.ts";
import { ownToken } from "./support/own-token.ts";
import { startPlatform, type TestPlatform } from "./support/platform.ts";
import { isAlive, processesOf } from "./support/processes.ts";

const execute = promisify(execFile);

/** The road as a person types it, from nothing to a platform that is stopped and started again. Each step builds on those before. */
describe("the road through the terminal", { timeout: 400_000 }, () => {
  let platform: TestPlatform;
  let folder: string;
  let token: string;
  let environment: PythonEnvironment;
  let sent = 0;

  const show = (where: string) => platform.json<DeploymentDetail>(["deployments", "show", where], { folder });
  const type = (args: readonly string[]) => platform.pave(args, { folder, text: true });

  beforeAll(async () => {
    platform = await startPlatform();
    folder = join(platform.folder, project);
  });
  afterAll(() => platform?.remove());

  it("shows what `pave new` will create, and creates nothing without a yes", async () => {
    const args = await newProjectArguments();
    expect((await platform.pave([...args, "--dry-run"], { text: true })).stderr).toContain("There is no team team-ops");
    await createOwner(platform);
    const tried = await platform.pave([...args, "--dry-run"], { text: true });
    expect(tried).toMatchObject({ code: 0, stdout: "" });
    expect(tried.stderr).toContain(`This will create ${folder}`);
    expect(tried.stderr).toMatch(/ {2}\+ .*pave\.yaml/);

    const unanswered = await platform.pave(args, { text: true });
    expect(unanswered.code).not.toBe(0);
    expect(unanswered.stderr).toContain("Say --yes to create it");

    expect(existsSync(folder)).toBe(false);
    expect((await platform.client.listProjects()).items).toEqual([]);
  });

  it("creates the project, with git and a lock", async () => {
    const created = await platform.pave([...(await newProjectArguments()), "--yes"], { text: true });
    expect(created.stderr).toContain("This will create");
    expect(created).toMatchObject({ code: 0, stdout: expect.stringContaining(`${project} is in ${folder}`) });

    const git = async (...args: string[]) => (await execute("git", ["-C", folder, ...args])).stdout.trim();
    expect(await git("log", "--format=%s")).toMatch(/^Start flight-delays from tabular-classification \d/);
    expect(await git("status", "--porcelain")).toBe("");

    const lock = lockSpecSchema.parse(parse(await readFile(join(folder, "pave.lock"), "utf8")));
    expect(lock.template).toMatchObject({ name: "tabular-classification", answers: { target: "late" } });
    expect(lock.components["pave/evaluate-classifier@1"]?.digest).toMatch(/^sha256:/);
  });

  it("validates and makes the environment", async () => {
    expect(await type(["validate"])).toMatchObject({ code: 0, stdout: expect.stringContaining("is valid") });
    environment = await platform.json<PythonEnvironment>(["sync"], { folder });
    expect(environment).toMatchObject({ state: "ready", digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) });
    await execute(join(folder, ".venv", "bin", "python"), ["-c", "import sklearn, skl2onnx"]);
  });

  it("runs the pipeline, a line for each step, and registers version 1 with its lineage", async () => {
    const told = await type(["run", "-m", "first"]);
    expect(told.code, told.stderr).toBe(0);
    for (const step of ["ingest", "validate", "split", "train", "evaluate"])
      expect(told.stderr).toMatch(new RegExp(`✔ ${step} `));
    expect(told.stdout).toContain("registered: flight-delays version 1");

    const run = await platform.json<Run>(["runs", "show", "1"], { folder });
    expect(run).toMatchObject({ state: "succeeded", pythonEnvironment: { digest: environment.digest } });
    const usage = run.graph.find((step) => step.name === "train")?.attempts[0]?.usage;
    expect(usage).toMatchObject({ cpuSeconds: expect.any(Number), energyMethod: expect.stringMatching(/./) });

    const version = await platform.json<ModelVersion>(["models", "show", `${project}@1`], { folder });
    expect(version).toMatchObject({ status: "READY", check: { rows: 50 }, run: { number: 1 } });
    expect(version.metrics).toEqual(run.graph.find((step) => step.name === "evaluate")?.metrics);
    expect(version.lineage).toMatchObject({
      run: { number: 1, pipeline: "train" },
      revision: { id: run.revision.id, git: { dirty: false } },
      pythonEnvironment: environment.digest,
    });
    expect(version.lineage.datasets.map(({ digest }) => digest)).toContainEqual(expect.stringMatching(/^sha256:/));
    expect(version.lineage.components.map(({ step }) => step)).toContain("train");
  });

  it("deploys to staging, and to production once somebody has approved", async () => {
    const early = await platform.pave(["deploy", "--to", "production"], { folder });
    expect(early.code, "production comes after staging").not.toBe(0);

    const tried = await type(["deploy", "--to", "staging", "--dry-run"]);
    expect(tried.stdout).toMatch(
      /estimate: (under )?\$[\d.]+ a month, [\d.]+ g CO₂e a month\n +No traffic yet, memory only/,
    );
    const staging = await platform.json<Plan>(["deploy", "--to", "staging"], { folder });
    expect(staging.state, staging.message ?? "").toBe("applied");
    expect(staging.actions.map(({ kind }) => kind)).toContain("provision");

    const waiting = await platform.json<Plan>(["promote", "staging", "production"], { folder });
    expect(waiting).toMatchObject({ state: "open", approvals: { given: 0, needed: 1 } });
    expect((await type(["plans", "show", String(waiting.number)])).stdout).toContain("the author may approve");
    const applied = await platform.json<Plan>(["plans", "approve", String(waiting.number), "-m", "looks right"], {
      folder,
    });
    expect(applied.state, applied.message ?? "").toBe("applied");

    const live = await show("production");
    expect(live).toMatchObject({ health: "healthy", active: { modelVersion: "1", state: "active" } });
    expect(live.active?.pythonEnvironment).toBe(environment.digest);
  });

  it("predicts, by `pave predict` and by the curl line as printed", async () => {
    const predicted = await platform.json<Answer>(["predict", "production"], { folder });
    expect(predicted).toMatchObject(answerOf("1"));

    const made = await platform.json<{ token: string }>([
      ...["tokens", "create", "calls", "--project", project, "--scope", "deployment.predict"],
    ]);
    token = made.token;
    const { url, curl } = await show("production");
    await knownToGateway(url, token);
    const { stdout } = await execute("sh", ["-c", curl], { env: { ...process.env, PAVE_TOKEN: token } });
    const answer = JSON.parse(stdout) as Answer;
    expect(answer).toMatchObject(answerOf("1"));
    expect(answer.predictions).toEqual(predicted.predictions);
    expect(answer.predictionId).not.toBe(predicted.predictionId);
    sent += 2;
  });

  it("counts the traffic", async () => {
    const sql = await readFile(join(folder, "sql", "features.sql"), "utf8");
    const rows = rowsOf(await laterFlights((await flightsSample()).later, sql, 200));
    const { url } = await show("production");
    const result = await sendTraffic({ url, token, rows, concurrency: 4 });
    expect(result).toMatchObject({ requests: 200, failed: 0, versions: { "1": 200 } });
    sent += 200;

    const params = { project, environment: "production", deployment: "late" };
    await eventually(
      "requests counted",
      () => countOf(platform, params),
      (count) => count === sent,
    );
    expect((await show("production")).now).toMatchObject({ errorRate: 0, p99Ms: expect.any(Number) });
  });

  it("takes the second run from the cache, and says what changed when something did", async () => {
    const same = await platform.json<Run>(["run", "-m", "again"], { folder });
    expect(same).toMatchObject({ state: "succeeded", steps: { cached: 5 } });

    await editSpec(folder, /maxIterations: 20\b/, "maxIterations: 60");
    const changed = await platform.json<Run>(["run", "-m", "more iterations"], { folder });
    expect(changed.state, changed.message ?? "").toBe("succeeded");
    const step = (name: string) => changed.graph.find((one) => one.name === name);
    expect(step("split")?.cached).toMatchObject({ run: 1 });
    expect(step("train")).toMatchObject({ cached: null, cacheMiss: "param maxIterations changed from 20 to 60" });
    expect(changed.models).toEqual([{ name: project, version: "2" }]);
    expect(changed.revision.number).toBeGreaterThan(same.revision.number);
  });

  it("releases version 2 by the approval of a second person, and goes back in one command", async () => {
    await platform.json<Plan>(["deploy", "--to", "staging"], { folder });
    const waiting = await platform.json<Plan>(["promote", "staging", "production"], { folder });
    expect(waiting).toMatchObject({ state: "open", candidate: { version: "2" }, champion: { version: "1" } });
    expect(waiting.estimate).toMatchObject({
      now: { gramsCo2ePerMonth: expect.any(Number), costPerMonthUsd: expect.any(Number) },
      method: expect.stringMatching(new RegExp(`requests a month \\(${sent} in 1 day\\)`)),
    });

    await platform.json(["principals", "create", "grace"]);
    await platform.json(["members", "set", "grace", "reviewer", "--project", project]);
    const grace = await ownToken(platform, "grace");
    const { url } = await show("production");
    const sql = await readFile(join(folder, "sql", "features.sql"), "utf8");
    const rows = rowsOf(await laterFlights((await flightsSample()).later, sql, 500));
    const calling = new AbortController();
    const called = keepSending({ url, token, rows, perSecond: 400, signal: calling.signal });
    await platform.json<Plan>(["plans", "approve", String(waiting.number)], { folder, token: grace });
    const applied = await eventually(
      "plan applied",
      () => platform.json<Plan>(["plans", "show", String(waiting.number)], { folder }),
      ({ state }) => state === "applied",
    );
    calling.abort();
    expect(await called).toMatchObject({ failed: 0 });
    const shown = await type(["deployments", "show", "production"]);
    expect(shown.stdout).toMatch(/rollout 2 +completed .*\n(.*\n)? +5 % +done .*\n(.*\n)* +25 % +done/);
    expect(applied.approvalList).toMatchObject([{ principal: { name: "grace" }, decision: "approved" }]);
    expect((await platform.json<Answer>(["predict", "production"], { folder })).model.version).toBe("2");
    await platform.json(["principals", "disable", "grace"]);

    const back = await type(["rollback", "production", "-m", "too many false alarms"]);
    expect(back.code, back.stderr).toBe(0);
    await eventually(
      "version 1 again",
      () => show("production"),
      (live) => live.active?.modelVersion === "1",
    );
    expect((await platform.json<Answer>(["predict", "production"], { folder })).model.version).toBe("1");
  });

  /** bench/canary-detection.ts does the same at three rates, and says how long each took. */
  it("catches a model of hours in UTC, which passed every gate, by its predictions in the canary", async () => {
    // of twelve canaries with the sample's 50 one missed it; 200 compare four times as many predictions
    await editSpec(folder, "minRequests: 50", "minRequests: 200");
    const version = await trainInUtc(platform, folder, 60);
    const { end, ...seen } = await detectInCanary(platform, { version, perSecond: 400 });
    expect(seen, end).toMatchObject({ detected: true, failures: [] });
    expect((await show("production")).active?.modelVersion).toBe("1");
    console.log(`caught after ${seen.seconds} s and ${seen.requests} requests, ${seen.ofCandidate} to the candidate`);
  });

  it("exports a ledger that verifies, and finds one edited byte", async () => {
    await eventually(
      "everything sealed",
      () => platform.client.ledgerStatus(),
      ({ events, sealed }) => events === sealed,
    );
    const path = join(platform.folder, "ledger.jsonl");
    await platform.json(["ledger", "export", path]);
    expect(await platform.pave(["ledger", "verify", path])).toMatchObject({
      code: 0,
      data: { ok: true, findings: [], trustedKeyId: expect.any(String) },
    });

    const text = await readFile(path, "utf8");
    const at = text.indexOf("looks right");
    expect(at).toBeGreaterThan(0);
    await writeFile(path, `${text.slice(0, at)}L${text.slice(at + 1)}`);
    const edited = await platform.pave(["ledger", "verify", path], { text: true });
    expect(edited.code).toBe(1);
    expect(edited.stdout).toMatch(/1 finding in/);
  });

  it("leaves no process behind when it is stopped, and answers again when started again", async () => {
    const pids = Object.values(await platform.pids());
    expect(pids.every((pid) => pid > 0)).toBe(true);
    await platform.stop();
    for (const pid of pids) expect(await isAlive(pid), `process ${pid}`).toBe(false);
    expect(await processesOf(platform)).toEqual([]);

    // how fast is measured by bench/start.ts, where nothing else runs
    await platform.start();
    expect((await platform.json<Answer>(["predict", "production"], { folder })).model.version).toBe("1");
  });
});

interface Answer {
  readonly predictionId: string;
  readonly model: { readonly version: string };
  readonly predictions: readonly { readonly probability: number }[];
}

const answerOf = (version: string) => ({
  predictionId: expect.stringMatching(/./),
  model: { version },
  predictions: [{ probability: expect.any(Number) }],
});

async function countOf(
  { client }: TestPlatform,
  params: { project: string; environment: string; deployment: string },
): Promise<number> {
  const { series } = await client.getTraffic({ params, query: { minutes: 60 } });
  return series.flatMap(({ points }) => points).reduce((sum, { requests }) => sum + requests, 0);
}
