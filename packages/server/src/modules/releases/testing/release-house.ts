import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  deploymentDetailSchema,
  environmentSpecSchema,
  type GatewayConfig,
  type GatewayReport,
  type Metrics,
  type Plan,
  planSchema,
  projectSpecSchema,
} from "@pave/contract";
import { sql } from "kysely";
import { parse } from "yaml";
import { json } from "../../../db/column-types.ts";
import { asActor, type Ctx, createContext } from "../../../db/context.ts";
import { createTestDatabase } from "../../../db/test-database.ts";
import type { Actor } from "../../../kernel/actor.ts";
import { newId } from "../../../kernel/ids.ts";
import { silentLogger } from "../../../kernel/logger.ts";
import { createPrincipal, setProjectRole } from "../../access/index.ts";
import { createArtifacts, createFolderStore } from "../../artifacts/index.ts";
import { createInfrastructure, createLocalProvisioner } from "../../infrastructure/index.ts";
import { getVersion, type NewModelVersion, registerVersion } from "../../models/index.ts";
import { registeredVersion } from "../../pipelines/index.ts";
import { createPlans, SimulatedCrash } from "../../plans/index.ts";
import { commitsOf, getEnvironment, getRevision } from "../../projects/index.ts";
import { createServing } from "../../serving/index.ts";
import { createReleases, type EvaluationResult, type StartEvaluation } from "../index.ts";
import type { ReleasesDeps } from "../releases-deps.ts";
import { RolloutDriver } from "../rollout-driver.ts";

type Evidence = NonNullable<ReleasesDeps["evidence"]>;

export type ReleaseHouse = Awaited<ReturnType<typeof createReleaseHouse>>;

