import { join } from "node:path";
import { reachableRoot } from "../drivers/process/reachable.ts";
import { listAttempts, supervisedFolders } from "./attempt/attempt-folder.ts";
import { stopSupervised } from "./attempt/supervise.ts";

/**
 * Ends all steps that run from this data folder, for `pave down`: a runner that merely stops leaves them running. The
 * next runner tells the API that they were stopped with the platform, and retries decide what becomes of them.
 */
export async function stopAttempts(dataFolder: string): Promise<number> {
  const { held } = await listAttempts(join(await reachableRoot(dataFolder), "runner"));
  await Promise.all(held.flatMap(({ folder }) => supervisedFolders(folder).map(stopSupervised)));
  return held.length;
}
