import { chmod, mkdir, stat, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { reachableRoot } from "../../packages/server/src/drivers/process/reachable.ts";

/** What runners of all test platforms share: their Python environments, uv, and its cache of packages. */
const parts = ["environments", "tools", "build"] as const;

/** Its folder; undefined where it is somebody else's. */
export async function sharedRunner(): Promise<string | undefined> {
  const shared = join(tmpdir(), `pave-test-runner-${process.getuid?.() ?? 0}`);
  await mkdir(shared, { recursive: true });
  if ((await stat(shared)).uid !== process.getuid?.()) return undefined;
  await chmod(shared, 0o755);
  for (const part of parts) await mkdir(join(shared, part), { recursive: true });
  return shared;
}

/**
 * Lets the runner of a platform that is about to start find what earlier test platforms made, so that packages are
 * downloaded once a machine and installed once a machine and lock. The environments keep their path, which a virtual
 * environment needs.
 */
export async function shareEnvironments(home: string): Promise<void> {
  const shared = await sharedRunner();
  if (shared === undefined) return;
  const runner = join(await reachableRoot(home), "runner");
  await mkdir(runner, { recursive: true });
  for (const part of parts) await symlink(join(shared, part), join(runner, part)).catch(() => undefined);
}
