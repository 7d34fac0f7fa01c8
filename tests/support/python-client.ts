import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { chmod, mkdir, mkdtemp, readFile, rename, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const clients = join(import.meta.dirname, "..", "clients");

/**
 * A Python with the packages of `tests/clients/<name>/requirements.txt`, installed once a machine, interpreter and text
 * of that file: with uv where there is one, else with pip. Says how long it took when it had to. Users of steps can
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
  const hasUv = await run("uv", ["--version"]).then(
    () => true,
    () => false,
  );
  if (hasUv) {
    await run("uv", ["venv", "--quiet", "--allow-existing", "--python", "python3", folder]);
    await run("uv", ["pip", "install", "--quiet", "--python", python, "--requirement", requirements]);
    return;
  }
  await run("python3", ["-m", "venv", folder]);
  const flags = ["--quiet", "--disable-pip-version-check", "--only-binary", ":all:"];
  await run(python, ["-m", "pip", "install", ...flags, "--requirement", requirements]);
}
