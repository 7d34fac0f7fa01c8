import { accessRoutes } from "./routes/access.ts";
import { artifactRoutes } from "./routes/artifacts.ts";
import { backupRoutes } from "./routes/backups.ts";
import { deploymentRoutes } from "./routes/deployments.ts";
import { environmentRoutes } from "./routes/environments.ts";
import { gatewayRoutes } from "./routes/gateway.ts";
import { groundTruthRoutes } from "./routes/ground-truth.ts";
import { insightRoutes } from "./routes/insights.ts";
import { ledgerRoutes } from "./routes/ledger.ts";
import { modelRoutes } from "./routes/models.ts";
import { monitoringRoutes } from "./routes/monitoring.ts";
import { planRoutes } from "./routes/plans.ts";
import { platformPlanRoutes } from "./routes/platform-plans.ts";
import { projectRoutes } from "./routes/projects.ts";
import { rolloutRoutes } from "./routes/rollouts.ts";
import { runRoutes } from "./routes/runs.ts";
import { systemRoutes } from "./routes/system.ts";
import { trackedRunRoutes } from "./routes/tracked-runs.ts";
import { workRoutes } from "./routes/work.ts";

/** The API of Pave: the routes of every resource. Paths are below `/api/v1`. */
export const routes = {
  ...systemRoutes,
  ...backupRoutes,
  ...accessRoutes,
  ...ledgerRoutes,
  ...insightRoutes,
  ...artifactRoutes,
  ...projectRoutes,
  ...runRoutes,
  ...trackedRunRoutes,
  ...modelRoutes,
  ...environmentRoutes,
  ...planRoutes,
  ...platformPlanRoutes,
  ...deploymentRoutes,
  ...rolloutRoutes,
  ...monitoringRoutes,
  ...gatewayRoutes,
  ...groundTruthRoutes,
  ...workRoutes,
} as const;

export type RouteName = keyof typeof routes;
