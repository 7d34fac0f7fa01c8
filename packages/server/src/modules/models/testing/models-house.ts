import type { VersionRelease } from "@pave/contract";
import { json } from "../../../db/column-types.ts";
import { type Ctx, createContext } from "../../../db/context.ts";
import { createTestDatabase } from "../../../db/test-database.ts";
import { silentLogger } from "../../../kernel/logger.ts";
import { PaveError } from "../../../kernel/pave-error.ts";
import { ensurePrincipal } from "../../access/index.ts";
import { modelsRoutes, type NewModelVersion } from "../index.ts";

/** A real database with the projects `flights` and `trains`, a model artifact `a1` and a report `a2` in the first. */
export interface ModelsHouse {
  readonly ctx: Ctx;
  /** Calls a route's handler. */
  call(name: keyof ReturnType<typeof modelsRoutes>, input: Record<string, unknown>): Promise<unknown>;
  close(): Promise<void>;
}

const modelDigest = `sha256:${"a".repeat(64)}`;
export const modelReport = { curve: [1] };
export const modelRelease: VersionRelease = {
  ...{ environment: "staging", deployment: "late", number: 3, state: "active", createdAt: "2026-05-01T10:00:00.000Z" },
  ...{ activatedAt: "2026-05-01T10:05:00.000Z", endedAt: null },
};

export async function createModelsHouse(): Promise<ModelsHouse> {
  const testDatabase = await createTestDatabase();
  const system = createContext(testDatabase.database, { log: silentLogger });
  const user = await ensurePrincipal(system, { id: "u1", kind: "user", name: "ada" });
  const actor = { ...system.actor, kind: user.kind, name: user.name, principalId: user.id };
  const ctx = createContext(testDatabase.database, { log: silentLogger, actor });
  for (const id of ["flights", "trains"]) {
    await ctx.db.insertInto("projects").values({ id, name: id, title: id, owner: "ops", created_by: "u1" }).execute();
  }
  for (const [id, type] of [
    ["a1", "model"],
    ["a2", "report"],
  ] as const) {
    const path = type === "model" ? "MLmodel" : "report.json";
    const files = [{ path, digest: modelDigest, size: 3, executable: false }];
    await ctx.db
      .insertInto("artifacts")
      .values({ id, digest: modelDigest, project_id: "flights", type, name: type, files: json(files), bytes: 3 })
      .execute();
  }
  const routes = modelsRoutes({
    artifacts: { readBlob: async () => Buffer.from(JSON.stringify(modelReport)) },
    liveVersions: async () => new Map([["flights@2", [{ environment: "staging", deployment: "late" }]]]),
    versionReleases: async () => [modelRelease],
  });
  return {
    ctx,
    call: (name, input) =>
      (routes[name] as (ctx: Ctx, input: unknown, io: unknown) => Promise<unknown>)(ctx, input, undefined),
    close: () => testDatabase.drop(),
  };
}

/** What a pipeline registers of the model `flights`. */
export const newVersion = (over: Partial<NewModelVersion> = {}): NewModelVersion => ({
  model: "flights",
  projectId: "flights",
  artifactId: "a1",
  digest: modelDigest,
  description: "",
  card: "# Card",
  source: "runs:/x/model",
  trackedRunId: null,
  runId: null,
  attemptId: null,
  revisionId: null,
  pythonEnvironmentDigest: null,
  evaluationArtifactId: null,
  testArtifactId: null,
  evaluateComponent: null,
  metrics: { auc: 0.7 },
  signature: { inputs: [{ name: "delay", type: "double", required: true }], outputs: [] },
  inputExample: { delay: 3 },
  check: { ok: true, rows: 3, maxDifference: 0, loadMs: 1, p50Ms: 1, rssBytes: 1, signature: null, inputExample: null },
  lineage: {
    datasets: [],
    components: [],
    evaluation: { step: "evaluate", uses: "pave/evaluate-classifier@1", params: {}, reportArtifactId: "a2" },
  },
  createdBy: "u1",
  ...over,
});

export const codeOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => "no error",
    (error: unknown) => (error instanceof PaveError ? error.code : String(error)),
  );