/** Plans, infrastructure, serving and releases on real tables, with a clock, a gateway and evaluations that tests drive. */
export async function createReleaseHouse() {
  const db = await createTestDatabase();
  const folder = await mkdtemp(join(tmpdir(), "pave-releases-"));
  let now = Date.parse("2026-03-01T12:00:00Z");
  const clock = { now: () => new Date(now) };
  const ctx = createContext(db.database, { log: silentLogger, clock });
  const artifacts = createArtifacts({
    store: await createFolderStore({ folder: join(folder, "store") }),
    signingKey: "k".repeat(64),
    clock,
  });
  const evaluations: (StartEvaluation & { runId: string; result: EvaluationResult })[] = [];
  const evidence: { -readonly [Key in keyof Evidence]: Evidence[Key] } = {};
  const crash = { at: undefined as number | undefined, when: "before" as "before" | "after", entries: [] as string[] };

  const boot = () => {
    const plans = createPlans({
      onJournal(when, entry) {
        if (when === "before") crash.entries.push(entry);
        if (crash.at === crash.entries.length && crash.when === when) throw new SimulatedCrash(entry);
      },
    });
    const infrastructure = createInfrastructure({
      plans,
      provisioner: createLocalProvisioner({ folder: join(folder, "resources"), database: true }),
    });
    const serving = createServing({
      database: db.database,
      gatewayUrl: () => "http://127.0.0.1:4701/",
      remoteFiles: (files) => artifacts.remoteFiles(files),
      modelInterface: async (ctx, model, version) => {
        const { signature, inputExample } = await getVersion(ctx, model, version);
        return { signature: signature && { inputs: [...signature.inputs] }, inputExample };
      },
    });
    const deps: ReleasesDeps = {
      plans,
      infrastructure,
      artifacts,
      projects: { getRevision, getEnvironment, commitsOf, ensureRevision: async () => {} },
      pipelines: {
        async startEvaluation(ctx, input) {
          const runId = await insertRun(ctx, input.projectId, input.revisionId);
          evaluations.push({ ...input, runId, result: { state: "running", metrics: {}, message: null } });
          return { id: runId, number: 1 };
        },
        evaluationResult: async (_ctx, runId) =>
          evaluations.find((evaluation) => evaluation.runId === runId)?.result ?? {
            state: "failed",
            metrics: {},
            message: "no such run",
          },
        registeredVersion,
        runUsage: async (_ctx, runId) =>
          evaluations.find((evaluation) => evaluation.runId === runId)?.result.state === "succeeded"
            ? { wallSeconds: 3600, cpuSeconds: 3600, peakMemoryBytes: 2 ** 30, energyJoules: 36_000, energyMethod: "" }
            : null,
      },
      evidence,
      estimates: { rates: { cpuHourUsd: 0.03, gibHourUsd: 0.004, gramsCo2ePerKwh: 500 }, processesPerGateway: 1 },
    };
    return { plans, serving, releases: createReleases(deps), rolloutDriver: () => new RolloutDriver(deps) };
  };
  const parts = boot();

  const person = async (name: string, platformAdmin = false): Promise<Actor> => {
    const { id } = await createPrincipal(ctx, { kind: "user", name, platformAdmin });
    return {
      principalId: id,
      kind: "user",
      name,
      actorKind: "person",
      grant: { tokenId: "t", tokenKind: "session", platformAdmin, scopes: null, projectId: null },
    };
  };
  const people = { dev: await person("dev"), rev: await person("rev") };

  const house = {
    ctx,
    evaluations,
    /** What a canary's conditions see beside errors and latency; none until a test says so. */
    evidence,
    crash,
    ...parts,
    dev: asActor(ctx, people.dev),
    rev: asActor(ctx, people.rev),
    /** Another process on the same database. */
    reboot: () => Object.assign(house, boot()),
    pass: (milliseconds: number) => {
      now += milliseconds;
    },

    async environment(name: string, yaml: string): Promise<void> {
      const spec = environmentSpecSchema.parse({ apiVersion: "pave/v1", kind: "environment", name, ...parse(yaml) });
      await ctx.db
        .insertInto("environments")
        .values({ name, spec: json(spec), source: yaml, updated_by: "system" })
        .onConflict((conflict) =>
          conflict.column("name").doUpdateSet({ spec: json(spec), version: sql`environments.version + 1` }),
        )
        .execute();
    },

    async project(): Promise<TestProject> {
      const projectId = newId();
      const project = `p${projectId.slice(-10)}`;
      await ctx.db
        .insertInto("projects")
        .values({ id: projectId, name: project, title: "", owner: "team", created_by: "system" })
        .execute();
      await setProjectRole(ctx, { projectId, principalId: people.dev.principalId, role: "developer" });
      await setProjectRole(ctx, { projectId, principalId: people.rev.principalId, role: "reviewer" });
      return { projectId, project };
    },

    /** A revision that serves `late` by the model named after the project. */
    async revision({ projectId, project }: TestProject, spec: Record<string, unknown> = {}): Promise<string> {
      const id = newId();
      const { count } = await ctx.db
        .selectFrom("revisions")
        .select((eb) => eb.fn.countAll<number>().as("count"))
        .where("project_id", "=", projectId)
        .executeTakeFirstOrThrow();
      const whole = projectSpecSchema.parse({
        apiVersion: "pave/v1",
        kind: "project",
        name: project,
        owner: "team",
        serve: { late: { model: project } },
        ...spec,
      });
      await ctx.db
        .insertInto("revisions")
        .values({
          id,
          project_id: projectId,
          number: count + 1,
          digest: `sha256:${id}`,
          files: json([]),
          file_count: 0,
          bytes: 0,
          spec: json(whole),
          created_by: "system",
        })
        .execute();
      return id;
    },

    /** A test set whose digest follows from its content. */
    async testSet({ projectId }: TestProject, content = "a,b\n1,2\n"): Promise<string> {
      const { digest, size } = await artifacts.storeBytes(ctx, content);
      const files = [{ path: "test.csv", digest, size, executable: false }];
      return (
        await artifacts.createArtifact(ctx, {
          projectId,
          type: "dataset",
          format: "csv",
          name: "test",
          files,
          metadata: { rows: 1200 },
        })
      ).id;
    },

    async version(
      test: TestProject,
      metrics: Metrics,
      more: Partial<NewModelVersion> & { content?: string | Buffer; path?: string } = {},
    ): Promise<number> {
      const { content = `model ${newId()}`, path = "model.onnx", ...rest } = more;
      const { digest, size } = await artifacts.storeBytes(ctx, content);
      const files = [{ path, digest, size, executable: false }];
      const artifact = await artifacts.createArtifact(ctx, {
        projectId: test.projectId,
        type: "model",
        format: "onnx",
        name: "model",
        files,
      });
      const { version } = await registerVersion(ctx, {
        model: test.project,
        projectId: test.projectId,
        artifactId: artifact.id,
        digest: artifact.digest,
        description: "",
        card: null,
        source: "test",
        trackedRunId: null,
        runId: null,
        attemptId: null,
        revisionId: null,
        pythonEnvironmentDigest: null,
        evaluationArtifactId: null,
        testArtifactId: null,
        evaluateComponent: null,
        metrics,
        signature: { inputs: [{ name: "distance", type: "double", required: true }], outputs: [] },
        inputExample: { distance: 1.5 },
        check: {
          ok: true,
          rows: 1,
          maxDifference: 0,
          loadMs: 1,
          p50Ms: 1,
          rssBytes: 1,
          signature: null,
          inputExample: null,
        },
        lineage: {
          datasets: [],
          components: [],
          evaluation: { step: "evaluate", uses: "pave/evaluate-classifier@1", params: {}, reportArtifactId: null },
        },
        createdBy: "system",
        ...rest,
      });
      return version.version;
    },

    /** A run of the revision whose last step registered that version. */
    async registered({ projectId, project }: TestProject, revisionId: string, version: number): Promise<void> {
      const runId = await insertRun(ctx, projectId, revisionId);
      await ctx.db
        .insertInto("steps")
        .values({
          id: newId(),
          run_id: runId,
          name: `register-${project}`,
          position: 0,
          kind: "register",
          uses: "",
          state: "succeeded",
          definition: json({}),
          result: json({ model: project, version }),
        })
        .execute();
    },

    plan: (test: TestProject, environment: string, more: object = {}): Promise<Plan> =>
      house.releases.createPlan(house.dev, { ...test, environment, ...more }),
    show: async ({ projectId }: TestProject, number: number): Promise<Plan> =>
      planSchema.parseAsync(await house.plans.show(house.dev, { projectId, number })),
    approve: ({ projectId }: TestProject, number: number) =>
      house.plans.approve(house.rev, { projectId, number, comment: "" }),
    deployment: async ({ projectId }: TestProject, environment: string) =>
      deploymentDetailSchema.parse(await house.serving.show(house.dev, { projectId, environment, name: "late" })),
    /** One turn of the worker. */
    async tick(): Promise<void> {
      await house.releases.tick(ctx);
      await house.driveRollouts();
    },
    /** As a worker does, and to the end; called twice at once it is two workers. */
    async driveRollouts(): Promise<void> {
      const driver = house.rolloutDriver();
      await driver.drive(ctx);
      await driver.idle();
    },
    expireLeases: () =>
      ctx.db
        .updateTable("leases")
        .set({ until: new Date(0) })
        .execute(),
    gateway: (id = "gateway-1") => createTestGateway(ctx, () => house.serving, id),
    async events({ projectId }: TestProject): Promise<string[]> {
      const rows = await ctx.db
        .selectFrom("ledger_events")
        .select("type")
        .where("project_id", "=", projectId)
        .orderBy("seq")
        .execute();
      return rows.map(({ type }) => type);
    },

    /** Facts of one type: who did it, and what is said of it. */
    told: ({ projectId }: TestProject, type: string) =>
      ctx.db
        .selectFrom("ledger_events")
        .select(["principal_name as by", "actor_kind as actor", "data"])
        .where("project_id", "=", projectId)
        .where("type", "=", type)
        .orderBy("seq")
        .execute(),

    /** Plan, gateway, worker: released. */
    async release(test: TestProject, environment: string, more: object = {}): Promise<Plan> {
      const plan = await house.plan(test, environment, more);
      await house.tick();
      await house.gateway().report();
      await house.tick();
      await house.gateway().report();
      await house.tick();
      return house.show(test, plan.number);
    },

    async close(): Promise<void> {
      await house.serving.stop();
      await db.drop();
      await rm(folder, { recursive: true, force: true });
    },
  };
  return house;
}

