import { failedModelCheck, type ModelCheck } from "@pave/contract";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { json } from "../../db/column-types.ts";
import { type Ctx, createContext } from "../../db/context.ts";
import { createTestDatabase, type TestDatabase } from "../../db/test-database.ts";
import { createJobs, type Jobs } from "../../jobs/index.ts";
import { silentLogger } from "../../kernel/logger.ts";
import { ensurePrincipal } from "../access/index.ts";
import type { ArtifactRow } from "../artifacts/index.ts";
import { askForCheck } from "./check-version.ts";
import {
  checkStateOf,
  getVersion,
  latestReadyVersion,
  registerVersion,
  versionCheckHandler,
  versionCheckOwner,
} from "./index.ts";

let testDatabase: TestDatabase;
let ctx: Ctx;
let jobs: Jobs;
const digest = `sha256:${"a".repeat(64)}`;
const files = [{ path: "MLmodel", digest, size: 3, executable: false }];
const limits = { timeoutMs: 90_000, memoryBytes: 2 ** 30 };

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  const system = createContext(testDatabase.database, { log: silentLogger });
  const user = await ensurePrincipal(system, { id: "u1", kind: "user", name: "ada" });
  ctx = createContext(testDatabase.database, { log: silentLogger, actor: { ...system.actor, principalId: user.id } });
  await ctx.db
    .insertInto("projects")
    .values({ id: "lab", name: "lab", title: "lab", owner: "ops", created_by: "u1" })
    .execute();
  const artifact = {
    id: "a1",
    digest,
    project_id: "lab",
    type: "model" as const,
    name: "m",
    files: json(files),
    bytes: 3,
  };
  await ctx.db.insertInto("artifacts").values(artifact).execute();
  jobs = createJobs();
  const artifacts = {
    getArtifact: async () => ({ files }) as unknown as ArtifactRow,
    remoteFiles: () => files.map((file) => ({ ...file, url: "/signed" })),
  };
  jobs.on(versionCheckOwner, versionCheckHandler(artifacts, limits));
});
afterAll(async () => {
  await jobs.close();
  await testDatabase.drop();
});

let model: string;
let number = 0;
beforeEach(async () => {
  number += 1;
  // such a name is allowed by MLflow
  model = `a@b ${number}`;
  const { version } = await registerVersion(ctx, {
    model,
    projectId: "lab",
    artifactId: "a1",
    digest,
    description: "",
    card: null,
    source: "models:/m-1",
    trackedRunId: null,
    runId: null,
    attemptId: null,
    revisionId: null,
    pythonEnvironmentDigest: null,
    evaluationArtifactId: null,
    testArtifactId: null,
    evaluateComponent: null,
    metrics: {},
    signature: null,
    inputExample: null,
    check: null,
    lineage: { datasets: [], components: [], evaluation: null },
    createdBy: "u1",
  });
  expect(checkStateOf(version)).toEqual({ state: "none", problem: null });
  await askForCheck(ctx, version);
});

const stateNow = async () => checkStateOf(await getVersion(ctx, model, 1));

async function finish(
  answer: { check?: unknown; outcome?: "failed"; message?: string },
  meanwhile?: () => Promise<unknown>,
) {
  const { work } = await jobs.claimWork(ctx, { runnerId: "r1", holding: [], capacity: 1, waitSeconds: 0 });
  const [claimed] = work;
  expect(claimed?.payload).toEqual({ kind: "check-model", files: [{ ...files[0], url: "/signed" }], ...limits });
  await meanwhile?.();
  await jobs.finishWork(ctx, {
    workId: claimed?.workId ?? "",
    fence: claimed?.fence ?? 0,
    outcome: answer.outcome ?? "succeeded",
    reason: null,
    message: answer.message ?? null,
    exitCode: null,
    signal: null,
    startedAt: null,
    finishedAt: new Date().toISOString(),
    usage: null,
    outputs: [],
    metrics: {},
    pythonEnvironment: null,
    check: answer.check ?? null,
  });
}

const python = { requires: "==3.11.*", lockPath: "requirements.txt", lockDigest: digest, lock: "a==1\n", declared: [] };
const good: ModelCheck = { ...failedModelCheck("", 5e7), ok: true, rows: 3, loadMs: 20, p50Ms: 1, python };

test("a version is being checked until a runner has answered, and can be released then", async () => {
  expect(await stateNow()).toEqual({ state: "running", problem: null });
  expect(await latestReadyVersion(ctx, model)).toBeUndefined();
  await finish({ check: good });
  expect(await stateNow()).toEqual({ state: "passed", problem: null });
  const latest = await latestReadyVersion(ctx, model);
  expect(latest?.check?.python).toEqual(python);
});

test.each([
  ["a finding about the model", { check: failedModelCheck("predict failed: no", null) }, "predict failed: no"],
  [
    "a runner that could not do it",
    { outcome: "failed" as const, message: "the disk is full" },
    "the check could not be done: the disk is full; register the version again",
  ],
  [
    "an answer without a check",
    {},
    "the check could not be done: the runner gave no result; register the version again",
  ],
])("%s fails the check with a sentence", async (_what, answer, problem) => {
  await finish(answer);
  expect(await stateNow()).toEqual({ state: "failed", problem });
  expect(await latestReadyVersion(ctx, model)).toBeUndefined();
  const event = await ctx.db
    .selectFrom("ledger_events")
    .select(["type", "result", "data"])
    .where("subject_id", "=", `${model}@1`)
    .where("type", "=", "model.checked")
    .executeTakeFirst();
  expect(event).toEqual({ type: "model.checked", result: "failed", data: { model, version: 1, problem } });
});

test("a version that is deleted before its check is claimed is in nobody's way", async () => {
  await finish({ check: good });
  await askForCheck(ctx, await getVersion(ctx, model, 1));
  await ctx.db.deleteFrom("model_versions").where("model", "=", model).execute();
  expect((await jobs.claimWork(ctx, { runnerId: "r1", holding: [], capacity: 1, waitSeconds: 0 })).work).toEqual([]);
  expect(await ctx.db.selectFrom("work").select("id").where("state", "in", ["queued", "leased"]).execute()).toEqual([]);
});

test("the answer about a deleted version is not that of another with its name and number", async () => {
  await ctx.db
    .insertInto("artifacts")
    .values({ id: `b${number}`, digest, project_id: "lab", type: "model", name: "m", files: json(files), bytes: 3 })
    .execute();
  const replace = () =>
    ctx.db
      .updateTable("model_versions")
      .set({ artifact_id: `b${number}` })
      .where("model", "=", model)
      .execute();
  await finish({ check: good }, replace);
  expect(await stateNow()).toMatchObject({ state: "running" });
});
