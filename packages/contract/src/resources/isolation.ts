import { z } from "zod";

/**
 * What keeps a runner's steps away from the platform and from each other: an operating system user per attempt,
 * bubblewrap, both, or nothing (steps run as the runner's own user, so only one person may use the platform).
 */
export const isolations = ["uid+bwrap", "uid", "bwrap", "none"] as const;
export type Isolation = (typeof isolations)[number];

export const networks = ["none", "egress"] as const;
export const networkSchema = z.enum(networks);
/** What a component asks for: no network but the way to its tracking server, or the machine's. */
export type Network = z.infer<typeof networkSchema>;

/** What a runner's machine can hold of the bounds of steps. */
export const runnerBoundsSchema = z.object({
  /** A user of its own for each attempt. */
  user: z.boolean(),
  /** A view of its own of files and processes. */
  files: z.boolean(),
  /** A network of its own, with nobody in it. */
  network: z.boolean(),
  memory: z.boolean(),
  cpu: z.boolean(),
  processes: z.boolean(),
  /** Whoever runs it chose its isolation by name, so what is missing is meant. */
  accepted: z.boolean(),
  /** Why not more, each with what to do about it. */
  missing: z.array(z.string().max(500)).max(20),
});
export type RunnerBounds = z.infer<typeof runnerBoundsSchema>;

/** Which bounds held for one attempt: told by the runner that started it. */
export const attemptIsolationSchema = z.object({
  user: z.boolean(),
  files: z.boolean(),
  /** `egress`: the machine's, as its component asks. `open`: the machine's, as no other can be had there. */
  network: z.enum(["none", "egress", "open"]),
  /** Bytes. `watched`: looked at several times a second, and stopped beyond it. */
  memory: z.object({ limit: z.number().nullable(), by: z.enum(["cgroup", "watched", "nothing"]) }),
  cpu: z.object({ limit: z.number().nullable(), by: z.enum(["cgroup", "nothing"]) }),
  processes: z.object({ limit: z.number().nullable(), by: z.enum(["cgroup", "user", "nothing"]) }),
});
export type AttemptIsolation = z.infer<typeof attemptIsolationSchema>;

/** `isolated: own user, own file view, no network, 2 GiB of memory, 2 CPUs, 512 processes; not held: …` */
export function isolationText(isolation: AttemptIsolation): string {
  const { held, open } = isolationParts(isolation);
  const text = held.length === 0 ? "not isolated" : `isolated: ${held.join(", ")}`;
  return open.length === 0 ? text : `${text}; not held: ${open.join(", ")}`;
}

/** What held, and what could not, in words. */
export function isolationParts(isolation: AttemptIsolation): { readonly held: string[]; readonly open: string[] } {
  const { user, files, network, memory, cpu, processes } = isolation;
  const held = [
    ...(user ? ["own user"] : []),
    ...(files ? ["own file view"] : []),
    ...(network === "none" ? ["no network"] : network === "egress" ? ["network as its component asks"] : []),
    ...(memory.limit === null || memory.by === "nothing"
      ? []
      : [`${bytesText(memory.limit)} of memory${memory.by === "watched" ? " (watched)" : ""}`]),
    ...(cpu.by === "nothing" ? [] : [cpu.limit === null ? "a fair share of the CPUs" : cpusText(cpu.limit)]),
    ...(processes.limit === null || processes.by === "nothing" ? [] : [`${processes.limit} processes`]),
  ];
  const open = [
    ...(user ? [] : ["own user"]),
    ...(files ? [] : ["own file view"]),
    ...(network === "open" ? ["no network"] : []),
    ...(memory.by === "nothing" ? ["memory"] : []),
    ...(cpu.by === "nothing" ? ["CPU"] : []),
    ...(processes.by === "nothing" ? ["processes"] : []),
  ];
  return { held, open };
}

const cpusText = (cpus: number): string => (cpus === 1 ? "1 CPU" : `${cpus} CPUs`);

function bytesText(bytes: number): string {
  const [size, unit] = bytes >= 2 ** 30 ? [2 ** 30, "GiB"] : [2 ** 20, "MiB"];
  return `${Number((bytes / size).toFixed(1))} ${unit}`;
}
