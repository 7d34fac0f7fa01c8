import { messageOf, PaveError } from "../kernel/pave-error.ts";

/** The SQLSTATE or system code of an error of the driver, for example `23505` or `ECONNREFUSED`. */
function codeOf(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === "string" ? code : undefined;
}

/** Serialization failure or deadlock: running the whole transaction again is safe and the cure. */
export const isTransactionConflict = (error: unknown): boolean => ["40001", "40P01"].includes(codeOf(error) ?? "");

/**
 * A statement that the connection keeps is no longer as it was planned: a migration changed what it gives, or it is not
 * there, as behind a pooler that hands out another connection for each transaction.
 */
export const isStaleStatement = (error: unknown): boolean =>
  ["26000", "42P05"].includes(codeOf(error) ?? "") ||
  (codeOf(error) === "0A000" && messageOf(error).includes("cached plan"));

/**
 * Whether an error is about what was asked, so that something else may be asked with success. Not where the server is away
 * or stops, has no room or no connection left, or ended a statement that took too long.
 */
export function isOfStatement(error: unknown): boolean {
  if (error instanceof PaveError) return !error.code.startsWith("database.");
  return !isServerAway(error) && !/^(53|57|58|XX)/.test(codeOf(error) ?? "");
}

/** What an insert or update would have made is there already. */
export const isUniqueViolation = (error: unknown): boolean => codeOf(error) === "23505";

const startingUp = "57P03";
const lostCodes = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "ENOENT",
  "EPIPE",
  "ETIMEDOUT",
  "EHOSTUNREACH",
  "ENOTFOUND",
  "EAI_AGAIN",
  startingUp,
]);

/** Whether the server may be there in a moment: it restarts, is starting up, or the network hiccups. */
export function isServerAway(error: unknown): boolean {
  const code = codeOf(error);
  if (code === undefined) return isConnectionLost(error);
  return lostCodes.has(code) || code === "57P01" || code === "57P02" || code === "53300" || code.startsWith("08");
}

/** The driver reports a connection that ended under a query without any code. */
function isConnectionLost(error: unknown): boolean {
  return (
    error instanceof Error &&
    /^(Connection terminated|Client has encountered a connection error|timeout exceeded when trying to connect)/.test(
      error.message,
    )
  );
}

/** Wraps errors about the connection once; errors about a statement stay as they are. */
export function wrapDatabaseError(error: unknown, place: string): unknown {
  const code = codeOf(error);
  if (error instanceof PaveError) return error;
  if (code === "53100") {
    return new PaveError("database.disk_full", `The database at ${place} has no disk space left`, {
      fix: "Free some space; Pave carries on by itself",
      cause: error,
    });
  }
  if (isServerAway(error) || code?.startsWith("28") || code === "3D000") {
    return new PaveError("database.unavailable", `The database at ${place} does not answer: ${messageOf(error)}`, {
      fix: "Check that it runs and that PAVE_DATABASE_URL is right; the embedded one says more in its server.log",
      cause: error,
    });
  }
  return error;
}
