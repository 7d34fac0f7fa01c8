import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FileEntry, Run } from "@pave/contract";
import { type Ctx, createContext } from "../../../db/context.ts";
import { createTestDatabase, type TestDatabase } from "../../../db/test-database.ts";
import { createJobs, type Jobs } from "../../../jobs/index.ts";
import { silentLogger } from "../../../kernel/logger.ts";
import { must } from "../../../kernel/pave-error.ts";
import { systemClock } from "../../../kernel/time.ts";
import { ensurePrincipal } from "../../access/index.ts";
import { type Artifacts, createArtifacts, createFolderStore } from "../../artifacts/index.ts";
import { createComponents } from "../../components/index.ts";
import { createConnections } from "../../connections/index.ts";
import { createProjects } from "../../projects/index.ts";
import { createSecrets, openVault } from "../../secrets/index.ts";
import { attemptOwner } from "../create-attempts.ts";
import { createPipelines, type Pipelines } from "../create-pipelines.ts";
import type { FinishedRun, PipelinesDeps } from "../pipelines-deps.ts";
import { runsChannel } from "../runs-channel.ts";
import { showRun } from "../show-run.ts";

/** Everything that pipelines stand on, for real, on a database and a folder of one test file. */
export interface TestWorld {
  readonly ctx: Ctx;
  readonly deps: PipelinesDeps;
  readonly jobs: Jobs;
  readonly artifacts: Artifacts;
  readonly pipelines: Pipelines;
  readonly project: { readonly id: string; readonly name: string };
  /** Ends of runs, in order. */
  readonly finished: FinishedRun[];
  /** Another process on the same database. */
  another(): { jobs: Jobs; pipelines: Pipelines };
  /** Pushes these files as the newest revision; gives its id. */
  push(files: Readonly<Record<string, string>>): Promise<string>;
  start(pipeline?: string, over?: Partial<Parameters<Pipelines["startRun"]>[1]>): Promise<number>;
  show(run: number): Promise<Run>;
  drop(): Promise<void>;
}

export async function createTestWorld(
  name = "flights",
  given?: Pick<TestDatabase, "database" | "drop">,
): Promise<TestWorld> {
  const testDatabase = given ?? (await createTestDatabase({ poolSize: 8 }));
  const folder = await mkdtemp(join(tmpdir(), "pave-pipelines-"));
  const templatesFolder = join(folder, "templates");
  await mkdir(templatesFolder);
  const system = createContext(testDatabase.database, { log: silentLogger });
  await ensurePrincipal(system, { id: "system", kind: "service-account", name: "pave", platformAdmin: true });
  const user = await ensurePrincipal(system, { kind: "user", name: "ada", platformAdmin: true });
  const actor = { ...system.actor, principalId: user.id, kind: "user", name: "ada", actorKind: "person" } as const;
  const ctx = createContext(testDatabase.database, { log: silentLogger, actor });

  const artifacts = createArtifacts({
    store: await createFolderStore({ folder: join(folder, "store") }),
    signingKey: "k".repeat(43),
    clock: systemClock,
  });
  const components = createComponents({ artifacts });
  const finished: FinishedRun[] = [];
  const open = async () => {
    const jobs = createJobs();
    const projects = await createProjects({
      artifacts,
      components,
      jobs,
      templatesFolder,
      checkGate: () => [],
      facts: async () => new Map(),
      waiting: async () => [],
      onPythonEnvironmentFinished: async (ctx) => ctx.afterCommit(() => ctx.database.notify(runsChannel)),
    });
    const onRunFinished: NonNullable<PipelinesDeps["onRunFinished"]> = async (_, run) => void finished.push(run);
    const vault = await openVault(ctx, { command: [], key: "", file: join(folder, "master-keys") });
    const secrets = createSecrets({ vault });
    const connections = createConnections({ vault, secrets, allowLoopback: true });
    const assertRunsFor = async () => undefined;
    const deps: PipelinesDeps = {
      ...{ jobs, artifacts, components, projects, secrets, connections, assertRunsFor },
      ...{ gramsCo2ePerKwh: 500, onRunFinished },
    };
    const pipelines = createPipelines(deps);
    jobs.on(attemptOwner, pipelines.attemptHandler);
    return { jobs, projects, deps, pipelines };
  };
  const { jobs, projects, deps, pipelines } = await open();
  const project = await projects.createProject(ctx, { name });
  const others: Jobs[] = [];

  return {
    ctx,
    deps,
    jobs,
    artifacts,
    pipelines,
    project,
    finished,
    another() {
      const jobs = createJobs();
      others.push(jobs);
      const pipelines = createPipelines({ ...deps, jobs });
      jobs.on(attemptOwner, pipelines.attemptHandler);
      return { jobs, pipelines };
    },
    async push(files) {
      const entries = await Promise.all(
        Object.entries(files).map(async ([path, text]): Promise<FileEntry> => {
          const { digest, size } = await artifacts.storeBytes(ctx, text);
          return { path, digest, size, executable: false };
        }),
      );
      const { revision } = await projects.pushRevision(ctx, { project, files: entries, git: null, message: "test" });
      return must(revision, "the pushed revision").id;
    },
    async start(pipeline = "train", over = {}) {
      const input = {
        projectId: project.id,
        project: name,
        revision: "latest",
        pipeline,
        vars: {},
        message: null,
        refresh: false,
      };
      return (await pipelines.startRun(ctx, { ...input, ...over })).number;
    },
    show: async (run) => must(await showRun(deps, ctx, project.id, run), `run ${run}`),
    async drop() {
      await Promise.all([jobs, ...others].map((each) => each.close()));
      await testDatabase.drop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
