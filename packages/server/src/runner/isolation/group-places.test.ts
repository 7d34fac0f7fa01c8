import { describe, expect, it } from "vitest";
import { findPlaces, limitFiles, memoryForSteps, parentsOf, processesFor } from "./group-places.ts";

const hybrid = {
  mountinfo: `31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755
32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw,relatime - cgroup cgroup rw,cpu,cpuacct
35 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory
39 31 0:36 / /sys/fs/cgroup/pids rw,relatime - cgroup cgroup rw,pids
41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw`,
  cgroup: "8:pids:/\n4:memory:/process_api/b54f\n1:cpu,cpuacct:/\n0::/\n",
};
const unit = {
  mountinfo: "30 22 0:26 / /sys/fs/cgroup rw,nosuid,nodev,noexec,relatime shared:4 - cgroup2 cgroup2 rw,nsdelegate",
  cgroup: "0::/system.slice/pave.service\n",
};

describe("where the runner's own group is", () => {
  it("for each controller of a hybrid machine, in the trees of version 1", () => {
    expect(Object.fromEntries(findPlaces(hybrid.mountinfo, hybrid.cgroup))).toEqual({
      memory: { version: 1, mount: "/sys/fs/cgroup/memory", own: "/process_api/b54f" },
      cpu: { version: 1, mount: "/sys/fs/cgroup/cpu,cpuacct", own: "" },
      pids: { version: 1, mount: "/sys/fs/cgroup/pids", own: "" },
    });
  });

  it("with memory in version 1 and the rest in version 2", () => {
    const mountinfo = hybrid.mountinfo.replace(/^3[29] .*\n/gm, "");
    const places = findPlaces(mountinfo, "4:memory:/a\n0::/b\n");
    expect(places.get("memory")?.version).toBe(1);
    expect(places.get("cpu")).toEqual({ version: 2, mount: "/sys/fs/cgroup/unified", own: "/b" });
  });

  it("below a unit of systemd, and in containers that see all of the tree or a part of it", () => {
    expect(findPlaces(unit.mountinfo, unit.cgroup).get("memory")?.own).toBe("/system.slice/pave.service");
    const inPart = unit.mountinfo.replace(" / /sys", " /docker/abc /sys");
    expect(findPlaces(inPart, "0::/docker/abc\n").get("memory")?.own).toBe("");
    expect(findPlaces(inPart, "0::/docker/abc/x\n").get("memory")?.own).toBe("/x");
    expect(findPlaces(inPart, "0::/../other\n").get("memory")?.own).toBe("");
  });

  it("nowhere on a system without control groups", () => {
    expect(findPlaces("23 1 8:1 / / rw - ext4 /dev/sda1 rw", "").size).toBe(0);
  });
});

it("makes groups below the own one in version 1, and above it in version 2", () => {
  expect(parentsOf({ version: 1, mount: "/m", own: "/a/b" })).toEqual(["/m/a/b"]);
  expect(parentsOf({ version: 1, mount: "/m", own: "" })).toEqual(["/m"]);
  expect(parentsOf({ version: 2, mount: "/m", own: "/a/b/c" })).toEqual(["/m/a/b", "/m/a", "/m"]);
  expect(parentsOf({ version: 2, mount: "/m", own: "" })).toEqual(["/m"]);
});

describe("the files of limits", () => {
  const limits = { memoryBytes: 2 ** 30, cpus: 1.5, processes: 512 };
  const all = (version: 1 | 2, given = limits) =>
    (["memory", "cpu", "pids"] as const).flatMap((controller) =>
      limitFiles(controller, version, given).map(({ file, text }) => `${file} ${text}`),
    );

  it("of version 1", () => {
    expect(all(1)).toEqual([
      "memory.limit_in_bytes 1073741824",
      "memory.memsw.limit_in_bytes 1073741824",
      "cpu.shares 1536",
      "cpu.cfs_period_us 100000",
      "cpu.cfs_quota_us 150000",
      "cpu.cfs_burst_us 150000",
      "pids.max 512",
    ]);
  });

  it("of version 2, where memory ends all of a step and nothing of it is swapped out", () => {
    expect(all(2)).toEqual([
      "memory.max 1073741824",
      "memory.swap.max 0",
      "memory.oom.group 1",
      "cpu.weight 150",
      "cpu.max 150000 100000",
      "cpu.max.burst 150000",
      "pids.max 512",
    ]);
  });

  it("of a step that asks for nothing: a fair share, and what is idle", () => {
    const nothing = { memoryBytes: null, cpus: null, processes: null };
    expect(limitFiles("cpu", 1, nothing).map(({ text }) => text)).toEqual(["1024"]);
    expect(limitFiles("cpu", 2, nothing).map(({ text }) => text)).toEqual(["100"]);
    expect(limitFiles("memory", 1, nothing)).toEqual([]);
    expect(limitFiles("pids", 2, nothing)).toEqual([]);
  });
});

it("keeps memory for the platform: a tenth, at least 1 GiB, at most half", () => {
  const gib = 2 ** 30;
  expect(memoryForSteps(64 * gib)).toBe(Math.floor(64 * gib * 0.9));
  expect(memoryForSteps(4 * gib)).toBe(3 * gib);
  expect(memoryForSteps(gib)).toBe(gib / 2);
});

it("gives a step of many processors more processes", () => {
  expect([null, 2, 8, 32].map(processesFor)).toEqual([512, 512, 512, 2048]);
});
