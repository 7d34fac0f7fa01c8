import type { AttemptIsolation, Network, RunnerBounds } from "@pave/contract";
import type { Host } from "./host.ts";
import type { ControlGroups, StepGroups } from "./isolation/control-groups.ts";
import { type GroupLimits, processesFor } from "./isolation/group-places.ts";
import type { IsolationDriver } from "./isolation/isolation.ts";

/** Of an own user, which step_process.py sets; it is all there is where control groups cannot be had. */
const processesOfUser = 4_096;

export interface Wants {
  readonly network: Network;
  readonly memoryBytes: number | null;
  readonly cpus: number | null;
}

/** What this runner's machine can hold. */
export const runnerBounds = (isolation: IsolationDriver, groups: ControlGroups): RunnerBounds => ({
  ...isolation.bounds,
  memory: groups.has.memory,
  cpu: groups.has.cpu,
  processes: groups.has.pids,
  missing: [...isolation.bounds.missing, ...groups.missing].map((reason) => reason.slice(0, 500)).slice(0, 20),
});

/** Makes the groups of an attempt with its limits, and says which bounds hold for it. */
export async function boundAttempt(
  host: Host,
  name: string,
  wants: Wants,
): Promise<{ readonly groups: StepGroups | null; readonly isolation: AttemptIsolation }> {
  const limits: GroupLimits = {
    memoryBytes: wants.memoryBytes,
    cpus: wants.cpus,
    processes: processesFor(wants.cpus),
  };
  const groups = await host.groups.make(name, limits);
  return { groups, isolation: isolationOf(host, wants, limits) };
}

function isolationOf({ isolation, groups }: Host, wants: Wants, limits: GroupLimits): AttemptIsolation {
  const { user, files, network } = isolation.bounds;
  const { has } = groups;
  return {
    user,
    files,
    network: wants.network === "egress" ? "egress" : network ? "none" : "open",
    memory: has.memory
      ? { limit: limits.memoryBytes ?? groups.memoryBytes, by: "cgroup" }
      : { limit: limits.memoryBytes, by: limits.memoryBytes === null ? "nothing" : "watched" },
    cpu: has.cpu ? { limit: limits.cpus, by: "cgroup" } : { limit: null, by: "nothing" },
    processes: has.pids
      ? { limit: limits.processes, by: "cgroup" }
      : user
        ? { limit: processesOfUser, by: "user" }
        : { limit: null, by: "nothing" },
  };
}
