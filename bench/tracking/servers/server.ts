import type { Target } from "../../harness/drive.ts";

/** A tracking server that is driven. */
export interface TrackingServer extends Target {
  /** `pave`, or the name that stands at the top of a peer's column. */
  readonly name: string;
  /** What it is, in words. */
  readonly about: string;
  /** What its stock client is given. */
  readonly environment: Readonly<Record<string, string>>;
  /** Processes that answer, without a database beside them. */
  pids(): Promise<number[]>;
  /** One statement on its database where that can be reached. */
  readonly query?: (sql: string, values?: readonly unknown[]) => Promise<readonly Record<string, unknown>[]>;
  stop(): Promise<void>;
}
