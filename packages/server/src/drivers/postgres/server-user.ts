import { execFile } from "node:child_process";
import { lstat } from "node:fs/promises";
import { promisify } from "node:util";
import { PaveError } from "../../kernel/pave-error.ts";
import { isRoot } from "../process/process-life.ts";

const run = promisify(execFile);

/** The user that PostgreSQL runs as. Undefined ids: the user of this process. */
export interface ServerUser {
  readonly uid: number | undefined;
  readonly gid: number | undefined;
}

/** In the order in which root takes them; no step ever runs as one of these, except on a machine with only `nobody`. */
const candidates = ["postgres", "pave-postgres", "nobody"] as const;

/**
 * PostgreSQL refuses to run as root, so root gives it a user of its own: the one that owns `cluster` already, else an
 * existing `postgres`, else a new `pave-postgres`, else `nobody`.
 */
export async function findServerUser(cluster: string): Promise<ServerUser> {
  const owner = (await lstat(cluster).catch(() => undefined))?.uid;
  if (!isRoot()) {
    if (owner !== undefined && owner !== process.getuid?.()) throw notOurs(cluster, owner);
    return { uid: undefined, gid: undefined };
  }
  if (owner !== undefined && owner !== 0) {
    for (const name of candidates) {
      const user = await lookUp(name);
      if (user?.uid === owner) return user;
    }
    throw notOurs(cluster, owner);
  }
  return (await lookUp("postgres")) ?? (await lookUp("pave-postgres")) ?? (await createUser()) ?? (await nobody());
}

async function lookUp(name: string): Promise<ServerUser | undefined> {
  try {
    const [uid, gid] = await Promise.all([run("id", ["-u", name]), run("id", ["-g", name])]);
    return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
  } catch {
    return undefined;
  }
}

async function createUser(): Promise<ServerUser | undefined> {
  const options = [
    "--system",
    "--user-group",
    "--no-create-home",
    "--home-dir",
    "/nonexistent",
    "--shell",
    "/usr/sbin/nologin",
  ];
  await run("useradd", [...options, "pave-postgres"]).catch(() => undefined);
  return lookUp("pave-postgres");
}

async function nobody(): Promise<ServerUser> {
  const user = await lookUp("nobody");
  if (user) return user;
  throw new PaveError(
    "database.start_failed",
    "PostgreSQL does not run as root, and this system has no user postgres or nobody",
    {
      fix: "Create a system user: useradd --system pave-postgres",
    },
  );
}

function notOurs(cluster: string, owner: number): PaveError {
  return new PaveError(
    "database.start_failed",
    `${cluster}: expected a folder of this user (uid ${process.getuid?.()}), found one of uid ${owner}`,
    {
      fix: "Run Pave as the user who created it, or choose another data folder",
    },
  );
}
