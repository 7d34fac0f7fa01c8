import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { chmod, mkdir, mkdtemp, readFile, rename, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { findUv } from "../../packages/server/src/runner/python-environment/find-uv.ts";
import { installerSettings } from "../../packages/server/src/runner/python-environment/installer-settings.ts";
import { sharedRunner } from "./shared-environments.ts";

const run = promisify(execFile);
const clients = join(import.meta.dirname, "..", "clients");

/**
 * A Python with the packages of `tests/clients/<name>/requirements.txt`, installed once a machine, interpreter and text
 * of that file: with uv, or with pip where it cannot be had. Says how long it took when it had to. Users of steps can
 * run it too.
 */
export async function pythonClient(name: string): Promise<string> {
  const requirements = join(clients, name, "requirements.txt");
  const { stdout: version } = await run("python3", ["-c", "import sys; print(sys.version)"]);
  const digest = createHash("sha256")
    .update(version)
    .update(await readFile(requirements));
  const folder = join(tmpdir(), `pave-test-clients-${process.getuid?.() ?? 0}`);
  const ready = join(folder, `${name}-${digest.digest("hex").slice(0, 16)}`);
  const python = join(ready, "bin", "python");
  if (await stat(python).catch(() => undefined)) return python;

  const began = performance.now();
  await mkdir(folder, { recursive: true });
  // moved to its place when it is whole: the interpreter finds its packages from where it lies itself
  const draft = await mkdtemp(join(folder, "draft-"));
  try {
    await install(draft, requirements);
    await chmod(draft, 0o755);
    await rename(draft, ready).catch(async (error: unknown) => {
      // another test run was faster
      if (!(await stat(python).catch(() => undefined))) throw error;
    });
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  process.stderr.write(`installed the Python packages of tests/clients/${name} in ${seconds} s\n`);
  return python;
}

async function install(folder: string, requirements: string): Promise<void> {
  const python = join(folder, "bin", "python");
  const { stdout } = await run("python3", ["-c", "import sys; print(sys.executable)"]);
  const settings = await installerSettings(process.env, stdout.trim());
  const uv = await uvOf(stdout.trim(), settings);
  if (uv) {
    const env = { ...process.env, ...settings, UV_CACHE_DIR: join(folder, "..", "uv-cache"), UV_NO_PROGRESS: "1" };
    await run(uv, ["venv", "--quiet", "--allow-existing", "--python", stdout.trim(), folder], { env });
    await run(uv, ["pip", "install", "--quiet", "--python", python, "--requirement", requirements], { env });
    return;
  }
  await run("python3", ["-m", "venv", folder]);
  const flags = ["--quiet", "--disable-pip-version-check", "--only-binary", ":all:"];
  await run(python, ["-m", "pip", "install", ...flags, "--requirement", requirements]);
}

/** The one that runners of test platforms install for themselves, several times as fast as pip. */
async function uvOf(python: string, settings: Readonly<Record<string, string>>): Promise<string | undefined> {
  const root = await sharedRunner();
  const say = async (text: string) => void process.stderr.write(`${text}\n`);
  return root && findUv({ root, searchPath: process.env.PATH ?? "", uid: null, python, settings, say });
}
