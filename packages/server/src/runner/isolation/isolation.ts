/*
 * What keeps a step away from the platform and from other steps.
 *   uid    root only: every attempt has a user and group of its own, nobody else's while it lives
 *   bwrap  bubblewrap: the step sees system folders read-only, what it was given, and its own folder; no other process
 *   none   the runner's own user: no protection, for one person on their own machine
 */
import type { Isolation } from "@pave/contract";
import { isRoot } from "../../drivers/process/process-life.ts";
import { PaveError } from "../../kernel/pave-error.ts";
import { canUseUids, createUidPool } from "./attempt-uids.ts";
import { canUseBubblewrap, wrapInBubblewrap } from "./bubblewrap.ts";

/** What a step may see of the machine beside its system folders. */
export interface StepView {
  readonly cwd: string;
  readonly readOnly: readonly string[];
  readonly writable: readonly string[];
  /** False: no network either; true when absent. Under users of their own the supervisor takes it away. */
  readonly network?: boolean;
}

export interface IsolationDriver {
  readonly kind: Isolation;
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

export async function createIsolation(options: IsolationOptions): Promise<IsolationDriver> {
  const { wanted, searchPath } = options;
  if (wanted === "uid" || (wanted === "auto" && isRoot())) {
    if (isRoot() && (await canUseUids())) return underOwnUids();
    if (wanted === "uid")
      throw unavailable("users of their own for steps", "Start Pave as root, or with another isolation");
  }
  if (wanted === "bwrap" || (wanted === "auto" && !isRoot())) {
    const bubblewrap = await canUseBubblewrap(searchPath);
    if (bubblewrap !== undefined) return inBubblewrap(bubblewrap);
    if (wanted === "bwrap")
      throw unavailable("bubblewrap", "Install the package bubblewrap, or choose another isolation");
  }
  return { kind: "none", ...sameUser, wrap: (command) => [...command] };
}

const sameUser = { builderUid: null, reserveUid: async () => null, releaseUid: async () => {} };

async function underOwnUids(): Promise<IsolationDriver> {
  const pool = await createUidPool();
  return {
    kind: "uid",
    builderUid: pool.builderUid,
    reserveUid: (folder) => pool.reserve(folder),
    releaseUid: (uid) => pool.release(uid),
    wrap: (command) => [...command],
  };
}

function inBubblewrap(bubblewrap: string): IsolationDriver {
  return { kind: "bwrap", ...sameUser, wrap: (command, view) => wrapInBubblewrap(bubblewrap, command, view) };
}

const unavailable = (what: string, fix: string): PaveError =>
  new PaveError("isolation.unavailable", `This machine offers no ${what}, which was asked for to isolate steps`, {
    fix,
  });
