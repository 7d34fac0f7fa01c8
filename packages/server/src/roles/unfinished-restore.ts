import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { PaveError } from "../kernel/pave-error.ts";

/** In the data folder while `pave restore` is at work. */
export const restoreMark = (dataFolder: string): string => join(dataFolder, "restore.json");

/** Refuses to start on what a restore has not finished. */
export async function assertNoRestore(dataFolder: string): Promise<void> {
  const text = await readFile(restoreMark(dataFolder), "utf8").catch(() => undefined);
  if (text === undefined) return;
  throw new PaveError("restore.unfinished", `${dataFolder}: a restore was begun here and did not end`, {
    fix: "Run the same `pave restore` again, which goes on with it, or remove the folder",
  });
}
