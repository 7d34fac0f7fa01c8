import type { GatewayReport } from "@pave/contract";
import { emptyLatency } from "@pave/contract";
import type { ReferenceProfile, WindowCounts } from "@pave/contract/drift";
import { json } from "../../../db/column-types.ts";
import { type Ctx, createContext, inTransaction } from "../../../db/context.ts";
import { createTestDatabase, type TestDatabase } from "../../../db/test-database.ts";
import { newId } from "../../../kernel/ids.ts";
import { silentLogger } from "../../../kernel/logger.ts";
import { beginProfile, finishProfile, registerVersion } from "../../models/index.ts";
import {
  createServing,
  defaultLimits,
  ensureDeployment,
  insertRelease,
  type Serving,
  setReleaseState,
  shiftTraffic,
} from "../../serving/index.ts";

const digest = `sha256:${"a".repeat(64)}`;

/** A project with a model and an online deployment whose clock the test moves: versions, their profiles, releases. */
export class WatchedHouse {
  readonly db: TestDatabase;
  readonly ctx: Ctx;
  readonly serving: Serving;
  readonly projectId = newId();
  readonly project = `p${this.projectId.slice(-10)}`;
  readonly model = `model-${this.project}`;
  readonly revisionId = newId();
  nowMs = Date.parse("2026-03-01T12:00:00Z");
  deploymentId = "";
  #sequence = 0;

  constructor(db: TestDatabase) {
    this.db = db;
    this.ctx = createContext(db.database, { log: silentLogger, clock: { now: () => new Date(this.nowMs) } });
    this.serving = createServing({
      database: db.database,
      gatewayUrl: () => "http://127.0.0.1:1",
      remoteFiles: (files) => files.map((file) => ({ ...file, url: `/signed/${file.digest}` })),
      modelInterface: async () => ({ signature: null, inputExample: null }),
    });
  }

  static async create(): Promise<WatchedHouse> {
    const house = new WatchedHouse(await createTestDatabase());
    await house.#furnish();
    return house;
  }

  async close(): Promise<void> {
    await this.serving.stop();
    await this.db.drop();
  }

  async #furnish(): Promise<void> {
    const { ctx, projectId, project, revisionId } = this;
    await ctx.db
      .insertInto("environments")
      .values({ name: "staging", spec: json({}), source: "", updated_by: "system" })
      .execute();
    await ctx.db
      .insertInto("projects")
      .values({ id: projectId, name: project, title: "", owner: "team", created_by: "system" })
      .execute();
    const revision = { id: revisionId, project_id: projectId, number: 1, digest: newId(), files: json([]) };
    await ctx.db
      .insertInto("revisions")
      .values({ ...revision, file_count: 0, bytes: 0, created_by: "system" })
      .execute();
    await ctx.db
      .insertInto("artifacts")
      .values(this.#artifact("model", "model", "MLmodel"))
      .execute();
    this.deploymentId = await inTransaction(ctx, async (ctx) => {
      const key = { projectId, environment: "staging", name: "late", kind: "online" } as const;
      return (await ensureDeployment(ctx, key)).id;
    });
  }

  #artifact(id: string, type: "model" | "report", path: string) {
    const files = json([{ path, digest, size: 3, executable: false }]);
    return { id: `${this.project}-${id}`, digest, project_id: this.projectId, type, name: type, files, bytes: 3 };
  }

  /** The next version of the model, with a reference profile if one is given. */
  async version(profile?: ReferenceProfile): Promise<number> {
    const { ctx, model, projectId } = this;
    const { version: row } = await registerVersion(ctx, {
      ...{ model, projectId, artifactId: `${this.project}-model`, digest, description: "", card: null, source: "" },
      ...{ trackedRunId: null, runId: null, attemptId: null, revisionId: null, pythonEnvironmentDigest: null },
      ...{ evaluationArtifactId: null, testArtifactId: null, evaluateComponent: null, metrics: {}, signature: null },
      ...{ inputExample: null, check: null, lineage: { datasets: [], components: [], evaluation: null } },
      createdBy: "system",
    });
    if (profile) await this.profileVersion(row.version, profile);
    return row.version;
  }

  async profileVersion(version: number, profile: ReferenceProfile): Promise<void> {
    const { ctx, model, projectId } = this;
    const artifact = this.#artifact(`profile-${version}`, "report", "profile.json");
    await ctx.db.insertInto("artifacts").values(artifact).execute();
    await beginProfile(ctx, { model, version, projectId });
    const made = { profile, artifactId: artifact.id, predictionSource: "held-out" as const, message: "" };
    await finishProfile(ctx, { model, version }, made);
  }

  async release(modelVersion: number): Promise<string> {
    const { ctx, deploymentId, model, revisionId } = this;
    const configuration = { files: [], limits: defaultLimits, slo: { availability: 99, p99Ms: 50 } };
    const common = { deploymentId, planId: null, revisionId, model, modelVersion, modelDigest: digest };
    return inTransaction(ctx, (ctx) => insertRelease(ctx, { ...common, configuration, message: null }));
  }

  async activate(releaseId: string): Promise<void> {
    const configuration = { files: [], limits: defaultLimits, slo: { availability: 99, p99Ms: 50 } };
    await inTransaction(this.ctx, async (ctx) => {
      await setReleaseState(ctx, releaseId, "active");
      await shiftTraffic(ctx, { id: releaseId, deploymentId: this.deploymentId, configuration });
    });
  }

  /** One gateway tells what it counted for a release in the second that ends now. */
  async report(releaseId: string, counts: readonly unknown[], more: Partial<ReportedWindow> = {}): Promise<void> {
    this.#sequence += 1;
    const window: ReportedWindow = {
      ...{ windowId: newId(), deploymentId: this.deploymentId, releaseId, modelVersion: "1" },
      ...{ start: new Date(this.nowMs - 1000).toISOString(), seconds: 1, requests: 1, rows: 1 },
      ...{ errors4xx: 0, errors5xx: 0, latency: emptyLatency(), counts: [...counts] },
      ...more,
    };
    const common = { startedAt: "2026-03-01T00:00:00.000Z", configVersion: 1, releases: [] };
    const report = { gatewayId: "g", sequence: this.#sequence, ...common, windows: [window] };
    const { acknowledged } = await this.serving.report(this.ctx, report);
    if (!acknowledged.includes(window.windowId)) throw new Error("the window was not acknowledged");
  }

  reportRows = (releaseId: string, counts: WindowCounts): Promise<void> =>
    this.report(releaseId, [counts.toJSON()], { rows: counts.rows, requests: counts.rows });
}

type ReportedWindow = GatewayReport["windows"][number];
