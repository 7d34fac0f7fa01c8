import { queryDatabase } from "../../../tests/support/database.ts";
import { freePorts } from "../../../tests/support/free-ports.ts";
import { startPlatform, type TestPlatform } from "../../../tests/support/platform.ts";
import type { TrackingServer } from "./server.ts";

export interface PaveServer extends TrackingServer {
  readonly platform: TestPlatform;
}

export const isPave = (server: TrackingServer): server is PaveServer => "platform" in server;

/**
 * `pave up` as it ships, on its embedded PostgreSQL. Who asks is a developer of one project: each request looks up the
 * token, the run and the role, as in a team.
 */
export async function startPave(): Promise<PaveServer> {
  // the same after a restart, as for anybody who has written its address down
  const [port] = await freePorts(1);
  const platform = await startPlatform({ ownDatabase: true, environment: { PAVE_PORT: String(port) } });
  try {
    const { client } = platform;
    const project = "bench";
    await client.createProject({ body: { name: project } });
    const { id } = await client.createPrincipal({ body: { kind: "user", name: "ada" } });
    await client.setMember({ params: { project, principal: id }, body: { role: "developer" } });
    const { token } = await client.createToken({
      body: { name: "bench", project, principal: "ada", expiresInDays: 2 },
    });
    const query = async (sql: string, values: readonly unknown[] = []) =>
      (await queryDatabase(platform, sql, values)).rows as Record<string, unknown>[];
    const [version] = await query("show server_version");
    return {
      name: "pave",
      about: `pave up, embedded PostgreSQL ${version?.server_version}`,
      platform,
      url: platform.url,
      headers: { authorization: `Bearer ${token}` },
      environment: { MLFLOW_TRACKING_TOKEN: token },
      pids: async () => [(await platform.pids()).server],
      query,
      stop: platform.remove,
    };
  } catch (error) {
    await platform.remove();
    throw error;
  }
}
