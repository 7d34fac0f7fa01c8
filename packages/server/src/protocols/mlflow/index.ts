import type { Protocol } from "../../http/protocol.ts";
import { routesOf } from "./endpoint.ts";
import { MlflowError, renderMlflowError } from "./mlflow-error.ts";
import type { ArtifactDeps } from "./routes/artifact-access.ts";
import { artifactEndpoints, artifactRoutes } from "./routes/artifacts.ts";
import { directArtifactRoutes } from "./routes/direct-artifacts.ts";
import { experimentEndpoints } from "./routes/experiments.ts";
import { type GetArtifactDeps, getArtifactRoutes } from "./routes/get-artifact.ts";
import { loggedModelEndpoints } from "./routes/logged-models.ts";
import { metricEndpoints } from "./routes/metrics.ts";
import { type ModelVersionDeps, modelVersionEndpoints } from "./routes/model-versions.ts";
import { pageEndpoints } from "./routes/of-pages.ts";
import { type RegisteredModelDeps, registeredModelEndpoints } from "./routes/registered-models.ts";
import { runDataEndpoints } from "./routes/run-data.ts";
import { runEndpoints } from "./routes/runs.ts";
import { serverRoutes } from "./routes/server.ts";
import { type WebhookEndpointDeps, webhookEndpoints } from "./routes/webhooks.ts";
import { workspaceRoutes } from "./routes/workspaces.ts";
import type { ScopeDeps } from "./scope.ts";

export type MlflowDeps = ScopeDeps &
  ArtifactDeps &
  GetArtifactDeps &
  ModelVersionDeps &
  RegisteredModelDeps &
  WebhookEndpointDeps;

/**
 * MLflow's tracking, registry and artifact protocol for its stock clients, translated onto `tracking` and `models`:
 * docs/mlflow.md says what works.
 */
export const createMlflow = (deps: MlflowDeps): Protocol => ({
  name: "mlflow",
  prefixes: ["/api/2.0", "/ajax-api/2.0", "/api/3.0", "/ajax-api/3.0", "/v1/traces", "/graphql"],
  routes: [
    ...serverRoutes({ direct: () => deps.artifacts.direct?.isAdvertised === true }),
    ...workspaceRoutes,
    ...getArtifactRoutes(deps),
    ...artifactRoutes(deps),
    ...directArtifactRoutes(deps),
    ...routesOf(deps, [
      ...experimentEndpoints,
      ...runEndpoints,
      ...runDataEndpoints,
      ...metricEndpoints,
      ...loggedModelEndpoints,
      ...registeredModelEndpoints(deps),
      ...modelVersionEndpoints(deps),
      ...artifactEndpoints,
      ...pageEndpoints,
      ...webhookEndpoints(deps),
    ]),
  ],
  notFound: (method, path) =>
    new MlflowError("ENDPOINT_NOT_FOUND", `${method} ${path} is not supported; /docs/mlflow lists what is`),
  renderError: renderMlflowError,
});
