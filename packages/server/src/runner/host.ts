import type { Client } from "@pave/contract";
import type { Logger } from "../kernel/logger.ts";
import type { ChildExits } from "./attempt/child-exits.ts";
import type { BlobCache } from "./blob-cache.ts";
import type { ControlGroups } from "./isolation/control-groups.ts";
import type { IsolationDriver } from "./isolation/isolation.ts";
import type { Interpreters } from "./python-environment/interpreters.ts";
import type { PythonEnvironments } from "./python-environment/python-environments.ts";
import type { Runtime } from "./runtime-files.ts";

/** What every attempt of this runner works with. */
export interface Host {
  readonly api: Client;
  readonly apiUrl: string;
  readonly log: Logger;
  /** The same for every runner on this folder, one after the other. */
  readonly runnerId: string;
  /** The folder that other users can walk through; everything of the runner is below it. */
  readonly root: string;
  readonly isolation: IsolationDriver;
  readonly groups: ControlGroups;
  /** What one step may take of the disk. */
  readonly stepDiskBytes: number;
  /** The interpreter of supervisors, and the folder of their scripts. */
  readonly python: string;
  readonly scripts: string;
  readonly childExits: ChildExits;
  readonly cache: BlobCache;
  readonly runtime: Runtime;
  readonly interpreters: Interpreters;
  readonly environments: PythonEnvironments;
  close(): Promise<void>;
}
