import { execFile } from "node:child_process";
import { chmod, copyFile, mkdir, rename, rm } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { exists, reachablePath } from "../../drivers/process/reachable.ts";
import { randomText } from "../../kernel/ids.ts";

const run = promisify(execFile);
const version = "0.13.9";

export interface UvOptions {
  readonly root: string;
  readonly searchPath: string;
  /** The user that will run it; null for our own. */
  readonly uid: number | null;
  /** An interpreter with pip or venv, and where it finds packages. */
  readonly python: string;
  readonly settings: Readonly<Record<string, string>>;
  readonly say: (text: string) => Promise<void>;
}

/** uv from the PATH, or from Pave's own tools folder, where it is installed first. Undefined where it cannot be had. */
export async function findUv(options: UvOptions): Promise<string | undefined> {
  const tool = join(options.root, "tools", `uv-${version}`, "uv");
  if (await exists(tool)) return tool;
  for (const folder of options.searchPath.split(delimiter).filter(Boolean)) {
    const candidate = join(folder, "uv");
    if (!(await exists(candidate))) continue;
    const reachable = options.uid === null ? candidate : await reachablePath(options.root, "uv", candidate);
    if (await works(reachable, options.uid)) return reachable;
  }
  await options.say(`installing uv ${version} for Pave`);
  return (await installUv(options, tool)) ? tool : undefined;
}

/** With the interpreter's pip; where it has none (Debian without python3-pip), with that of a virtual environment. */
async function installUv(options: UvOptions, tool: string): Promise<boolean> {
  const draft = join(options.root, "tools", `draft-${randomText(6)}`);
  await mkdir(draft, { recursive: true });
  const flags = ["--quiet", "--disable-pip-version-check", "--no-deps", "--only-binary", ":all:", "--retries", "1"];
  const install = ["-I", "-m", "pip", "install", ...flags, `uv==${version}`];
  const env = { ...options.settings, HOME: draft, PATH: "/usr/bin:/bin" };
  const call = (program: string, args: string[]) => run(program, args, { env, cwd: "/", timeout: 180_000 });
  try {
    const hasPip = await works(options.python, null, ["-I", "-c", "import pip"]);
    if (!hasPip) await call(options.python, ["-I", "-m", "venv", draft]);
    await call(hasPip ? options.python : join(draft, "bin", "python"), [
      ...install,
      ...(hasPip ? ["--target", draft] : []),
    ]);
    const ready = join(draft, "ready");
    await mkdir(ready);
    await copyFile(join(draft, "bin", "uv"), join(ready, "uv"));
    for (const path of [join(options.root, "tools"), ready, join(ready, "uv")]) await chmod(path, 0o755);
    if (!(await works(join(ready, "uv"), null))) return false;
    await rename(ready, join(tool, ".."));
    return true;
  } catch (error) {
    const reason = error instanceof Error ? (error.message.trim().split("\n").at(-1) ?? "") : String(error);
    await options.say(`uv cannot be had (${reason.slice(0, 200)}); taking pip`);
    return exists(tool);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

const works = (path: string, uid: number | null, args: readonly string[] = ["--version"]): Promise<boolean> =>
  run(path, args, { cwd: "/", env: {}, timeout: 20_000, ...(uid === null ? {} : { uid, gid: uid }) }).then(
    () => true,
    () => false,
  );
