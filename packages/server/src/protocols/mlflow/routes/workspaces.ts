import { z } from "zod";
import type { ProtocolRoute } from "../../../http/protocol.ts";
import { findProject, findProjects } from "../../../modules/access/index.ts";
import { trackingNotFound } from "../../../modules/tracking/index.ts";
import { reads } from "../endpoint.ts";
import { text } from "../fields.ts";
import { MlflowError } from "../mlflow-error.ts";
import { parseInput } from "../parse-input.ts";
import { readableHere } from "../readable-here.ts";

/** More projects than a list of them is read for. */
const mostListed = 1000;

/** A workspace is a project. Those that the caller may read are listed; making and deleting them is Pave's own. */
export const workspaceRoutes: readonly ProtocolRoute[] = ["/api/3.0", "/ajax-api/3.0"].flatMap((place) => [
  {
    method: "GET",
    path: `${place}/mlflow/workspaces`,
    ...reads,
    async handle(ctx, { permission }) {
      const found = await findProjects(ctx, await readableHere(ctx, permission), mostListed);
      return { status: 200, body: { workspaces: found.map(({ name }) => ({ name })) } };
    },
  },
  {
    method: "GET",
    path: `${place}/mlflow/workspaces/:workspace`,
    ...reads,
    async handle(ctx, request) {
      const { workspace } = parseInput(z.object({ workspace: text }), request);
      const project = await findProject(ctx, workspace);
      const readable = await readableHere(ctx, request.permission);
      if (!project || (readable !== "all" && !readable.includes(project.id)))
        throw trackingNotFound(`workspace ${workspace}`);
      return { status: 200, body: { workspace: { name: project.name } } };
    },
  },
  refused("POST", `${place}/mlflow/workspaces`),
  refused("PATCH", `${place}/mlflow/workspaces/:workspace`),
  refused("DELETE", `${place}/mlflow/workspaces/:workspace`),
]);

/** Not tried again by clients, as what is not implemented would be. */
function refused(method: ProtocolRoute["method"], path: string): ProtocolRoute {
  return {
    ...{ method, path, ...reads, body: "text" },
    async handle() {
      throw new MlflowError(
        "PERMISSION_DENIED",
        "Workspaces are projects of Pave, which have an owner and rules: make one with `pave new`, change it in the portal",
      );
    },
  };
}
