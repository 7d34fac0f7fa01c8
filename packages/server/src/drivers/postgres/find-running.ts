import { reachableRoot } from "../process/reachable.ts";
import { connectionOf, type EmbeddedConnection } from "./check-server.ts";
import { clusterIn, readPassword } from "./cluster.ts";
import { findPostmaster, readPostmasterFile } from "./postmaster-pid.ts";
import { waitForServer } from "./server-process.ts";

/** How to reach the server of a data folder while another process of this machine runs it; undefined when none runs. */
export async function findRunningPostgres(dataFolder: string): Promise<EmbeddedConnection | undefined> {
  const cluster = clusterIn(await reachableRoot(dataFolder));
  const [password, file] = [await readPassword(cluster), await readPostmasterFile(cluster.data)];
  const identity = file && (await findPostmaster(cluster.data, file));
  if (password === undefined || identity === undefined) return undefined;
  const server = await waitForServer(cluster, identity, password);
  return server && connectionOf(server.transport, password);
}

/** Whether a data folder has ever had a database. */
export const hasPostgres = async (dataFolder: string): Promise<boolean> =>
  (await readPassword(clusterIn(await reachableRoot(dataFolder)))) !== undefined;
