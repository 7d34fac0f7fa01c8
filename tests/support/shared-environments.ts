import { chmod, mkdir, stat, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { reachableRoot } from "../../packages/server/src/drivers/process/reachable.ts";

/**
 * Lets the runner of a platform that is about to start find the Python environments of earlier test platforms, so that
 * packages are installed once a machine and lock. The environments keep their path, which a virtual environment needs.
 */
export async function shareEnvironments(home: string): Promise<void> {
  const shared = join(tmpdir(), `pave-test-environments-${process.getuid?.() ?? 0}`);
  await mkdir(shared, { recursive: true });
  if ((await stat(shared)).uid !== process.getuid?.()) return;
  await chmod(shared, 0o755);
  const runner = join(await reachableRoot(home), "runner");
  await mkdir(runner, { recursive: true });
  await symlink(shared, join(runner, "environments")).catch(() => undefined);
}
