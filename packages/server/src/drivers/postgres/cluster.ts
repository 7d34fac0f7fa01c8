/*
 * The files of the embedded server, in `<root>/postgres`, closed to all other users:
 *   data/        what initdb made; belongs to the server's user
 *   password     of the only role, generated
 *   server.log   what the server says
 *   run/         the socket, where the path is short enough
 * The folder appears by one rename once it is whole, so a crash in the middle leaves a draft that the next start removes.
 */
import { chown, mkdir, readdir, readFile, rename, rm, rmdir, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { randomText } from "../../kernel/ids.ts";
import type { Logger } from "../../kernel/logger.ts";
import { PaveError } from "../../kernel/pave-error.ts";
import { endProcessesBelow } from "../process/end-processes-below.ts";
import { identityOf } from "../process/process-life.ts";
import { exists } from "../process/reachable.ts";
import type { PostgresBinaries } from "./binaries.ts";
import { runAs } from "./run-as.ts";
import type { ServerUser } from "./server-user.ts";
import { assertRoom, startError } from "./start-error.ts";

/** The only role and the database that Pave uses. */
export const roleName = "pave";

export interface Cluster {
  readonly folder: string;
  readonly data: string;
  readonly log: string;
  readonly passwordFile: string;
}

export interface ClusterOptions {
  readonly binaries: PostgresBinaries;
  readonly user: ServerUser;
  readonly durable: boolean;
  readonly log: Logger;
}

export const clusterIn = (root: string): Cluster => {
  const folder = join(root, "postgres");
  return {
    folder,
    data: join(folder, "data"),
    log: join(folder, "server.log"),
    passwordFile: join(folder, "password"),
  };
};

/** Makes the cluster where there is none, and refuses one of another major version. */
export async function prepareCluster(cluster: Cluster, options: ClusterOptions): Promise<void> {
  await removeDrafts(cluster);
  await setAsideIfIncomplete(cluster, options.log);
  if (!(await exists(cluster.folder))) await initialise(cluster, options);
  await assertMajor(cluster, options.binaries.major);
}

export const readPassword = async (cluster: Cluster): Promise<string | undefined> =>
  (await readFile(cluster.passwordFile, "utf8").catch(() => "")).trim() || undefined;

/** Gives the role a new password while the server is down, for a password file that was lost. */
export async function resetPassword(cluster: Cluster, options: ClusterOptions): Promise<void> {
  const password = randomText(32);
  const sql = `alter role ${roleName} password '${password}';\n`;
  const { code, output } = await runAs(
    options.user,
    options.binaries.postgres,
    ["--single", "-D", cluster.data, "postgres"],
    { input: sql },
  );
  if (code !== 0) throw await startError("Setting the database password", cluster.folder, output);
  await writePassword(cluster.passwordFile, password, options.user);
}

async function initialise(cluster: Cluster, options: ClusterOptions): Promise<void> {
  const { binaries, user } = options;
  await assertRoom(dirname(cluster.folder), 128 * 1024 * 1024);
  const draft = `${cluster.folder}.new-${process.pid}-${randomText(6)}`;
  const passwordFile = join(draft, "password");
  try {
    await mkdir(draft, { mode: 0o700 });
    await giveTo(user, draft);
    await writePassword(passwordFile, randomText(32), user);
    const { code, output } = await runAs(
      user,
      binaries.initdb,
      [
        ...["--pgdata", join(draft, "data"), "--username", roleName, "--pwfile", passwordFile],
        ...["--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C"],
        ...["--locale-provider", "builtin", "--builtin-locale", "C.UTF-8"],
        ...["--data-checksums", "--no-instructions", ...(options.durable ? [] : ["--no-sync"])],
      ],
      // stands in its draft, by which it is found and ended when we are killed
      { cwd: draft },
    );
    if (code !== 0) throw await startError("Creating the database", dirname(cluster.folder), output);
    await rename(draft, cluster.folder);
  } finally {
    await rm(draft, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function writePassword(path: string, password: string, user: ServerUser): Promise<void> {
  await writeFile(path, `${password}\n`, { mode: 0o600 });
  await giveTo(user, path);
}

async function giveTo(user: ServerUser, path: string): Promise<void> {
  if (user.uid !== undefined && user.gid !== undefined) await chown(path, user.uid, user.gid);
}

/** Drafts of processes that are gone. */
async function removeDrafts(cluster: Cluster): Promise<void> {
  const parent = dirname(cluster.folder);
  for (const name of await readdir(parent).catch(() => [])) {
    const match = /^(.+)\.new-(\d+)-\w+$/.exec(name);
    if (match?.[1] !== basename(cluster.folder) || (await identityOf(Number(match[2])))) continue;
    // A parent that was killed leaves initdb at work, which starts others in turn. Whatever cannot be removed now is
    // removed by a later start.
    for (let looks = 0; looks < 10 && (await endProcessesBelow(join(parent, name))) > 0; looks += 1);
    await rm(join(parent, name), { recursive: true, force: true, maxRetries: 5 }).catch(() => undefined);
  }
}

/** Somebody else's half-made folder is never deleted: it may be all that is left of a database. */
async function setAsideIfIncomplete(cluster: Cluster, log: Logger): Promise<void> {
  if (!(await exists(cluster.folder))) return;
  if ((await exists(join(cluster.data, "PG_VERSION"))) && (await exists(join(cluster.data, "global/pg_control"))))
    return;
  if ((await readdir(cluster.folder)).length === 0) return rmdir(cluster.folder);
  const aside = `${cluster.folder}.incomplete-${new Date().toISOString().replaceAll(":", "")}`;
  await rename(cluster.folder, aside);
  log.warn({ folder: cluster.folder, movedTo: aside }, "the database folder was incomplete; starting with a new one");
}

async function assertMajor(cluster: Cluster, major: number): Promise<void> {
  const found = Number.parseInt(await readFile(join(cluster.data, "PG_VERSION"), "utf8"), 10);
  if (found === major) return;
  const message = `${cluster.data}: expected a database of PostgreSQL ${major}, found one of PostgreSQL ${found}`;
  if (found > major)
    throw new PaveError("database.newer", message, {
      fix: "Start the newer Pave that made it, or choose another data folder",
    });
  throw new PaveError("database.start_failed", message, {
    fix: "Start the older Pave that made it and move the data with an outside PostgreSQL, or choose another data folder",
  });
}
