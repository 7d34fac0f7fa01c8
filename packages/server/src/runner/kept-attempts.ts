import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { messageOf } from "../kernel/pave-error.ts";
import { sleep } from "../kernel/time.ts";
import { removeFolder } from "./attempt/janitor.ts";
import type { Host } from "./host.ts";

const maxKept = 20;
const maxAgeMs = 24 * 3_600_000;

/** What is left of failed attempts, so that somebody can look: the last twenty, for a day. */
export const keptFolder = (host: Pick<Host, "root">): string => join(host.root, "kept");

export async function removeOldKept(host: Host): Promise<void> {
  const folder = keptFolder(host);
  const names = await readdir(folder).catch(() => []);
  const found = await Promise.all(names.map((name) => sinceOf(join(folder, name))));
  const kept = found.filter((item) => item !== undefined);
  kept.sort((a, b) => b.since - a.since);
  const old = kept.filter((item, index) => index >= maxKept || Date.now() - item.since > maxAgeMs);
  for (const { path } of old) await removeFolder(host, path);
}

/** Undefined when another look has removed it meanwhile. */
const sinceOf = (path: string): Promise<{ path: string; since: number } | undefined> =>
  stat(path).then(
    ({ ctimeMs }) => ({ path, since: ctimeMs }),
    () => undefined,
  );

/** Also where nothing fails any more. */
export async function removeOldKeptForEver(host: Host, pauseMs: number, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await removeOldKept(host).catch((error: unknown) =>
      host.log.warn({ error: messageOf(error) }, "old attempts could not be removed"),
    );
    await sleep(pauseMs, signal);
  }
}
