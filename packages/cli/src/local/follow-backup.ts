import { setTimeout as delay } from "node:timers/promises";
import type { Backup, BackupCheck, Client } from "@pave/contract";
import { CliError, type CommandContext, exitCodes } from "../command.ts";

/** The one whose id begins or ends so. */
export async function findBackup(client: Client, id: string | undefined): Promise<Backup> {
  const { items } = await client.listBackups();
  const there = items.filter(({ state }) => state === "succeeded" || id !== undefined);
  const matches =
    id === undefined ? there.slice(0, 1) : items.filter((one) => one.id.startsWith(id) || one.id.endsWith(id));
  if (matches.length === 1 && matches[0]) return matches[0];
  if (id === undefined) throw new CliError("There is no backup yet", { fix: "Make one with `pave backup`." });
  throw new CliError(matches.length === 0 ? `There is no backup ${id}` : `${id} stands for ${matches.length} backups`, {
    fix: "Name it by its id of `pave backups list`, or by more of it.",
  });
}

/** Waits until a backup was made. */
export async function waitForBackup(context: CommandContext, client: Client, id: string): Promise<Backup> {
  return follow(
    context,
    "Making the backup",
    () => client.getBackup({ params: { backup: id } }),
    ({ state }) => state === "succeeded" || state === "failed" || state === "removed",
  );
}

/** Waits until a look at it has ended. */
export async function waitForCheck(context: CommandContext, client: Client, wanted: BackupCheck): Promise<BackupCheck> {
  const read = async () => {
    const { checks } = await client.getBackup({ params: { backup: wanted.backup } });
    return checks.find(({ id }) => id === wanted.id) ?? wanted;
  };
  return follow(
    context,
    wanted.kind === "drill" ? "Restoring it on the side" : "Reading it",
    read,
    ({ state }) => state === "passed" || state === "failed",
  );
}

async function follow<T extends { progress: Backup["progress"] }>(
  context: CommandContext,
  title: string,
  read: () => Promise<T>,
  isOver: (now: T) => boolean,
): Promise<T> {
  const shown = context.output.progress(title);
  try {
    for (;;) {
      const now = await read();
      if (isOver(now)) return now;
      if (now.progress) shown.update(`${title}: ${now.progress.text} ${now.progress.done} of ${now.progress.total}`);
      await delay(400, undefined, { signal: context.signal });
    }
  } catch (error) {
    if (context.signal.aborted)
      throw new CliError("No longer waiting; the server goes on with it", {
        exitCode: exitCodes.interrupted,
        fix: "Look at it with `pave backups list`.",
      });
    throw error;
  } finally {
    shown.stop();
  }
}
