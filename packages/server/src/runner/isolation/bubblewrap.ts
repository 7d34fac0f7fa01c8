import { execFile } from "node:child_process";
import { existsSync, lstatSync, readlinkSync, realpathSync } from "node:fs";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import type { StepView } from "./isolation.ts";

const run = promisify(execFile);

export interface Bubblewrap {
  readonly path: string;
  /** Whether it gives a network of its own; some containers allow everything but that. */
  readonly ownNetwork: boolean;
  /** Flags that this version and machine take beside the ones that are always there. */
  readonly flags: readonly string[];
}

/** Not to be had with older versions or in some containers; nothing else depends on them. */
const wishes = ["--disable-userns", "--unshare-cgroup", "--unshare-uts"];

/**
 * A bubblewrap that works here, as `uid` or as ourselves; otherwise why there is none. Unprivileged user namespaces may
 * be switched off.
 */
export async function findBubblewrap(
  searchPath: string,
  uid: number | null,
): Promise<{ found: Bubblewrap } | { hindrance: string }> {
  const candidates = searchPath
    .split(delimiter)
    .filter(Boolean)
    .map((folder) => join(folder, "bwrap"));
  const path = candidates.find((candidate) => existsSync(candidate));
  if (path === undefined) return { hindrance: "bubblewrap is not installed" };
  const works = (flags: readonly string[], ownNetwork: boolean) => tryOut({ path, flags, ownNetwork }, uid);
  const all = await works(wishes, true);
  if (all === null) return { found: { path, flags: wishes, ownNetwork: true } };
  const plain = await works([], true);
  const ownNetwork = plain === null;
  const hindrance = ownNetwork ? null : await works([], false);
  if (hindrance !== null) return { hindrance: `bubblewrap does not work here: ${hindrance}` };
  const flags: string[] = [];
  for (const flag of wishes) if ((await works([flag], ownNetwork)) === null) flags.push(flag);
  return { found: { path, flags, ownNetwork } };
}

/** Null when it works. */
async function tryOut(bubblewrap: Bubblewrap, uid: number | null): Promise<string | null> {
  const view = { cwd: "/", readOnly: [], writable: [], ownNetwork: bubblewrap.ownNetwork };
  const [program = "", ...args] = wrapInBubblewrap(bubblewrap, ["/bin/sh", "-c", "exit 0"], view);
  const user = uid === null ? {} : { uid, gid: uid };
  return run(program, args, { timeout: 10_000, cwd: "/", ...user }).then(
    () => null,
    (error: { stderr?: string; message: string }) => (error.stderr || error.message).trim().split("\n").at(-1) ?? "",
  );
}

const systemFolders = ["/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/opt", "/etc"];

/**
 * Everything keeps its path, so paths in the step's input need no translation. The step gets a process table of its own
 * (it can neither see nor signal others, and all of it ends with its first process), temporary folders of its own, and a
 * network with nobody in it where the view says so.
 */
export function wrapInBubblewrap(bubblewrap: Bubblewrap, command: readonly string[], view: StepView): string[] {
  const system = [...systemFolders.flatMap((folder) => mountOf(folder)), ...nameResolution()];
  const given = view.readOnly.flatMap((path) => ["--ro-bind", path, path]);
  const own = view.writable.flatMap((path) => ["--bind", path, path]);
  // what is written there counts against the step's disk, as it is its own folder
  const temporary = view.temporary ? ["--bind", view.temporary] : ["--tmpfs"];
  return [
    bubblewrap.path,
    "--die-with-parent",
    "--unshare-user",
    "--unshare-pid",
    "--unshare-ipc",
    ...(view.ownNetwork ? ["--unshare-net"] : []),
    ...bubblewrap.flags,
    ...system,
    ...["--proc", "/proc", "--dev", "/dev", ...temporary, "/tmp", ...temporary, "/var/tmp"],
    ...given,
    ...own,
    ...["--chdir", view.cwd, "--"],
    ...command,
  ];
}

function mountOf(folder: string): string[] {
  const info = lstatSync(folder, { throwIfNoEntry: false });
  if (!info) return [];
  return info.isSymbolicLink() ? ["--symlink", readlinkSync(folder), folder] : ["--ro-bind", folder, folder];
}

/** Where systemd resolves names, /etc/resolv.conf is a link out of /etc. */
function nameResolution(): string[] {
  const path = realpathOrNothing("/etc/resolv.conf");
  return path.startsWith("/run/") ? ["--ro-bind", path, path] : [];
}

function realpathOrNothing(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return "";
  }
}
