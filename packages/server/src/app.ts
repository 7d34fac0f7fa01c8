import { join } from "node:path";
import type { Config } from "./config.ts";
import { type Ctx, createContext } from "./db/context.ts";
import type { Database } from "./db/open-database.ts";
import { startHints } from "./http/event-stream.ts";
import type { Handlers } from "./http/handlers.ts";
import type { Protocol } from "./http/protocol.ts";
import type { HttpAccess } from "./http/server.ts";
import { streamRoute } from "./http/stream-route.ts";
import { createJobs, workMetrics } from "./jobs/index.ts";
import type { Logger } from "./kernel/logger.ts";
import { version } from "./kernel/version.ts";
import {
  accessRoutes,
  assertCan,
  assertWithinToken,
  can,
  countBadToken,
  createSignInLink,
  isStillSignedIn,
  pruneAttempts,
  readableProjectNames,
  readableProjects,
  resolveProject,
  sessionCookie,
  withActor,
} from "./modules/access/index.ts";
import {
  artifactsRoutes,
  createArtifacts,
  createDiskReserve,
  createFolderStore,
  loadSigningKey,
} from "./modules/artifacts/index.ts";
import { createComponents } from "./modules/components/index.ts";
import { compareTruth, createGroundTruth, groundTruthRoutes } from "./modules/ground-truth/index.ts";
import { createInfrastructure, createLocalProvisioner, infrastructureRoutes } from "./modules/infrastructure/index.ts";
import { insightsRoutes, listWaiting, liveVersions, projectFacts } from "./modules/insights/index.ts";
import { ledgerKey, ledgerMetrics, ledgerRoutes, sealLedger, signCheckpoint } from "./modules/ledger/index.ts";
import { getVersion, modelsRoutes, versionCheckHandler, versionCheckOwner } from "./modules/models/index.ts";
import { createMonitoring, webhookChannel } from "./modules/monitoring/index.ts";
import { createPeople, type OidcSettings, peopleRoutes, pruneOidc } from "./modules/people/index.ts";
import {
  attemptOrigin,
  attemptOwner,
  attemptRun,
  createPipelines,
  evaluationStep,
  type PipelinesDeps,
  pipelinesRoutes,
  runMetrics,
  runnerRoutes,
  runResult,
  runsChannel,
  runUsage,
} from "./modules/pipelines/index.ts";
import { createPlans, plansChannel, plansRoutes } from "./modules/plans/index.ts";
import {
  createEnvironments,
  createProjects,
  environmentsRoutes,
  getEnvironment,
  getRevision,
  projectsRoutes,
  seedEnvironments,
  startProjectRoutes,
} from "./modules/projects/index.ts";
import { checkReleaseGate, createReleases, releasesRoutes } from "./modules/releases/index.ts";
import {
  createServing,
  isReleased,
  predictionComparison,
  publishKeys,
  servingMetrics,
  servingRoutes,
} from "./modules/serving/index.ts";
import { ensureExperiment } from "./modules/tracking/index.ts";
import { createMlflow } from "./protocols/mlflow/index.ts";
import { createOidc } from "./protocols/oidc/index.ts";
import { createPrometheus } from "./protocols/prometheus/index.ts";
import { ledgerKeyFile, writePrivateFile } from "./roles/local-files.ts";
import type { Loop } from "./roles/loops.ts";
import { ensureAdmin, ensureClientToken, ensureRoleTokens, processName, seedOnce } from "./seed.ts";
import { readSystem } from "./system.ts";

/** Folder of this installation: components, templates, environments. */
const installation = join(import.meta.dirname, "..", "..", "..");

export interface AppOptions {
  readonly config: Config;
  readonly database: Database;
  readonly log: Logger;
  /** Known for certain only once the listeners are up; read at use. */
  readonly addresses: { readonly apiUrl: string; readonly gatewayUrl: string };
  readonly embeddedDatabase: boolean;
}

