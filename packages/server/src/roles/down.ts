import { counted } from "@pave/contract";
import { stopLeftoverPostgres } from "../drivers/postgres/index.ts";
import { lockDataFolder } from "../drivers/process/index.ts";
import { gatewayProcess, stopGateway } from "../gateway/index.ts";
import { stopAttempts } from "../runner/index.ts";
import { removeFile, serverFile } from "./local-files.ts";

export interface Down {
  /** What still ran although no server did, in words. */
  readonly stopped: readonly string[];
}

/**
 * Ends what is left of a platform whose server is gone: stopped, when only its steps may still run, or killed. Throws
 * `database.data_folder_in_use` while a server lives: that one stops its parts itself.
 */
export async function down(dataFolder: string): Promise<Down> {
  const lock = await lockDataFolder(dataFolder);
  try {
    const stopped: string[] = [];
    if (await gatewayProcess(dataFolder)) {
      await stopGateway(dataFolder);
      stopped.push("the gateway");
    }
    const steps = await stopAttempts(dataFolder);
    if (steps > 0) stopped.push(counted(steps, "step"));
    if (await stopLeftoverPostgres(dataFolder)) stopped.push("the database");
    await removeFile(serverFile(dataFolder));
    return { stopped };
  } finally {
    await lock.release();
  }
}