export interface TestProject {
  readonly projectId: string;
  readonly project: string;
}

async function insertRun(ctx: Ctx, projectId: string, revisionId: string): Promise<string> {
  const id = newId();
  const { id: principalId } = await createPrincipal(ctx, { kind: "run", name: `run ${id}` });
  await ctx.db
    .insertInto("runs")
    .values({
      id,
      project_id: projectId,
      number: Math.floor(Math.random() * 1e9),
      kind: "evaluation",
      pipeline: "evaluation",
      revision_id: revisionId,
      state: "running",
      principal_id: principalId,
      requested_by: "system",
    })
    .execute();
  return id;
}

const sequences = new Map<string, number>();

/** Reports like a gateway that has done what the config says, or not. */
function createTestGateway(
  ctx: Ctx,
  serving: () => {
    gatewayConfig: ReturnType<typeof createServing>["gatewayConfig"];
    report: ReturnType<typeof createServing>["report"];
  },
  gatewayId: string,
) {
  const config = async (): Promise<GatewayConfig> => {
    const found = await serving().gatewayConfig(ctx, { after: -1, waitSeconds: 0 }, new AbortController().signal);
    if (!found) throw new Error("the config is missing");
    return found;
  };
  return {
    config,
    async endpoint(project: string, environment: string) {
      return (await config()).endpoints.find(
        (endpoint) => endpoint.project === project && endpoint.environment === environment,
      );
    },
    async report(
      options: {
        state?: "loading" | "ready" | "failed";
        error?: string;
        configVersion?: number;
        startedAt?: string;
        sequence?: number;
        windows?: GatewayReport["windows"];
      } = {},
    ) {
      const { version, endpoints } = await config();
      const sequence = (sequences.get(gatewayId) ?? 0) + 1;
      sequences.set(gatewayId, sequence);
      const report: GatewayReport = {
        gatewayId,
        startedAt: options.startedAt ?? "2026-03-01T00:00:00.000Z",
        configVersion: options.configVersion ?? version,
        sequence: options.sequence ?? sequence,
        releases: endpoints.flatMap(({ deploymentId, releases }) =>
          releases.map(({ releaseId }) => ({
            deploymentId,
            releaseId,
            state: options.state ?? ("ready" as const),
            ...(options.error ? { error: options.error } : {}),
          })),
        ),
        windows: options.windows ?? [],
      };
      return serving().report(ctx, report);
    },
  };
}