/** The server's modules, joined. */
export interface App {
  readonly handlers: Handlers;
  readonly protocols: readonly Protocol[];
  readonly access: HttpAccess;
  /** What the worker role does. */
  readonly loops: readonly Loop[];
  createContext(correlationId?: string): Ctx;
  /** What every platform has from its first start: an admin, environments, the component library. */
  seed(): Promise<{ adminId: string }>;
  /** The token by which this machine's terminal client signs in: the one in the data folder, or a new one. */
  clientToken(adminId: string): Promise<string>;
  roleTokens(): Promise<{ gateway: string; runner: string }>;
  signInUrl(principalId: string): Promise<string>;
  close(): Promise<void>;
}

/** The only file that knows every module: it makes them, hands each what it needs of others, and joins their routes. */
export async function createApp(options: AppOptions): Promise<App> {
  const { config, database, log, addresses } = options;
  const context = (correlationId?: string): Ctx =>
    createContext(database, { log, ...(correlationId ? { correlationId } : {}) });
  const ctx = context();

  const storeFolder = join(config.dataFolder, "artifacts");
  const [store, signingKey] = [await createFolderStore({ folder: storeFolder }), await loadSigningKey(ctx)];
  const reserve = createDiskReserve({ folder: storeFolder, reserveBytes: config.diskReserve });
  const artifacts = createArtifacts({ store, signingKey, clock: ctx.clock });
  const jobs = createJobs();
  const components = createComponents({ artifacts });
  const plans = createPlans();
  const infrastructure = createInfrastructure({
    plans,
    provisioner: createLocalProvisioner({
      folder: join(config.dataFolder, "resources"),
      database: options.embeddedDatabase,
    }),
  });
  const environments = createEnvironments({ plans, checkGate: checkReleaseGate });
  const projects = await createProjects({
    artifacts,
    components,
    jobs,
    templatesFolder: join(installation, "templates"),
    checkGate: checkReleaseGate,
    facts: projectFacts,
    waiting: (ctx, projectId) => listWaiting(ctx, { projectIds: [projectId], platform: false }),
    onProjectCreated: async (ctx, project) => void (await ensureExperiment(ctx, project)),
    onPythonEnvironmentFinished: async (ctx) => ctx.afterCommit(() => database.notify(runsChannel)),
  });
  const pipelinesDeps: PipelinesDeps = {
    jobs,
    artifacts,
    components,
    projects,
    gramsCo2ePerKwh: config.carbonGramsPerKwh,
    onRunFinished: async (ctx, run) => {
      if (run.kind === "evaluation") ctx.afterCommit(() => database.notify(plansChannel));
    },
  };
  const pipelines = createPipelines(pipelinesDeps);
  jobs.on(attemptOwner, pipelines.attemptHandler);
  const checkLimits = { timeoutMs: config.modelCheckSeconds * 1000, memoryBytes: config.modelCheckMemory };
  jobs.on(versionCheckOwner, versionCheckHandler(artifacts, checkLimits));
  const serving = createServing({
    database,
    gatewayUrl: () => addresses.gatewayUrl,
    remoteFiles: (files) => artifacts.remoteFiles(files),
    modelInterface: async (ctx, model, number) => {
      const found = await getVersion(ctx, model, String(number));
      return {
        signature: found.signature && { inputs: [...found.signature.inputs] },
        inputExample: found.inputExample,
      };
    },
  });
  const groundTruth = createGroundTruth({
    store,
    retention: { predictionDays: config.predictionDays, logDays: config.requestLogDays },
    apiUrl: () => addresses.apiUrl,
  });
  const monitoring = createMonitoring({
    jobs,
    artifacts,
    components,
    webhook: config.alertWebhook ? { url: config.alertWebhook, secretFile: config.alertWebhookSecretFile } : undefined,
    portalUrl: () => addresses.apiUrl,
    retention: { alertDays: config.alertDays, deliveryDays: config.deliveryDays },
  });
  const releases = createReleases({
    plans,
    infrastructure,
    artifacts,
    projects: { getRevision, getEnvironment, ensureRevision: projects.ensureRevision },
    pipelines: {
      startEvaluation: (ctx, input) =>
        pipelines.startEvaluation(ctx, {
          ...input,
          modelArtifactId: input.model.artifactId,
          message: `${input.model.name} version ${input.model.version} on another test set`,
          cause: { model: input.model.name, version: input.model.version },
        }),
      async evaluationResult(ctx, runId) {
        const { state, message, steps } = await runResult(ctx, runId);
        return {
          state: state === "queued" ? "running" : state,
          message,
          metrics: steps[evaluationStep]?.metrics ?? {},
        };
      },
      runUsage,
    },
    estimates: {
      rates: {
        cpuHourUsd: config.priceCpuHourUsd,
        gibHourUsd: config.priceGibHourUsd,
        gramsCo2ePerKwh: config.carbonGramsPerKwh,
      },
      processesPerGateway: config.gatewayWorkers,
    },
    evidence: { predictionComparison, truth: compareTruth },
  });
  const people = createPeople({
    oidc: oidcSettings(config),
    passwords: config.passwords === "on",
    portalUrl: () => addresses.apiUrl,
    keysChanged: publishKeys,
    clock: ctx.clock,
  });
  const hints = await startHints(ctx);

  const handlers: Handlers = {
    ...accessRoutes({
      portalUrl: () => addresses.apiUrl,
      keysChanged: publishKeys,
      providerSignOut: people.providerSignOut,
    }),
    ...peopleRoutes(people),
    ...ledgerRoutes({
      readableProjects,
      readsPlatform: (ctx) => can(ctx, "ledger.read"),
      async readableProject(ctx, name) {
        const project = await resolveProject(ctx, name);
        await assertCan(ctx, "project.read", project);
        return project.id;
      },
    }),
    ...artifactsRoutes({ artifacts, signingKey, clock: ctx.clock, reserve }),
    ...projectsRoutes(projects),
    ...startProjectRoutes(projects, {
      artifacts,
      startRun: (ctx, { project, revisionId, pipeline }) =>
        pipelines.startRun(ctx, {
          projectId: project.id,
          project: project.name,
          revision: revisionId,
          pipeline,
          vars: {},
          message: "first run",
          refresh: false,
        }),
    }),
    ...environmentsRoutes(environments),
    ...pipelinesRoutes(pipelinesDeps),
    ...runnerRoutes(pipelinesDeps),
    ...modelsRoutes({ artifacts, liveVersions }),
    ...plansRoutes(plans),
    ...infrastructureRoutes(),
    ...servingRoutes(serving),
    ...groundTruthRoutes(groundTruth),
    ...releasesRoutes(releases, serving),
    ...monitoring.routes,
    stream: streamRoute({ hints, readableProjectNames, isStillSignedIn }),
    ...insightsRoutes({
      listDeployments: serving.list,
      assertEnvironment: async (ctx, name) => void (await getEnvironment(ctx, name)),
    }),
    health: async () => ({ status: "ok", version }),
    systemInfo: (ctx) => readSystem(ctx, { embedded: options.embeddedDatabase, gatewayUrl: addresses.gatewayUrl }),
    async whoRuns(ctx) {
      const { actor } = ctx;
      return {
        principal: { id: actor.principalId, kind: actor.kind, name: actor.name },
        project: actor.grant === "unlimited" ? null : actor.grant.projectId,
        run: actor.kind === "run" ? actor.name : null,
      };
    },
  };

  const protocols: Protocol[] = [
    createMlflow({ artifacts, reserve, attemptRun, attemptOrigin, isReleased }),
    createOidc({ people, secureCookies: config.publicUrl.startsWith("https:"), portalUrl: () => addresses.apiUrl }),
    createPrometheus({
      sources: { serving: servingMetrics, runs: runMetrics, work: workMetrics, ledger: ledgerMetrics },
    }),
  ];

  const holder = processName();
  const exportCheckpoint = (name: string, content: string) =>
    writePrivateFile(join(storeFolder, "ledger", name), content);
  const loops: Loop[] = [
    { name: "runs", everyMs: 2_000, channel: runsChannel, run: pipelines.tickRuns },
    { name: "leases", everyMs: 2_000, run: jobs.reapExpiredLeases },
    { name: "plans", everyMs: 1_000, channel: plansChannel, run: releases.tick },
    {
      ...{ name: "rollouts", everyMs: 1_000, channel: plansChannel },
      run: (ctx) => releases.rollouts.drive(ctx),
      end: () => releases.rollouts.stop(),
    },
    { name: "seal", everyMs: 500, run: (ctx) => sealLedger(ctx, holder) },
    { name: "checkpoint", everyMs: 30_000, run: (ctx) => signCheckpoint(ctx, exportCheckpoint) },
    { name: "reference-profiles", everyMs: 2_000, channel: runsChannel, run: monitoring.requestProfiles },
    { name: "monitors", everyMs: 5_000, run: monitoring.watch },
    { name: "service-levels", everyMs: 30_000, run: monitoring.watchSlo },
    { name: "webhook", everyMs: 5_000, channel: webhookChannel, run: monitoring.deliver },
    { name: "prune", everyMs: 3_600_000, run: serving.prune },
    { name: "join-labels", everyMs: 60_000, run: groundTruth.joinPending },
    { name: "request-log", everyMs: 60_000, run: groundTruth.compact },
    { name: "prune-truth", everyMs: 3_600_000, run: groundTruth.prune },
    { name: "prune-artifacts", everyMs: 3_600_000, run: artifacts.prune },
    { name: "prune-monitors", everyMs: 3_600_000, run: monitoring.prune },
    { name: "prune-attempts", everyMs: 3_600_000, run: pruneAttempts },
    { name: "prune-sign-ins", everyMs: 3_600_000, run: pruneOidc },
    { name: "prune-work", everyMs: 3_600_000, run: jobs.pruneWork },
  ];

  return {
    handlers,
    protocols,
    access: { sessionCookie, authenticate: withActor, countBadToken, authorize, assertWithinToken },
    loops,
    createContext: context,
    async seed() {
      await components.loadBuiltinComponents(ctx, join(installation, "components"));
      await writePrivateFile(ledgerKeyFile(config.dataFolder), (await ledgerKey(ctx)).publicKeyPem);
      const adminId = await seedOnce(ctx, async (ctx) => {
        await seedEnvironments(ctx, {
          folder: join(installation, "environments"),
          laptop: isLaptop(config, options.embeddedDatabase),
          checkGate: checkReleaseGate,
        });
        return ensureAdmin(ctx);
      });
      return { adminId };
    },
    clientToken: (adminId) => ensureClientToken(ctx, config.dataFolder, adminId),
    roleTokens: () => ensureRoleTokens(ctx, config.dataFolder),
    async signInUrl(principalId) {
      const { link } = await createSignInLink(ctx, principalId);
      return `${addresses.apiUrl}/sign-in#${link}`;
    },
    async close() {
      await signCheckpoint(ctx, exportCheckpoint).catch(() => undefined);
      await hints.close();
      await serving.stop();
      await jobs.close();
    },
  };
}

