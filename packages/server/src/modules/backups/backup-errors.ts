import { type DatabaseAddress, describeAddress } from "../../db/connection.ts";
import { wrapDatabaseError } from "../../db/database-errors.ts";
import { PaveError } from "../../kernel/pave-error.ts";

/** A backup that cannot be used as it is: cut, tampered with, of another format or of a newer Pave. */
export function unreadable(where: string, found: string, kind: "damaged" | "newer" | "other" = "damaged"): PaveError {
  const fix = {
    damaged: "Nothing was changed. Take another copy of it, or an older backup: `pave backups list`",
    newer: "Nothing was changed. Restore with the Pave that made it, or a newer one",
    other:
      "Nothing was changed. Name the folder that `pave backup` wrote to, and the backup's id where it holds several",
  }[kind];
  return new PaveError(kind === "newer" ? "backup.newer" : "backup.unreadable", `${where}: ${found}`, { fix });
}

const isFull = (error: unknown): boolean =>
  ["ENOSPC", "EDQUOT"].includes((error as NodeJS.ErrnoException | undefined)?.code ?? "");

/** What went wrong with the folder or the database, told as such; everything else as it was. */
export function placeError(error: unknown, folder: string, address: DatabaseAddress): unknown {
  const { code } = error as NodeJS.ErrnoException;
  // of PostgreSQL, whose disk it may be as well
  if (isFull(error) || code === "53100")
    return new PaveError("backup.disk_full", `${folder} has no disk space left`, {
      fix: "Free some space there, remove old backups (`pave backups remove`), or choose another folder; nothing that was there before is harmed",
      cause: error,
    });
  if (code !== undefined && ["EACCES", "EPERM", "EROFS", "ENOTDIR", "EEXIST"].includes(code))
    return new PaveError("backup.folder_unusable", `${folder} cannot be written: ${code}`, {
      fix: "Choose a folder that the server's user may write, with --to or PAVE_BACKUP_FOLDER",
      cause: error,
    });
  // of a file, and no socket: a server that is away gives the same codes
  return (error as NodeJS.ErrnoException).path === undefined
    ? wrapDatabaseError(error, describeAddress(address))
    : error;
}
