import { apiVersion } from "@pave/contract";
import type { Ctx } from "../db/context.ts";
import type { Handlers } from "../http/handlers.ts";
import { streamRoute } from "../http/stream-route.ts";
import type { Jobs } from "../jobs/index.ts";
import { version } from "../kernel/version.ts";
import {
  accessRoutes,
  assertCan,
  can,
  decisionRoutes,
  isStillSignedIn,
  readableProjectNames,
  readableProjects,
  resolveProject,
} from "../modules/access/index.ts";
import { type Artifacts, artifactsRoutes, type DiskReserve } from "../modules/artifacts/index.ts";
import { backupsRoutes, type createBackups } from "../modules/backups/index.ts";
import { collectionRoutes, type createCollection } from "../modules/collection/index.ts";
import { connectionsRoutes, type createConnections } from "../modules/connections/index.ts";
import { discussionRoutes } from "../modules/discussion/index.ts";
import { filesRoutes } from "../modules/files/index.ts";
import { type createGroundTruth, groundTruthRoutes } from "../modules/ground-truth/index.ts";
import { importsRoutes } from "../modules/imports/index.ts";
import { infrastructureRoutes } from "../modules/infrastructure/index.ts";
import {
  findSubject,
  insightsRoutes,
  liveVersions,
  runPageRoutes,
  versionReleases,
} from "../modules/insights/index.ts";
import { ledgerRoutes } from "../modules/ledger/index.ts";
import { modelsRoutes, noteRoutes } from "../modules/models/index.ts";
import type { createMonitoring } from "../modules/monitoring/index.ts";
import type { createNotifications } from "../modules/notifications/index.ts";
import { ownershipRoutes } from "../modules/ownership/index.ts";
import { type createPeople, peopleRoutes } from "../modules/people/index.ts";
import { type createPipelines, type PipelinesDeps, pipelinesRoutes, runnerRoutes } from "../modules/pipelines/index.ts";
import { type createPlans, plansRoutes } from "../modules/plans/index.ts";
import {
  type createEnvironments,
  type createProjects,
  environmentsRoutes,
  explainApprovals,
  getEnvironment,
  projectsRoutes,
  startProjectRoutes,
} from "../modules/projects/index.ts";
import { type createReleases, releasesRoutes } from "../modules/releases/index.ts";
import type { createRepositories } from "../modules/repositories/index.ts";
import { reviewsRoutes } from "../modules/reviews/index.ts";
import { type createSecrets, type openVault, secretsRoutes } from "../modules/secrets/index.ts";
import { type createServing, publishKeys, servingRoutes } from "../modules/serving/index.ts";
import { terminalsRoutes } from "../modules/terminals/index.ts";
import { trustsRoutes } from "../modules/trusts/index.ts";
import { readSystem } from "../system.ts";
import { firstRunOf, isGuarded, modelNames } from "./links.ts";

type Made<T extends (...args: never[]) => unknown> = Awaited<ReturnType<T>>;

export interface RouteParts {
  readonly addresses: { readonly apiUrl: string; readonly gatewayUrl: string };
  readonly artifacts: Artifacts;
  readonly backups: Made<typeof createBackups>;
  readonly beforeDisable: Parameters<typeof accessRoutes>[0]["beforeDisable"];
  readonly clock: Ctx["clock"];
  readonly collection: Made<typeof createCollection>;
  readonly connections: Made<typeof createConnections>;
  /** The database is ours. */
  readonly embedded: boolean;
  readonly environments: Made<typeof createEnvironments>;
  readonly groundTruth: Made<typeof createGroundTruth>;
  readonly hints: Parameters<typeof streamRoute>[0]["hints"];
  readonly jobs: Jobs;
  readonly monitoring: Made<typeof createMonitoring>;
  readonly notifications: Made<typeof createNotifications>;
  readonly people: Made<typeof createPeople>;
  readonly pipelines: Made<typeof createPipelines>;
  readonly pipelinesDeps: PipelinesDeps;
  readonly plans: Made<typeof createPlans>;
  readonly projects: Made<typeof createProjects>;
  readonly releases: Made<typeof createReleases>;
  readonly repositories: Made<typeof createRepositories>;
  readonly reserve: DiskReserve;
  readonly secrets: Made<typeof createSecrets>;
  readonly serving: Made<typeof createServing>;
  readonly signingKey: string;
  storeHealth(): Promise<Parameters<typeof readSystem>[1]["artifactStore"]>;
  readonly trusting: Omit<Parameters<typeof trustsRoutes>[0], "keysChanged">;
  readonly vault: Made<typeof openVault>;
}

