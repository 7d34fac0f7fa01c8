import { type ChildProcess, spawn } from "node:child_process";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { PaveError } from "../../kernel/pave-error.ts";

/** Where and as whom git runs, and what it may take. */
export interface GitProcess {
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly user: { readonly uid?: number; readonly gid?: number };
  readonly timeoutMs: number;
  readonly maxBytes: number;
  readonly signal?: AbortSignal;
}

const outputBytes = 64 * 2 ** 20;
const sizeEveryMs = 500;

/** Git's output. Its words on failure come in `repository.unreachable`; the URL in them has no secret. */
export async function runGit(git: GitProcess, args: readonly string[]): Promise<string> {
  const { child, ended } = startGit(git, args);
  const chunks: Buffer[] = [];
  let bytes = 0;
  child.stdout.on("data", (chunk: Buffer) => {
    bytes += chunk.byteLength;
    if (bytes > outputBytes) endGroup(child);
    else chunks.push(chunk);
  });
  await ended;
  if ((await bytesIn(git.folder)) > git.maxBytes) throw tooLarge(git.maxBytes);
  return Buffer.concat(chunks).toString("utf8");
}

/** Starts git, with its limits; `ended` is there when it ended well, and rejects otherwise. */
export function startGit(git: GitProcess, args: readonly string[]) {
  const child = spawn("git", args, {
    cwd: git.folder,
    env: git.environment,
    stdio: ["ignore", "pipe", "pipe"],
    ...git.user,
    // a group of its own: what fetches is a child of git, and would hold on to the connection
    detached: true,
  });
  let words = "";
  let why: PaveError | undefined;
  const stop = (reason: PaveError) => {
    why ??= reason;
    endGroup(child);
  };
  const abort = () => endGroup(child);
  git.signal?.addEventListener("abort", abort, { once: true });
  child.stderr.on("data", (chunk: Buffer) => {
    if (words.length < 4000) words += chunk.toString("utf8");
  });
  const late = setTimeout(() => stop(tooSlow(git.timeoutMs)), git.timeoutMs);
  const size = setInterval(async () => {
    if ((await bytesIn(git.folder)) > git.maxBytes) stop(tooLarge(git.maxBytes));
  }, sizeEveryMs);
  const ended = new Promise<void>((resolve, reject) => {
    child.on("error", (error: NodeJS.ErrnoException) => reject(why ?? notStarted(error)));
    child.on("close", (code) => (code === 0 ? resolve() : reject(why ?? failed(words, code))));
  }).finally(() => {
    clearTimeout(late);
    clearInterval(size);
    git.signal?.removeEventListener("abort", abort);
  });
  // whoever reads the output may look at the end later
  ended.catch(() => undefined);
  return { child, ended };
}

/** Git and all that it started. */
export function endGroup({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, "SIGKILL");
  } catch {
    // it has ended
  }
}

async function bytesIn(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const sizes = await Promise.all(
    entries
      .filter((entry) => entry.isFile())
      .map((entry) =>
        stat(join(entry.parentPath, entry.name)).then(
          ({ size }) => size,
          () => 0,
        ),
      ),
  );
  return sizes.reduce((sum, one) => sum + one, 0);
}

function failed(words: string, code: number | null): PaveError {
  const [first = `git ended with code ${code}`] = words
    .split("\n")
    .map((line) => line.replace(/^(fatal|error|remote): /, "").trim())
    .filter(Boolean);
  const isDenied = /could not read Username|Authentication failed|403|401|not found|terminal prompts disabled/i.test(
    words,
  );
  return new PaveError("repository.unreachable", `The repository could not be read: ${first.slice(0, 300)}`, {
    fix: isDenied
      ? "Check the address, and that the access token may read the repository and has not expired."
      : "Check the address, and that the host can be reached from the server.",
  });
}

const tooSlow = (timeoutMs: number) =>
  new PaveError("repository.unreachable", `The repository could not be read within ${timeoutMs / 1000} s`, {
    fix: "Check that its host is up; keep large data out of git.",
  });

export const tooLarge = (maxBytes: number) =>
  new PaveError("repository.invalid", `The commit has more than the ${maxBytes} bytes that are fetched`, {
    fix: "Keep large data out of git, and let the pipeline fetch it.",
  });

const notStarted = (error: NodeJS.ErrnoException) =>
  new PaveError("repository.unreachable", `git could not be started on the server: ${error.message}`, {
    fix: "Install git there, 2.37 or newer.",
    cause: error,
  });