/** Undefined where people sign in without a provider. */
const oidcSettings = (config: Config): OidcSettings | undefined =>
  config.oidcIssuer === ""
    ? undefined
    : {
        issuer: config.oidcIssuer,
        clientId: config.oidcClientId,
        clientSecretFile: config.oidcClientSecretFile,
        name: config.oidcName || new URL(config.oidcIssuer).hostname,
        scopes: config.oidcScopes,
        claims: {
          name: config.oidcNameClaim,
          groups: config.oidcGroupsClaim,
          emailVerified: config.oidcEmailVerifiedClaim,
        },
        groupsFile: config.oidcGroupsFile,
        openTo: { domains: config.oidcAllowedDomains, groups: config.oidcAllowedGroups },
        timeoutMs: config.oidcTimeoutSeconds * 1000,
      };

/** Is this a platform for one person? Said in so many words, or where nobody else could reach it. */
function isLaptop(config: Config, embeddedDatabase: boolean): boolean {
  if (config.laptop !== "auto") return ["true", "1"].includes(config.laptop);
  return embeddedDatabase && ["127.0.0.1", "::1", "localhost"].includes(config.host);
}

/** `signed-in` is every person, service and agent; a machine's or a run's token is not. */
const authorize: HttpAccess["authorize"] = async (ctx, permission, project) =>
  assertCan(
    ctx,
    permission === "signed-in" ? "platform.use" : permission,
    project === undefined ? undefined : await resolveProject(ctx, project),
  );
