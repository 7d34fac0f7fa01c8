import { accessRoutes } from "./routes/access.ts";
import { artifactRoutes } from "./routes/artifacts.ts";
import { backupRoutes } from "./routes/backups.ts";
import { collectionRoutes } from "./routes/collections.ts";
import { connectionRoutes } from "./routes/connections.ts";
import { decisionRoutes } from "./routes/decisions.ts";
import { deploymentRoutes } from "./routes/deployments.ts";
import { discussionRoutes } from "./routes/discussion.ts";
import { environmentRoutes } from "./routes/environments.ts";
import { fileRoutes } from "./routes/files.ts";
import { gatewayRoutes } from "./routes/gateway.ts";
import { groundTruthRoutes } from "./routes/ground-truth.ts";
import { importRoutes } from "./routes/imports.ts";
import { insightRoutes } from "./routes/insights.ts";
import { ledgerRoutes } from "./routes/ledger.ts";
import { modelNoteRoutes } from "./routes/model-notes.ts";
import { modelRoutes } from "./routes/models.ts";
import { monitoringRoutes } from "./routes/monitoring.ts";
import { notificationRoutes } from "./routes/notifications.ts";
import { ownershipRoutes } from "./routes/ownership.ts";
import { peopleRoutes } from "./routes/people.ts";
import { planRoutes } from "./routes/plans.ts";
import { platformPlanRoutes } from "./routes/platform-plans.ts";
import { projectRoutes } from "./routes/projects.ts";
import { repositoryRoutes } from "./routes/repositories.ts";
import { reviewRoutes } from "./routes/reviews.ts";
import { rolloutRoutes } from "./routes/rollouts.ts";
import { runPageRoutes } from "./routes/run-page.ts";
import { runRoutes } from "./routes/runs.ts";
import { secretRoutes } from "./routes/secrets.ts";
import { systemRoutes } from "./routes/system.ts";
import { terminalRoutes } from "./routes/terminals.ts";
import { trackedRunRoutes } from "./routes/tracked-runs.ts";
import { trustRoutes } from "./routes/trusts.ts";
import { workRoutes } from "./routes/work.ts";

/** The API of Pave: the routes of every resource. Paths are below `/api/v1`. */
export const routes = {
  ...systemRoutes,
  ...backupRoutes,
  ...collectionRoutes,
  ...accessRoutes,
  ...decisionRoutes,
  ...ownershipRoutes,
  ...peopleRoutes,
  ...terminalRoutes,
  ...trustRoutes,
  ...ledgerRoutes,
  ...insightRoutes,
  ...artifactRoutes,
  ...projectRoutes,
  ...secretRoutes,
  ...connectionRoutes,
  ...runRoutes,
  ...trackedRunRoutes,
  ...runPageRoutes,
  ...fileRoutes,
  ...importRoutes,
  ...modelRoutes,
  ...modelNoteRoutes,
  ...reviewRoutes,
  ...discussionRoutes,
  ...environmentRoutes,
  ...planRoutes,
  ...platformPlanRoutes,
  ...deploymentRoutes,
  ...repositoryRoutes,
  ...rolloutRoutes,
  ...monitoringRoutes,
  ...notificationRoutes,
  ...gatewayRoutes,
  ...groundTruthRoutes,
  ...workRoutes,
} as const;

export type RouteName = keyof typeof routes;
