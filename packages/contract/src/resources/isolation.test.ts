import { expect, it } from "vitest";
import { type AttemptIsolation, isolationText } from "./isolation.ts";

const all: AttemptIsolation = {
  ...{ user: true, files: true, network: "none" },
  memory: { limit: 2 * 2 ** 30, by: "cgroup" },
  cpu: { limit: 2, by: "cgroup" },
  processes: { limit: 512, by: "cgroup" },
};

it.each<[string, Partial<AttemptIsolation>]>([
  ["isolated: own user, own file view, no network, 2 GiB of memory, 2 CPUs, 512 processes", {}],
  [
    "isolated: own user, own file view, network as its component asks, 2 GiB of memory, a fair share of the CPUs, 512 processes",
    { network: "egress", cpu: { limit: null, by: "cgroup" } },
  ],
  [
    "isolated: own file view, 512 MiB of memory (watched), 1 CPU; not held: own user, no network, processes",
    {
      ...{ user: false, network: "open", processes: { limit: null, by: "nothing" } },
      ...{ memory: { limit: 512 * 2 ** 20, by: "watched" }, cpu: { limit: 1, by: "cgroup" } },
    },
  ],
  [
    "not isolated; not held: own user, own file view, no network, memory, CPU, processes",
    {
      ...{ user: false, files: false, network: "open", memory: { limit: null, by: "nothing" } },
      ...{ cpu: { limit: null, by: "nothing" }, processes: { limit: null, by: "nothing" } },
    },
  ],
])("says in words: %s", (text, some) => {
  expect(isolationText({ ...all, ...some })).toBe(text);
});
