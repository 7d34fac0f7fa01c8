/**
 * A folder for files with callers' requests in the clear, which must not outlive whoever made it. Its name says who that
 * is, so that the next one to start can tell what a kill left: `pave-request-log-<pid>-<when it was started>-<random>`.
 */
import { lstat, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { identityOf, isAlive } from "../../../drivers/process/index.ts";
import { must } from "../../../kernel/pave-error.ts";

const prefix = "pave-request-log-";

export async function makeWorkFolder(root = tmpdir()): Promise<string> {
  const { pid, startTime } = must(await identityOf(process.pid), "this process");
  return mkdtemp(join(root, `${prefix}${pid}-${startTime}-`));
}

/** Removes what processes of this user left that are no more. */
export async function removeLeftFolders(root = tmpdir()): Promise<void> {
  for (const name of await readdir(root)) {
    const [, pid, startTime] = /^pave-request-log-(\d+)-(.+)-[^-]+$/.exec(name) ?? [];
    if (pid === undefined || startTime === undefined || (await isAlive({ pid: Number(pid), startTime }))) continue;
    const path = join(root, name);
    const found = await lstat(path).catch(() => undefined);
    // nobody else's, whatever it is called
    if (found?.isDirectory() && found.uid === userInfo().uid) await rm(path, { recursive: true, force: true });
  }
}
