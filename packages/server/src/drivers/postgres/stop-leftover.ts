import { reachableRoot } from "../process/reachable.ts";
import { clusterIn } from "./cluster.ts";
import { findPostmaster, readPostmasterFile } from "./postmaster-pid.ts";
import { endServer } from "./server-process.ts";

/** Ends the server of a data folder that a killed Pave left running. Gives false when none runs. */
export async function stopLeftoverPostgres(dataFolder: string): Promise<boolean> {
  const { data } = clusterIn(await reachableRoot(dataFolder));
  const file = await readPostmasterFile(data);
  const identity = file && (await findPostmaster(data, file));
  if (identity === undefined) return false;
  await endServer(identity);
  return true;
}
