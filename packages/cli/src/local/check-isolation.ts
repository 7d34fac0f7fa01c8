import { execFile } from "node:child_process";
import { access, constants, readFile } from "node:fs/promises";
import { promisify } from "node:util";
import type { RunnerBounds } from "@pave/contract";

const run = promisify(execFile);

export interface IsolationCheck {
  readonly name: string;
  readonly state: "ok" | "warning";
  readonly found: string;
  readonly fix?: string;
}

const install = "Install bubblewrap (on Debian and Ubuntu: apt-get install bubblewrap)";
const more = "docs/isolation.md has the table of machines.";

/** What this machine can hold of the bounds of steps; of a platform that runs, what its runner says instead. */
export async function checkIsolation(bounds: RunnerBounds | null): Promise<IsolationCheck[]> {
  return bounds ? fromRunner(bounds) : [await users(), await view(), await limits()];
}

function fromRunner(bounds: RunnerBounds): IsolationCheck[] {
  const { user, files, network, memory, cpu, processes, missing } = bounds;
  const held = [
    ...(user ? ["own user"] : []),
    ...(files ? ["own file view"] : []),
    ...(network ? ["no network unless asked for"] : []),
    ...(memory ? ["memory"] : []),
    ...(cpu ? ["CPU"] : []),
    ...(processes ? ["processes"] : []),
  ];
  const found = `the runner holds for each attempt: ${held.join(", ") || "nothing"}`;
  if (missing.length === 0) return [{ name: "isolation", state: "ok", found }];
  return [{ name: "isolation", state: "warning", found, fix: `It lacks: ${missing.join("; ")}. ${more}` }];
}

async function users(): Promise<IsolationCheck> {
  const isRoot = process.getuid?.() === 0;
  return isRoot
    ? { name: "isolation", state: "ok", found: "each attempt of a step runs under a user of its own" }
    : { name: "isolation", state: "ok", found: "attempts run as you; as root each would have a user of its own" };
}

/** Tried out: it may be installed and not be allowed what it needs. */
async function view(): Promise<IsolationCheck> {
  const parts = ["--unshare-user", "--unshare-pid", "--ro-bind", "/", "/", "/bin/true"];
  const wrap = (flags: readonly string[]) =>
    run("bwrap", [...flags, ...parts], { timeout: 10_000 }).then(
      () => null,
      (error: { code?: unknown; stderr?: string }) =>
        error.code === "ENOENT" ? "bubblewrap is not installed" : (error.stderr ?? "it fails").trim(),
    );
  const trouble = await wrap(["--unshare-net"]);
  if (trouble === null)
    return {
      name: "view",
      state: "ok",
      found: "bubblewrap: own view of files and processes, network only if asked for",
    };
  const without = await wrap([]);
  const found =
    without === null ? `steps share this machine's network: ${trouble}` : `steps see this machine: ${without}`;
  return { name: "view", state: "warning", found, fix: `Fine while you are the only user. ${install}. ${more}` };
}

async function limits(): Promise<IsolationCheck> {
  const places = await Promise.all((["memory", "cpu", "pids"] as const).map(ownGroup));
  const missing = places.filter(({ isOurs }) => !isOurs).map(({ controller }) => controller);
  if (missing.length === 0)
    return {
      name: "limits",
      state: "ok",
      found: `control groups for ${places.map((one) => one.controller).join(", ")}`,
    };
  return {
    name: "limits",
    state: "warning",
    found: `no control group of ours for ${missing.join(", ")}: memory is watched instead, the rest is not bounded`,
    fix: `Start Pave as root or as a unit of systemd with Delegate=yes. ${more}`,
  };
}

/** Roughly: what the runner finds out by making groups is more. */
async function ownGroup(controller: "memory" | "cpu" | "pids"): Promise<{ controller: string; isOurs: boolean }> {
  const read = (path: string) => readFile(path, "utf8").catch(() => "");
  const lines = (await read("/proc/self/cgroup")).split("\n").map((line) => line.split(":"));
  const old = lines.find(([, names]) => names?.split(",").includes(controller));
  const path = (old ?? lines.find(([id]) => id === "0"))?.[2] ?? "/";
  const mounts = (await read("/proc/self/mounts")).split("\n").map((line) => line.split(" "));
  const mount = mounts.find(([, , type, options]) =>
    old ? type === "cgroup" && options?.split(",").includes(controller) : type === "cgroup2",
  )?.[1];
  if (mount === undefined) return { controller, isOurs: false };
  const chain = path.split("/").filter(Boolean);
  const candidates = chain.map((_, index) => `${mount}/${chain.slice(0, chain.length - index).join("/")}`);
  const isOurs = await Promise.all(
    [...candidates, mount].map((folder) =>
      access(folder, constants.W_OK).then(
        () => true,
        () => false,
      ),
    ),
  );
  return { controller, isOurs: isOurs.includes(true) };
}