/** The routes of all modules, each handed what it needs of others. */
export function joinRoutes(parts: RouteParts): Handlers {
  const { addresses, artifacts, backups, beforeDisable, clock, collection, connections, embedded } = parts;
  const { environments, groundTruth, hints, jobs, monitoring, notifications, people, pipelines } = parts;
  const { pipelinesDeps, plans, projects, releases, repositories, reserve, secrets, serving } = parts;
  const { signingKey, storeHealth, trusting, vault } = parts;
  const models = modelsRoutes({ artifacts, liveVersions, versionReleases });
  return {
    ...accessRoutes({
      portalUrl: () => addresses.apiUrl,
      keysChanged: publishKeys,
      beforeDisable,
      providerSignOut: people.providerSignOut,
    }),
    ...peopleRoutes(people),
    ...terminalsRoutes(),
    ...trustsRoutes({ ...trusting, keysChanged: publishKeys }),
    ...ownershipRoutes({ keysChanged: publishKeys }),
    ...decisionRoutes({ explainPlan: plans.explain, explainApprovals }),
    ...ledgerRoutes({
      readableProjects,
      readsPlatform: (ctx) => can(ctx, "ledger.read"),
      async readableProject(ctx, name) {
        const project = await resolveProject(ctx, name);
        await assertCan(ctx, "project.read", project);
        return project.id;
      },
    }),
    ...backupsRoutes(backups),
    ...collectionRoutes(collection),
    ...artifactsRoutes({ artifacts, signingKey, clock, reserve }),
    ...projectsRoutes(projects),
    ...startProjectRoutes(projects, { artifacts, startRun: firstRunOf(pipelines) }),
    ...environmentsRoutes(environments),
    ...pipelinesRoutes(pipelinesDeps),
    ...secretsRoutes({ secrets, vault, isGuarded }),
    ...connectionsRoutes({ connections, jobs, isGuarded }),
    ...runnerRoutes(pipelinesDeps),
    ...models,
    ...noteRoutes({ artifacts, names: modelNames, showVersion: models.getModelVersion }),
    ...filesRoutes({ artifacts }),
    ...runPageRoutes(),
    ...importsRoutes({ artifacts, reserve }),
    ...discussionRoutes({ findSubject }),
    ...reviewsRoutes({
      async assertEvidence(ctx, project, evidence) {
        if (evidence.kind === "run") await findSubject(ctx, project, `run/${evidence.number}`);
        if (evidence.kind === "artifact") await artifacts.getArtifactOf(ctx, project, evidence.id);
      },
    }),
    ...plansRoutes(plans),
    ...infrastructureRoutes(),
    ...servingRoutes(serving),
    ...groundTruthRoutes(groundTruth),
    ...releasesRoutes(releases, serving),
    ...monitoring.routes,
    ...repositories.routes,
    ...notifications.routes,
    stream: streamRoute({ hints, readableProjectNames, isStillSignedIn }),
    ...insightsRoutes({
      listDeployments: serving.list,
      assertEnvironment: async (ctx, name) => void (await getEnvironment(ctx, name)),
    }),
    health: async () => ({ status: "ok", version, api: apiVersion }),
    systemInfo: async (ctx) =>
      readSystem(ctx, {
        ...{ embedded, gatewayUrl: addresses.gatewayUrl },
        artifactStore: await storeHealth(),
      }),
    async whoRuns(ctx) {
      const { actor } = ctx;
      return {
        principal: { id: actor.principalId, kind: actor.kind, name: actor.name },
        project: actor.grant === "unlimited" ? null : actor.grant.projectId,
        run: actor.kind === "run" ? actor.name : null,
      };
    },
  };
}
