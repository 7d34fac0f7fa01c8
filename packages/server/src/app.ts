import { join } from "node:path";
import { installation } from "@pave/contract/installation";
import { joinRoutes } from "./app/join-routes.ts";
import { assertRunsFor, evaluationsOf, modelInterface, modelNames, workForPushes } from "./app/links.ts";
import { workerLoops } from "./app/worker-loops.ts";
import type { Config } from "./config.ts";
import { type Ctx, createContext } from "./db/context.ts";
import type { Database } from "./db/open-database.ts";
import { createAddressGuard, createGuardedFetch } from "./drivers/guarded-fetch/index.ts";
import { startHints } from "./http/event-stream.ts";
import type { Handlers } from "./http/handlers.ts";
import type { Protocol } from "./http/protocol.ts";
import type { HttpAccess } from "./http/server.ts";
import { createJobs, workMetrics } from "./jobs/index.ts";
import type { Logger } from "./kernel/logger.ts";
import {
  assertCan,
  assertWithinToken,
  createSignInLink,
  type Principal,
  resolveProject,
  sessionCookie,
  withActor,
} from "./modules/access/index.ts";
import {
  createArtifacts,
  createDiskReserve,
  createStoreHealth,
  loadSigningKey,
  openStores,
} from "./modules/artifacts/index.ts";
import { createBackups } from "./modules/backups/index.ts";
import { createCollection } from "./modules/collection/index.ts";
import { createComponents } from "./modules/components/index.ts";
import { connectionCheckOwner, connectionCheckWork, createConnections } from "./modules/connections/index.ts";
import { compareTruth, createGroundTruth } from "./modules/ground-truth/index.ts";
import { createInfrastructure, createLocalProvisioner } from "./modules/infrastructure/index.ts";
import { listWaiting, projectFacts } from "./modules/insights/index.ts";
import { ledgerKey, ledgerMetrics, signCheckpoint } from "./modules/ledger/index.ts";
import { versionCheckHandler, versionCheckOwner } from "./modules/models/index.ts";
import { createMonitoring } from "./modules/monitoring/index.ts";
import { createNotifications, createSendMail } from "./modules/notifications/index.ts";
import { assertHoldsNothing, handOver } from "./modules/ownership/index.ts";
import { createPeople } from "./modules/people/index.ts";
import {
  actingAttempt,
  attemptOrigin,
  attemptOwner,
  attemptRun,
  createPipelines,
  type PipelinesDeps,
  runMetrics,
  runsChannel,
} from "./modules/pipelines/index.ts";
import { createPlans, plansChannel } from "./modules/plans/index.ts";
import {
  commitsOf,
  createEnvironments,
  createProjects,
  getEnvironment,
  getRevision,
  seedEnvironments,
} from "./modules/projects/index.ts";
import { checkReleaseGate, createReleases } from "./modules/releases/index.ts";
import { createRepositories } from "./modules/repositories/index.ts";
import { createSecrets, openVault } from "./modules/secrets/index.ts";
import {
  createServing,
  isReleased,
  predictionComparison,
  publishKeys,
  servingMetrics,
} from "./modules/serving/index.ts";
import { ensureExperiment } from "./modules/tracking/index.ts";
import { createIssuerKeys } from "./modules/trusts/index.ts";
import { createWebhooks } from "./modules/webhooks/index.ts";
import { issuersOf } from "./parse-issuer.ts";
import { createActingMasks, maskedProtocol } from "./protocols/masked.ts";
import { createMlflow } from "./protocols/mlflow/index.ts";
import { createOauth } from "./protocols/oauth/index.ts";
import { createOidc } from "./protocols/oidc/index.ts";
import { createPrometheus } from "./protocols/prometheus/index.ts";
import { ledgerKeyFile, writePrivateFile } from "./roles/local-files.ts";
import type { Loop } from "./roles/loops.ts";
import { runBackupJobs } from "./roles/run-backup-job.ts";
import { ensureAdmin, ensureClientToken, ensureRoleTokens, processName, seedOnce } from "./seed.ts";
import {
  allowsLoopback,
  backupSettings,
  estimateSettings,
  isLaptop,
  isOverTls,
  masterKeysFile,
  oidcSettings,
  storeEnvironment,
  storeSettings,
} from "./settings-of.ts";

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

