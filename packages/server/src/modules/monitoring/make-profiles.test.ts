import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { projectSpecSchema } from "@pave/contract";
import { ProfileBuilder } from "@pave/contract/drift";
import { afterAll, beforeAll, expect, test } from "vitest";
import { json } from "../../db/column-types.ts";
import type { Work, WorkResult } from "../../jobs/index.ts";
import { newId } from "../../kernel/ids.ts";
import { createPrincipal } from "../access/index.ts";
import { type Artifacts, createArtifacts, createFolderStore } from "../artifacts/index.ts";
import { createComponents } from "../components/index.ts";
import { findProfile, profileStates } from "../models/index.ts";
import { type ProfileDeps, referenceProfileWork, requestProfiles } from "./make-profiles.ts";
import { WatchedHouse } from "./testing/watched-house.ts";

let house: WatchedHouse;
let folder: string;
let artifacts: Artifacts;
let deps: ProfileDeps;
beforeAll(async () => {
  house = await WatchedHouse.create();
  folder = await mkdtemp(join(tmpdir(), "pave-profiles-"));
  const { clock } = house.ctx;
  artifacts = createArtifacts({ store: await createFolderStore({ folder }), signingKey: "k".repeat(64), clock });
  const components = createComponents({ artifacts });
  await components.loadBuiltinComponents(house.ctx, join(import.meta.dirname, "../../../../../components"));
  deps = { artifacts, components };
});
afterAll(async () => {
  await house.close();
  await rm(folder, { recursive: true });
});

const reference = (text: string | null) =>
  house.ctx.db
    .updateTable("revisions")
    .set({
      spec: json(
        projectSpecSchema.parse({
          ...{ apiVersion: "pave/v1", kind: "project", name: house.project, owner: "team" },
          monitor: text === null ? {} : { drift: { reference: text } },
        }),
      ),
    })
    .execute();

/** A version that a run of the pipeline `train` made, with or without the reference. */
async function version(outputs: Record<string, string> = {}): Promise<number> {
  const { ctx, projectId, revisionId, model } = house;
  const runId = newId();
  const { id: principalId } = await createPrincipal(ctx, { kind: "run", name: `run ${runId}` });
  const numbers = { number: Math.floor(Math.random() * 1e9), revision_id: revisionId };
  await ctx.db
    .insertInto("runs")
    .values({
      ...{ id: runId, project_id: projectId, pipeline: "train", state: "succeeded", ...numbers },
      ...{ principal_id: principalId, requested_by: "system" },
    })
    .execute();
  const step = { id: newId(), run_id: runId, name: "split", position: 1, uses: "pave/split-table@1" };
  await ctx.db
    .insertInto("steps")
    .values({ ...step, state: "succeeded", definition: json({}), outputs: json(outputs) })
    .execute();
  const number = await house.version();
  await ctx.db
    .updateTable("model_versions")
    .set({ run_id: runId, revision_id: revisionId, signature: json(signature) })
    .where("model", "=", model)
    .where("version", "=", number)
    .execute();
  await requestProfiles(ctx);
  return number;
}
const signature = { inputs: [{ name: "x", type: "double", required: true }], outputs: [] };
const stateOf = async (number: number) =>
  (await profileStates(house.ctx, [{ model: house.model, version: number }]))[0];

/** The work that a runner would be given for a version. */
async function workOf(number: number): Promise<Work> {
  const rows = await house.ctx.db
    .selectFrom("work")
    .selectAll()
    .where("owner_kind", "=", "reference-profile")
    .execute();
  const row = rows.find(({ owner_id }) => owner_id === `${house.model}@${number}`);
  if (!row) throw new Error("no work was enqueued");
  return { ownerId: row.owner_id, projectId: row.project_id, payload: row.payload } as Work;
}

