import type { Ctx } from "../../db/context.ts";
import type { Handlers } from "../../http/handlers.ts";
import type { Jobs } from "../../jobs/index.ts";
import { resolveProject } from "../access/index.ts";
import { recordEvent } from "../ledger/index.ts";
import { assertMayChange } from "../secrets/index.ts";
import { checkConnection } from "./check-connection.ts";
import type { Connections } from "./create-connections.ts";

export interface ConnectionsRoutesDeps {
  readonly connections: Connections;
  readonly jobs: Pick<Jobs, "requestCancel">;
  /** Throws `environment.not_found`; says whether the environment's plans take approvals. */
  readonly isGuarded: (ctx: Ctx, environment: string) => Promise<boolean>;
}

/** Passwords go in and never out. */
export function connectionsRoutes({ connections, jobs, isGuarded }: ConnectionsRoutesDeps) {
  /** Changing and checking both use what a guarded environment was given, which takes its project's admin. */
  const keyOf = async (ctx: Ctx, name: string, connection: string, environment = null as string | null) => {
    const project = await resolveProject(ctx, name);
    await assertMayChange(ctx, isGuarded, project, environment);
    return { projectId: project.id, name: connection, environment };
  };
  return {
    listConnections: async (ctx, { params }) => ({
      items: await connections.list(ctx, (await resolveProject(ctx, params.project)).id),
    }),
    async setConnection(ctx, { params, body: { environment, ...body } }) {
      return connections.set(ctx, { ...(await keyOf(ctx, params.project, params.connection, environment)), ...body });
    },
    async checkConnection(ctx, { params, body }, io) {
      const connection = await connections.get(
        ctx,
        await keyOf(ctx, params.project, params.connection, body.environment),
      );
      const result = await checkConnection(ctx, jobs, connection, io.signal);
      const { id, projectId, name, environment } = connection;
      await recordEvent(ctx, {
        ...{ type: "connection.checked", subjectType: "connection", subjectId: id, projectId },
        ...{ result: result.ok ? "ok" : "failed", data: { name, environment } },
      });
      return result;
    },
    async removeConnection(ctx, { params, query }) {
      await connections.remove(ctx, await keyOf(ctx, params.project, params.connection, query.environment));
      return { ok: true };
    },
  } satisfies Partial<Handlers>;
}