/** Makes every module and hands each what it needs of others; `app/` joins their routes and the worker's rounds. */
export async function createApp(options: AppOptions): Promise<App> {
  const { config, database, log, addresses } = options;
  const context = (correlationId?: string): Ctx =>
    createContext(database, { log, ...(correlationId ? { correlationId } : {}) });
  const ctx = context();

  const storeFolder = join(config.dataFolder, "artifacts");
  const [{ store, older, warning }, signingKey] = [await openStores(storeSettings(config)), await loadSigningKey(ctx)];
  if (warning) log.warn(warning);
  // a bucket has no disk of ours to fill
  const reserve = createDiskReserve({
    folder: storeFolder,
    reserveBytes: config.diskReserve,
    ...(store.name === "folder" ? {} : { freeBytes: async () => undefined }),
  });
  const storeHealth = createStoreHealth(store, ctx.clock);
  const artifacts = createArtifacts({ store, older, signingKey, clock: ctx.clock });
  const vault = await openVault(ctx, {
    command: config.masterKeyCommand,
    key: config.masterKey,
    file: masterKeysFile(config),
  });
  const secrets = createSecrets({ vault });
  const connections = createConnections({
    vault,
    secrets,
    allowLoopback: allowsLoopback(config, options.embeddedDatabase),
  });
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
    templatesFolder: join(installation.root, "templates"),
    checkGate: checkReleaseGate,
    facts: projectFacts,
    waiting: (ctx, projectId) => listWaiting(ctx, { projectIds: [projectId], platform: false }),
    namesOf: async (ctx, projectId) => ({
      secrets: await secrets.list(ctx, projectId),
      connections: await connections.list(ctx, projectId),
    }),
    onProjectCreated: async (ctx, project) => void (await ensureExperiment(ctx, project)),
    onPythonEnvironmentFinished: async (ctx) => ctx.afterCommit(() => database.notify(runsChannel)),
  });
  const pipelinesDeps: PipelinesDeps = {
    secrets,
    connections,
    assertRunsFor,
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
  jobs.on(connectionCheckOwner, connectionCheckWork(components, connections));
  const checkLimits = { timeoutMs: config.modelCheckSeconds * 1000, memoryBytes: config.modelCheckMemory };
  jobs.on(versionCheckOwner, versionCheckHandler(artifacts, checkLimits));
  const serving = createServing({
    database,
    gatewayUrl: () => addresses.gatewayUrl,
    remoteFiles: (files) => artifacts.remoteFiles(files),
    modelInterface,
  });
  const groundTruth = createGroundTruth({
    ...{ store, olderStores: older },
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
    projects: { getRevision, getEnvironment, commitsOf, ensureRevision: projects.ensureRevision },
    pipelines: evaluationsOf(pipelines),
    estimates: estimateSettings(config),
    evidence: { predictionComparison, truth: compareTruth },
  });
  const holder = processName();
  const outbound = { allow: config.outboundAllow, http: config.outboundHttp };
  const guard = createAddressGuard(outbound);
  const guardedFetch = createGuardedFetch(outbound);
  const repositories = createRepositories(
    {
      vault,
      artifacts,
      projects,
      guard,
      guardedFetch,
      allowHttp: config.outboundHttp,
      ...workForPushes({ pipelines, releases, plans }),
      portalUrl: () => addresses.apiUrl,
    },
    holder,
  );
  const people = createPeople({
    oidc: oidcSettings(config),
    passwords: config.passwords === "on",
    portalUrl: () => addresses.apiUrl,
    keysChanged: publishKeys,
    beforeDisable,
    clock: ctx.clock,
  });
  const trusting = {
    issuers: issuersOf(config.ciIssuers),
    keys: createIssuerKeys(),
    audience: () => addresses.apiUrl.replace(/\/$/, ""),
  };
  const backups = createBackups({
    ...backupSettings(config),
    address: database.address,
    holder,
    runJob: runBackupJobs({
      ...storeEnvironment(config),
      ...{ PAVE_HOME: config.dataFolder, PAVE_LOG_LEVEL: config.logLevel },
    }),
  });
  const collection = createCollection({
    ...{ artifacts, holder },
    ...{ deletedDays: config.deletedDays, schedule: config.collectionSchedule },
  });
  const hints = await startHints(ctx);
  const notifications = createNotifications({
    vault,
    fetch: guardedFetch,
    sendMail: createSendMail({ guard }),
    portalUrl: () => addresses.apiUrl,
    holder,
    days: config.notificationDays,
  });
  const webhooks = createWebhooks({ vault, outbound, days: config.notificationDays });

  const handlers = joinRoutes({
    ...{ addresses, artifacts, backups, beforeDisable, collection, connections, environments, groundTruth, hints },
    ...{ jobs, monitoring, notifications, people, pipelines, pipelinesDeps, plans, projects, releases, repositories },
    ...{ reserve, secrets, serving, signingKey, storeHealth, trusting, vault },
    ...{ clock: ctx.clock, embedded: options.embeddedDatabase },
  });

  const maskActing = createActingMasks({ actingAttempt, masksOf: secrets.masksOf });
  const protocols: Protocol[] = [
    createOauth({
      ...trusting,
      keysChanged: publishKeys,
      terminalTokenMs: config.terminalDays * 86_400_000,
      portalUrl: () => addresses.apiUrl,
    }),
    createOidc({ people, secureCookies: isOverTls(config), portalUrl: () => addresses.apiUrl }),
    maskedProtocol(
      createMlflow({
        ...{ artifacts, reserve, attemptRun, attemptOrigin, isReleased, modelNames, webhooks },
        apiUrl: () => addresses.apiUrl,
      }),
      maskActing,
    ),
    createPrometheus({
      sources: { serving: servingMetrics, runs: runMetrics, work: workMetrics, ledger: ledgerMetrics },
    }),
  ];

  const checkpoint = (ctx: Ctx) =>
    signCheckpoint(ctx, (name, content) => writePrivateFile(join(storeFolder, "ledger", name), content));

  return {
    handlers,
    protocols,
    access: { sessionCookie, authenticate: withActor, authorize, assertWithinToken },
    loops: workerLoops({
      ...{ holder, artifacts, backups, collection, groundTruth, jobs, monitoring, notifications, pipelines },
      ...{ releases, repositories, serving, webhooks, checkpoint },
    }),
    createContext: context,
    async seed() {
      await components.loadBuiltinComponents(ctx, join(installation.root, "components"));
      await writePrivateFile(ledgerKeyFile(config.dataFolder), (await ledgerKey(ctx)).publicKeyPem);
      const adminId = await seedOnce(ctx, async (ctx) => {
        await seedEnvironments(ctx, {
          folder: join(installation.root, "environments"),
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
      await checkpoint(ctx).catch(() => undefined);
      await hints.close();
      await serving.stop();
      await jobs.close();
      for (const one of [store, ...older]) one.close?.();
    },
  };
}

/** `signed-in` is every person, service and agent; a machine's or a run's token is not. */
const authorize: HttpAccess["authorize"] = async (ctx, permission, project) =>
  assertCan(
    ctx,
    permission === "signed-in" ? "platform.use" : permission,
    project === undefined ? undefined : await resolveProject(ctx, project),
  );

/** Nobody leaves with what nobody else would look after. */
async function beforeDisable(ctx: Ctx, principal: Principal, successor: string | undefined): Promise<void> {
  if (successor !== undefined) await handOver(ctx, { from: principal.id, to: successor });
  await assertHoldsNothing(ctx, principal);
}
