/*
 * Control groups as text, for both versions and machines that have both (hybrid): where the runner's own group is for
 * each controller, and which files hold a limit. No file is touched here: see control-groups.ts.
 *   v1  a tree of folders for each controller; any group may have both processes and groups below it
 *   v2  one tree; below a group that has processes no controller can be had, so groups for steps are made beside the
 *       runner's own, in the nearest group above that hands controllers down
 */

export const controllers = ["memory", "cpu", "pids"] as const;
export type Controller = (typeof controllers)[number];

export interface GroupPlace {
  readonly version: 1 | 2;
  /** Where the tree is mounted. */
  readonly mount: string;
  /** The runner's own group below it: "" is the top of what can be seen. */
  readonly own: string;
}

/** From the texts of /proc/self/mountinfo and /proc/self/cgroup. Controllers without a v1 tree are v2's. */
export function findPlaces(mountinfo: string, cgroup: string): ReadonlyMap<Controller, GroupPlace> {
  const mounts = mountinfo.split("\n").flatMap((line) => mountOf(line) ?? []);
  const paths = cgroup
    .split("\n")
    .map((line) => /^\d+:([^:]*):(\/.*)$/.exec(line))
    .flatMap((match) => (match ? [{ names: (match[1] ?? "").split(","), path: match[2] ?? "/" }] : []));
  const found = new Map<Controller, GroupPlace>();
  for (const controller of controllers) {
    const tree = mounts.find(({ version, names }) => version === 1 && names.includes(controller));
    const mount = tree ?? mounts.find(({ version }) => version === 2);
    const own = paths.find(({ names }) => names.includes(tree ? controller : ""));
    if (mount && own)
      found.set(controller, { version: mount.version, mount: mount.point, own: below(mount.root, own.path) });
  }
  return found;
}

function mountOf(line: string): { version: 1 | 2; root: string; point: string; names: string[] } | undefined {
  const [left = "", right = ""] = line.split(" - ");
  const [, , , root = "/", point = ""] = left.split(" ");
  const [type, , options = ""] = right.split(" ");
  if (type !== "cgroup" && type !== "cgroup2") return undefined;
  return { version: type === "cgroup" ? 1 : 2, root, point: unescaped(point), names: options.split(",") };
}

/** Spaces and such are written as octal numbers there. */
const unescaped = (path: string): string =>
  path.replace(/\\(\d{3})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 8)));

/** A container sees a part of the tree, and its own path may or may not name what is above. */
function below(root: string, path: string): string {
  const rest = root !== "/" && (path === root || path.startsWith(`${root}/`)) ? path.slice(root.length) : path;
  return rest === "/" || rest.startsWith("/..") ? "" : rest;
}

/** Groups in which those of steps may be made, best first. */
export function parentsOf({ version, mount, own }: GroupPlace): string[] {
  const parts = own.split("/").filter(Boolean);
  const chain = parts.map((_, index) => `${mount}/${parts.slice(0, parts.length - index).join("/")}`);
  if (version === 1) return [chain[0] ?? mount];
  return [...chain.slice(1), mount];
}

export interface GroupLimits {
  readonly memoryBytes: number | null;
  /** A step without a number weighs as one that asked for one, and may use what is idle. */
  readonly cpus: number | null;
  readonly processes: number | null;
}

export interface LimitFile {
  readonly file: string;
  readonly text: string;
  /** Older kernels lack it, and the limit holds without it. */
  readonly isOptional?: boolean;
}

const periodUs = 100_000;

export function limitFiles(controller: Controller, version: 1 | 2, limits: GroupLimits): LimitFile[] {
  const { memoryBytes, cpus, processes } = limits;
  switch (controller) {
    case "memory":
      return memoryBytes === null ? wholly(version) : memoryFiles(version, String(Math.floor(memoryBytes)));
    case "cpu":
      return version === 1 ? oldCpuFiles(cpus) : cpuFiles(cpus);
    case "pids":
      return processes === null ? [] : [{ file: "pids.max", text: String(processes) }];
  }
}

/** The kernel ends one process or all of a group; a step is of no use without one of its own. */
const wholly = (version: 1 | 2): LimitFile[] =>
  version === 1 ? [] : [{ file: "memory.oom.group", text: "1", isOptional: true }];

const memoryFiles = (version: 1 | 2, bytes: string): LimitFile[] =>
  version === 1
    ? [
        { file: "memory.limit_in_bytes", text: bytes },
        { file: "memory.memsw.limit_in_bytes", text: bytes, isOptional: true },
      ]
    : [
        { file: "memory.max", text: bytes },
        { file: "memory.swap.max", text: "0", isOptional: true },
        ...wholly(version),
      ];

/** A moment of more is allowed to who used less before: programs start with several threads. */
function oldCpuFiles(cpus: number | null): LimitFile[] {
  const shares = { file: "cpu.shares", text: String(Math.max(2, Math.round(1024 * (cpus ?? 1)))) };
  if (cpus === null) return [shares];
  const quota = String(Math.max(1_000, Math.round(cpus * periodUs)));
  return [
    shares,
    { file: "cpu.cfs_period_us", text: String(periodUs) },
    { file: "cpu.cfs_quota_us", text: quota },
    { file: "cpu.cfs_burst_us", text: quota, isOptional: true },
  ];
}

function cpuFiles(cpus: number | null): LimitFile[] {
  const weight = Math.min(10_000, Math.max(1, Math.round(100 * (cpus ?? 1))));
  if (cpus === null) return [{ file: "cpu.weight", text: String(weight) }];
  const quota = String(Math.max(1_000, Math.round(cpus * periodUs)));
  return [
    { file: "cpu.weight", text: String(weight) },
    { file: "cpu.max", text: `${quota} ${periodUs}` },
    { file: "cpu.max.burst", text: quota, isOptional: true },
  ];
}

/** What all steps together may take, so that the platform has room: all but a tenth, and at least 1 GiB of a large machine. */
export function memoryForSteps(totalBytes: number): number {
  const reserve = Math.min(totalBytes / 2, Math.max(2 ** 30, totalBytes / 10));
  return Math.floor(totalBytes - reserve);
}

/** Processes and threads of one step. */
export const processesFor = (cpus: number | null): number => Math.max(512, 64 * Math.ceil(cpus ?? 1));
