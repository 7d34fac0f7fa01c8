/*
 * What the runner keeps of an attempt, below `<reachable root>/attempts/<workId>/`:
 *   work.json     what was claimed (secret: it holds the run's token); there from the moment the attempt exists
 *   state.json    fence, user, when it started; rewritten whole
 *   log.jsonl     what was said so far, by the runner and then by the supervisor
 *   shipped.json  how much of the log the API has
 *   supervisor/   spec.json, supervisor.json, exit.json
 *   environment/  the same for the building of its Python environment
 *   door/         the socket on which the step's way to its tracking server comes out, while the runner lives
 *   given/        input.json and inputs/: the step may read, not write
 *   step/         code/ (its working folder), output/, home/, tmp/: the step's own
 *   finish.json   the answer, until the API accepted it
 * Each file is written whole or not at all, so a new runner can go on from any of them.
 */
import { mkdir, readdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { AttemptIsolation, FinishBody, WorkPayload } from "@pave/contract";

export interface AttemptFolder {
  readonly path: string;
  readonly work: string;
  readonly state: string;
  readonly log: string;
  readonly shipped: string;
  readonly supervisor: string;
  readonly environment: string;
  readonly given: string;
  readonly step: string;
  readonly finish: string;
}

export interface AttemptState {
  readonly fence: number;
  /** The user that the attempt runs as; null under the runner's own. */
  readonly uid: number | null;
  /** When its step started, RFC 3339. */
  readonly startedAt: string | null;
  /** Which bounds hold for its step; missing before it is prepared. */
  readonly isolation?: AttemptIsolation;
}

export interface HeldAttempt {
  readonly workId: string;
  readonly folder: AttemptFolder;
  readonly state: AttemptState;
  readonly payload: WorkPayload;
}

const attemptsFolder = (root: string): string => join(root, "attempts");

export function attemptFolder(root: string, workId: string): AttemptFolder {
  const path = join(attemptsFolder(root), workId);
  return {
    path,
    work: join(path, "work.json"),
    state: join(path, "state.json"),
    log: join(path, "log.jsonl"),
    shipped: join(path, "shipped.json"),
    supervisor: join(path, "supervisor"),
    environment: join(path, "environment"),
    given: join(path, "given"),
    step: join(path, "step"),
    finish: join(path, "finish.json"),
  };
}

/** Where supervisors of this attempt may run: of its step, and of the environment that it may have to build. */
export const supervisedFolders = (folder: AttemptFolder): string[] => [
  folder.supervisor,
  join(folder.environment, "lock"),
  join(folder.environment, "wheels"),
  join(folder.environment, "source"),
];

/** Work ids come from the API and become folder names. */
export const isWorkId = (text: string): boolean => /^[0-9a-zA-Z][0-9a-zA-Z_-]{0,99}$/.test(text);

/** Attempts that an earlier runner left, and folders of those that never came to be. */
export async function listAttempts(root: string): Promise<{ held: HeldAttempt[]; broken: AttemptFolder[] }> {
  const names = await readdir(attemptsFolder(root)).catch(() => []);
  const held: HeldAttempt[] = [];
  const broken: AttemptFolder[] = [];
  for (const name of names.filter(isWorkId)) {
    const folder = attemptFolder(root, name);
    const payload = await readJson<WorkPayload>(folder.work);
    const state = await readJson<AttemptState>(folder.state);
    if (payload && state) held.push({ workId: name, folder, state, payload });
    else broken.push(folder);
  }
  return { held, broken };
}

export const readFinish = (folder: AttemptFolder): Promise<FinishBody | undefined> =>
  readJson<FinishBody>(folder.finish);

export async function readJson<T>(path: string): Promise<T | undefined> {
  try {
    return JSON.parse(await readFile(path, "utf8")) as T;
  } catch {
    return undefined;
  }
}

/**
 * Readable by the runner alone, and whole or not at all. Not forced to disk: where the machine itself dies, steps die
 * with it, and the work is leased again.
 */
export async function writeJson(path: string, value: unknown): Promise<void> {
  const draft = `${path}.draft`;
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await writeFile(draft, JSON.stringify(value), { mode: 0o600 });
  await rename(draft, path);
}
