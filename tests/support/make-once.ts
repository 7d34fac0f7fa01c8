import { existsSync } from "node:fs";
import { chmod, mkdir, readdir, rename, rm, stat, utimes } from "node:fs/promises";
import { join } from "node:path";

const keptMs = 86_400_000;

/**
 * A folder that test files share: `<cache>/<key>`, made whole or not at all by the first who wants it, while the key
 * says that it is of the same sources. What nobody wanted for a day is removed.
 */
export async function makeOnce(cache: string, key: string, make: (draft: string) => Promise<unknown>): Promise<string> {
  const target = join(cache, key);
  if (!existsSync(target)) {
    await mkdir(cache, { recursive: true });
    await removeUnused(cache);
    const draft = `${target}.new-${process.pid}`;
    try {
      await mkdir(draft);
      await chmod(draft, 0o755);
      await make(draft);
      await rename(draft, target);
    } catch (error) {
      await rm(draft, { recursive: true, force: true });
      // the process of another file may have been first
      if (!existsSync(target)) throw error;
    }
  }
  await utimes(target, new Date(), new Date());
  return target;
}

async function removeUnused(cache: string): Promise<void> {
  for (const name of await readdir(cache)) {
    const path = join(cache, name);
    const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Date.now() }));
    if (mtimeMs < Date.now() - keptMs) await rm(path, { recursive: true, force: true });
  }
}
