import { execFile } from "node:child_process";
import { mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { exists } from "../../drivers/process/reachable.ts";
import type { Host } from "../host.ts";
import { killerUidOf } from "../isolation/attempt-uids.ts";
import type { Attempt } from "./attempt.ts";

const run = promisify(execFile);

/** Ends whatever an attempt left alive where its supervisor could not. */
export const endLeftovers = (host: Host, attempt: Attempt): Promise<void> => clean(host, attempt, "kill");

/** Removes the attempt's folder and gives its user back. */
export async function removeAttempt(host: Host, attempt: Attempt): Promise<void> {
  await clean(host, attempt, "remove");
  await host.groups.remove(attempt.workId);
  if (attempt.uid !== null) await host.isolation.releaseUid(attempt.uid);
}

/** Keeps what helps to understand a failure: code, input, output, log. Secrets, copies of inputs and what is large go. */
export async function keepAttempt(host: Host, attempt: Attempt, keptFolder: string): Promise<void> {
  await clean(host, attempt, "trim");
  await host.groups.remove(attempt.workId);
  const { folder, uid } = attempt;
  for (const path of [folder.work, join(folder.supervisor, "spec.json"), folder.finish])
    await rm(path, { force: true });
  await rm(join(folder.given, "inputs"), { recursive: true, force: true });
  const target = join(keptFolder, attempt.workId);
  await mkdir(keptFolder, { recursive: true, mode: 0o700 });
  if (await exists(target)) await removeFolder(host, target);
  await rename(folder.path, target);
  if (uid !== null) await host.isolation.releaseUid(uid);
}

/** Written by a script because Node opens files by path only: a step could put a link in the way meanwhile. */
export async function removeFolder(host: Host, path: string): Promise<void> {
  await janitor(host, [path, "-", "-", "remove"]);
}

/** Gives what `uid` owns in a folder to root, closed to others' writing. */
export async function takeOverFolder(host: Host, path: string, uid: number): Promise<void> {
  await janitor(host, [path, String(uid), String(killerUidOf(uid)), "own"]);
}

async function clean(host: Host, attempt: Attempt, task: "kill" | "remove" | "trim"): Promise<void> {
  const { uid } = attempt;
  const users = uid === null ? ["-", "-"] : [String(uid), String(killerUidOf(uid))];
  await janitor(host, [attempt.folder.path, ...users, task]);
}

const janitor = (host: Host, args: string[]) =>
  run(host.python, ["-I", "-S", join(host.scripts, "janitor.py"), ...args], { cwd: "/", env: {} });
