import { execFile } from "node:child_process";
import { existsSync, lstatSync, readlinkSync, realpathSync } from "node:fs";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import type { StepView } from "./isolation.ts";

const run = promisify(execFile);

/** The path of a bubblewrap that works here; unprivileged user namespaces may be switched off. */
export async function canUseBubblewrap(searchPath: string): Promise<string | undefined> {
  const candidates = searchPath
    .split(delimiter)
    .filter(Boolean)
    .map((folder) => join(folder, "bwrap"));
  const path = candidates.find((candidate) => existsSync(candidate));
  if (path === undefined) return undefined;
  const probe = wrapInBubblewrap(path, ["/bin/sh", "-c", "exit 0"], { cwd: "/", readOnly: [], writable: [] });
  const [program = path, ...args] = probe;
  return run(program, args, { timeout: 10_000 }).then(
    () => path,
    () => undefined,
  );
}

const systemFolders = ["/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/opt", "/etc"];

/**
 * Everything keeps its path, so paths in the step's input need no translation. The step gets a process table of its own
 * (it can neither see nor signal others, and all of it ends with its first process), an empty /tmp, the network.
 */
export function wrapInBubblewrap(bubblewrap: string, command: readonly string[], view: StepView): string[] {
  const system = [...systemFolders.flatMap((folder) => mountOf(folder)), ...nameResolution()];
  const given = view.readOnly.flatMap((path) => ["--ro-bind", path, path]);
  const own = view.writable.flatMap((path) => ["--bind", path, path]);
  return [
    bubblewrap,
    "--die-with-parent",
    "--unshare-pid",
    "--unshare-ipc",
    ...(view.network === false ? ["--unshare-net"] : []),
    ...system,
    ...["--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp", "--tmpfs", "/var/tmp"],
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
