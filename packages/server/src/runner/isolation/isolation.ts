/*
 * What keeps a step away from the platform and from other steps. Two things, together where a machine has both:
 *   uid         root only: every attempt has a user and group of its own, nobody else's while it lives
 *   bwrap       bubblewrap: the step sees system folders read-only, what it was given, and its own folder; no other
 *               process; a network with nobody in it
 *   uid+bwrap   both: bubblewrap runs as the attempt's user
 *   none        the runner's own user: no protection, for one person on their own machine
 * What a step may use of the machine is bounded by control groups: see cgroups.ts. docs/isolation.md has the table.
 */
import type { Isolation, RunnerBounds } from "@pave/contract";
import { isRoot } from "../../drivers/process/process-life.ts";
import { PaveError } from "../../kernel/pave-error.ts";
import { canUseUids, createUidPool } from "./attempt-uids.ts";
import { type Bubblewrap, findBubblewrap, wrapInBubblewrap } from "./bubblewrap.ts";
import { canLeaveNetwork } from "./leave-network.ts";

/** What a step may see of the machine beside its system folders. */
export interface StepView {
  readonly cwd: string;
  readonly readOnly: readonly string[];
  readonly writable: readonly string[];
  /** What it finds as /tmp and /var/tmp; in memory when absent. */
  readonly temporary?: string;
  /** A network of its own, made by bubblewrap: see `networkBy`. */
  readonly ownNetwork?: boolean;
}

export interface IsolationDriver {
  readonly kind: Isolation;
  /** What it holds, and why not more. */
  readonly bounds: Pick<RunnerBounds, "user" | "files" | "network" | "accepted" | "missing">;
  /**
   * Who makes the network of a step that has its own: `root` before it becomes the step's user, which is cheaper, or
   * bubblewrap; null where there is none to be had.
   */
  readonly networkBy: "root" | "bwrap" | null;
  /** Whether commands run in bubblewrap, which turns a death by signal into an exit code. */
  readonly isWrapped: boolean;
  /** A user for the attempt that lives in `folder`; null where attempts have none of their own. */
  reserveUid(folder: string): Promise<number | null>;
  releaseUid(uid: number): Promise<void>;
  /** The user that installs packages: it runs no code of theirs. */
  readonly builderUid: number | null;
  /** The command that runs `command` within this isolation. */
  wrap(command: readonly string[], view: StepView): string[];
}

export interface IsolationOptions {
  readonly wanted: Isolation | "auto";
  readonly searchPath: string;
}

const install = "install bubblewrap (on Debian and Ubuntu: apt-get install bubblewrap)";

export async function createIsolation({ wanted, searchPath }: IsolationOptions): Promise<IsolationDriver> {
  const wants = (part: "uid" | "bwrap") => wanted === "auto" || wanted.split("+").includes(part);
  const hasUids = wants("uid") && isRoot() && (await canUseUids());
  if (!hasUids && wanted !== "auto" && wants("uid"))
    throw unavailable("users of their own for steps", "Start Pave as root, or with another isolation");
  const pool = hasUids ? await createUidPool() : undefined;
  const looked = wants("bwrap")
    ? await findBubblewrap(searchPath, pool?.builderUid ?? null)
    : { hindrance: `PAVE_STEP_ISOLATION is ${wanted}` };
  const bubblewrap = "found" in looked ? looked.found : undefined;
  const hindrance = "found" in looked ? null : looked.hindrance;
  if (!bubblewrap && wanted !== "auto" && wants("bwrap"))
    throw unavailable(`bubblewrap (${hindrance})`, `To go on, ${install}, or choose another isolation`);
  const networkBy = pool !== undefined && (await canLeaveNetwork()) ? "root" : bubblewrap?.ownNetwork ? "bwrap" : null;
  const ownNetwork = networkBy !== null;
  const missing = [
    ...(pool || wanted === "none" ? [] : ["no own users: only root can give each attempt a user of its own"]),
    ...(bubblewrap ? [] : [`no own view of files and processes: ${hindrance}; ${install}`]),
    ...(ownNetwork ? [] : [`no own network: ${bubblewrap ? "this machine lets nobody make one" : hindrance}`]),
  ];
  return {
    kind: kindOf(pool !== undefined, bubblewrap !== undefined),
    bounds: {
      user: pool !== undefined,
      files: bubblewrap !== undefined,
      network: ownNetwork,
      accepted: wanted !== "auto",
      missing,
    },
    networkBy,
    isWrapped: bubblewrap !== undefined,
    builderUid: pool?.builderUid ?? null,
    reserveUid: async (folder) => pool?.reserve(folder) ?? null,
    releaseUid: async (uid) => pool?.release(uid),
    wrap: wrapper(bubblewrap),
  };
}

function kindOf(hasUids: boolean, hasBubblewrap: boolean): Isolation {
  if (hasUids) return hasBubblewrap ? "uid+bwrap" : "uid";
  return hasBubblewrap ? "bwrap" : "none";
}

const wrapper =
  (bubblewrap: Bubblewrap | undefined): IsolationDriver["wrap"] =>
  (command, view) =>
    bubblewrap ? wrapInBubblewrap(bubblewrap, command, view) : [...command];

const unavailable = (what: string, fix: string): PaveError =>
  new PaveError("isolation.unavailable", `This machine offers no ${what}, which was asked for to isolate steps`, {
    fix,
  });