const ended = (more: Partial<WorkResult>): WorkResult => ({
  ...{ outcome: "succeeded", reason: null, message: null, exitCode: 0, signal: null, startedAt: null },
  ...{ finishedAt: new Date().toISOString(), usage: null, outputs: [], metrics: {}, pythonEnvironment: null },
  ...{ check: null, ...more },
});

test("a version whose project names no reference, or whose run left none, says so", async () => {
  await reference(null);
  expect(await stateOf(await version())).toMatchObject({
    state: "failed",
    message: "pave.yaml names no reference under monitor.drift",
  });
  await reference("train.split.train");
  expect(await stateOf(await version())).toMatchObject({
    state: "failed",
    message: "the run that made this version left no train.split.train, which pave.yaml names as reference",
  });
});

test("a runner is given table, model and signature, and what it makes becomes the version's profile", async () => {
  await reference("train.split.train");
  const number = await version({ train: `${house.project}-model` });
  expect(await stateOf(number)).toMatchObject({ state: "making" });
  const handler = referenceProfileWork(deps);
  const work = await workOf(number);
  expect(await handler.prepare?.(house.ctx, work)).toMatchObject({
    command: ["node", "reference-profile.ts"],
    builtin: "reference-profile",
    params: { features: { x: "double" }, rows: 1_000_000 },
    inputs: { table: { files: [{ path: "MLmodel" }] }, model: { type: "model" } },
    token: "",
  });

  const builder = new ProfileBuilder([{ name: "x", kind: "numeric" }], { prediction: "numeric" });
  for (let row = 0; row < 500; row += 1) builder.add({ x: row }, row / 500);
  const profile = builder.build();
  const blob = await artifacts.storeBytes(house.ctx, JSON.stringify(profile));
  const file = { path: "profile.json", digest: blob.digest, size: blob.size, executable: false };
  const metadata = { notes: ["a sample of 500 rows from 900 rows"] };
  const output = { port: "profile", type: "report" as const, format: "json", files: [file], metadata };
  const before = await house.serving.gatewayConfig(house.ctx, { after: -1, waitSeconds: 0 }, never);
  await handler.finished(house.ctx, work, ended({ outputs: [output] }));
  expect(await stateOf(number)).toMatchObject({
    state: "ready",
    profileId: profile.id,
    predictionSource: "training",
    message: expect.stringMatching(/^a sample of 500 rows from 900 rows; answers are those on the reference rows/),
  });
  expect(await findProfile(house.ctx, { model: house.model, version: number })).toEqual(profile);
  const after = await house.serving.gatewayConfig(house.ctx, { after: -1, waitSeconds: 0 }, never);
  expect(after?.version).toBeGreaterThan(before?.version ?? 0);
});
const never = new AbortController().signal;

test("what goes wrong at the runner, or comes back from it, is told beside the version", async () => {
  await reference("train.split.train");
  const handler = referenceProfileWork(deps);
  const failed = await version({ train: `${house.project}-model` });
  const message =
    "step reference-profile exited with code 1: error: input table: expected at least one row, found none";
  await handler.finished(house.ctx, await workOf(failed), ended({ outcome: "failed", message }));
  expect((await stateOf(failed))?.message).toBe(
    "the reference could not be profiled: input table: expected at least one row, found none",
  );
  const odd = await version({ train: `${house.project}-model` });
  const blob = await artifacts.storeBytes(house.ctx, '{"version": 1}');
  const file = { path: "profile.json", digest: blob.digest, size: blob.size, executable: false };
  const output = { port: "profile", type: "report" as const, format: "json", files: [file], metadata: {} };
  await handler.finished(house.ctx, await workOf(odd), ended({ outputs: [output] }));
  expect((await stateOf(odd))?.message).toBe("the reference could not be profiled: what came back is no profile");
  const lost = await version({ train: `${house.project}-model` });
  const missing = { ...file, digest: `sha256:${"0".repeat(64)}` };
  await handler.finished(house.ctx, await workOf(lost), ended({ outputs: [{ ...output, files: [missing] }] }));
  expect((await stateOf(lost))?.state).toBe("failed");
});
