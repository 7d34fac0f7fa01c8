import { PaveError } from "../../kernel/pave-error.ts";
import { freeBytes } from "../disk/free-bytes.ts";

/** Less than this on the disk, and a failure is put down to it. */
const littleBytes = 16 * 1024 * 1024;

/** Why initdb or the server did not come up, from what it said and how the disk looks. */
export async function startError(what: string, folder: string, output: string, cause?: unknown): Promise<PaveError> {
  const free = await freeBytes(folder);
  if (output.includes("No space left on device") || (free !== undefined && free < littleBytes))
    return diskFull(folder, free ?? 0);
  const reason = lastComplaint(output) || (cause instanceof Error ? cause.message : "it said nothing");
  return new PaveError("database.start_failed", `${what} in ${folder} failed: ${reason}`, {
    fix: "Look at server.log in that folder, or set PAVE_DATABASE_URL to another PostgreSQL",
    cause,
  });
}

/** `data directory has wrong ownership` of `2026-11-23 20:46:52 UTC [12846] FATAL:  data directory has wrong ownership`. */
function lastComplaint(output: string): string {
  const lines = output.trim().split("\n");
  const complaint = /^.*?\b(?:FATAL|PANIC|ERROR|error):\s*(.*)$/;
  return lines.findLast((line) => complaint.test(line))?.replace(complaint, "$1") ?? lines.at(-1) ?? "";
}

/** Throws `database.disk_full` when a new database would not fit. */
export async function assertRoom(folder: string, neededBytes: number): Promise<void> {
  const free = await freeBytes(folder);
  if (free !== undefined && free < neededBytes) throw diskFull(folder, free, neededBytes);
}

function diskFull(folder: string, free: number, needed?: number): PaveError {
  const expected = needed === undefined ? "" : `expected ${toMegabytes(needed)} MB free, `;
  return new PaveError("database.disk_full", `${folder}: the disk is full: ${expected}found ${toMegabytes(free)} MB`, {
    fix: "Free some space and start again; nothing that was saved is lost",
  });
}

const toMegabytes = (bytes: number): number => Math.floor(bytes / 1024 / 1024);
