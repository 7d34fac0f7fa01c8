import { execFile } from "node:child_process";
import { realpath } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { messageOf, PaveError } from "../../kernel/pave-error.ts";
import { satisfies } from "../../kernel/python/index.ts";
import { AttemptError } from "../attempt/attempt-error.ts";

const run = promisify(execFile);

export interface Interpreter {
  readonly path: string;
  /** `3.11.2`. */
  readonly version: string;
  /** `CPython`. */
  readonly implementation: string;
  /** `linux-x86_64`. */
  readonly platform: string;
  readonly prefix: string;
  /** Whether the users that steps run as can run it; otherwise why not. */
  readonly hindrance: string | null;
}

export interface Interpreters {
  /** Any 3.9 or newer that the runner itself can run. */
  forSupervisors(): Promise<string>;
  /** For steps without a lock: 3.11 or newer, and runnable by steps. */
  forSteps(): Promise<string>;
  /** The first that satisfies `requires`, such as `>=3.11`, and that steps can run. */
  select(requires: string): Promise<Interpreter>;
  /** Versions of all that steps can run. */
  versions(): Promise<string[]>;
  /** Folders of the interpreters found so far that steps can run. */
  prefixes(): string[];
}

export interface InterpreterOptions {
  readonly preferred: string | undefined;
  readonly searchPath: string;
  /** The user to try them as; null when steps run as ourselves. */
  readonly uid: number | null;
}

const minors = [14, 13, 12, 11, 10, 9];
const names = ["python3", ...minors.map((minor) => `python3.${minor}`), "python"];
const usualFolders = ["/usr/local/bin", "/usr/bin", "/opt/homebrew/bin"];

const probe = `import sys, json, sysconfig, platform
print(json.dumps({"path": getattr(sys, "_base_executable", None) or sys.executable, "version": "%d.%d.%d" % sys.version_info[:3],
  "implementation": platform.python_implementation(), "platform": sysconfig.get_platform(), "prefix": sys.base_prefix}))`;

export function createInterpreters(options: InterpreterOptions): Interpreters {
  const looked = new Map<string, Promise<Interpreter | undefined>>();
  const found = new Map<string, Interpreter>();

  /** In the order of preference, each looked at once and only when asked for. */
  const first = async (suits: (interpreter: Interpreter) => boolean): Promise<Interpreter | undefined> => {
    for (const candidate of await candidatesOf(options)) {
      const looking = looked.get(candidate) ?? probeInterpreter(candidate, options.uid);
      looked.set(candidate, looking);
      const interpreter = await looking;
      if (!interpreter) continue;
      found.set(interpreter.path, interpreter);
      if (suits(interpreter)) return interpreter;
    }
    return undefined;
  };

  const interpreters: Interpreters = {
    async forSupervisors() {
      const chosen = await first((interpreter) => satisfies(interpreter.version, ">=3.9") === true);
      if (chosen) return chosen.path;
      throw new PaveError("python.unavailable", `Python: expected 3.9 or newer, found none in ${options.searchPath}`, {
        fix: "Install Python 3.11 or newer, or set PAVE_PYTHON to its path",
      });
    },
    forSteps: async () => (await interpreters.select(">=3.11")).path,
    async select(requires) {
      const chosen = await first(
        ({ version, hindrance }) => hindrance === null && satisfies(version, requires) === true,
      );
      if (chosen) return chosen;
      // One may be installed before the next try.
      looked.clear();
      throw new AttemptError("environment", notFound(requires, [...found.values()]));
    },
    async versions() {
      await first(() => false);
      return [
        ...new Set([...found.values()].flatMap(({ version, hindrance }) => (hindrance === null ? [version] : []))),
      ];
    },
    prefixes() {
      const usable = [...found.values()].filter(({ hindrance }) => hindrance === null);
      return [...new Set(usable.map(({ prefix }) => prefix))].filter((prefix) => prefix !== "/usr");
    },
  };
  return interpreters;
}

function notFound(requires: string, found: readonly Interpreter[]): string {
  const list = found.map(
    ({ path, version, hindrance }) => `${version} (${path}${hindrance === null ? "" : `: ${hindrance}`})`,
  );
  return `python: expected an interpreter ${requires}, found ${list.length === 0 ? "none" : list.join(", ")}; install one for all users, or set PAVE_PYTHON to its path`;
}

/** Existing files in the order of preference, each once. */
async function candidatesOf(options: InterpreterOptions): Promise<string[]> {
  const folders = [...new Set([...options.searchPath.split(delimiter).filter(Boolean), ...usualFolders])];
  const paths = [
    ...(options.preferred ? [options.preferred] : []),
    ...names.flatMap((name) => folders.map((folder) => join(folder, name))),
  ];
  const seen = new Set<string>();
  const candidates: string[] = [];
  for (const path of paths) {
    const real = await realpath(path).catch(() => undefined);
    if (real === undefined || seen.has(real)) continue;
    // A link into a virtual environment is kept as it is: only by its own name it knows where it belongs.
    seen.add(real);
    candidates.push(path);
  }
  return candidates;
}

async function probeInterpreter(candidate: string, uid: number | null): Promise<Interpreter | undefined> {
  try {
    const { stdout } = await run(candidate, ["-I", "-c", probe], { timeout: 20_000, cwd: "/" });
    const answer = JSON.parse(stdout) as Omit<Interpreter, "hindrance">;
    const path = await realpath(answer.path);
    return { ...answer, path, hindrance: uid === null ? null : await hindranceOf(path, uid) };
  } catch {
    return undefined;
  }
}

async function hindranceOf(path: string, uid: number): Promise<string | null> {
  try {
    await run(path, ["-I", "-S", "-c", "import json, ssl, venv"], {
      uid,
      gid: uid,
      cwd: "/",
      env: {},
      timeout: 20_000,
    });
    return null;
  } catch (error) {
    const isDenied = (error as NodeJS.ErrnoException).code === "EACCES";
    return isDenied
      ? "other users cannot reach it"
      : `other users cannot run it: ${messageOf(error).split("\n")[1] ?? "it fails"}`;
  }
}
