import { residentBytes } from "../../harness/process-tree.ts";
import { median } from "../../harness/statistics.ts";

export interface MemoryWatch {
  /** Medians of the first and of the last third, without the tenth in which a server gets warm. */
  stop(): {
    readonly samples: number;
    readonly firstBytes: number;
    readonly lastBytes: number;
    readonly peakBytes: number;
  };
}

/** Looks once a second what a process has resident. */
export function watchMemory(pid: number): MemoryWatch {
  const samples: number[] = [];
  const timer = setInterval(() => void residentBytes(pid).then(({ now }) => samples.push(now)), 1000);
  return {
    stop() {
      clearInterval(timer);
      const warm = samples.slice(Math.floor(samples.length / 10));
      const third = Math.max(1, Math.floor(warm.length / 3));
      return {
        samples: samples.length,
        firstBytes: median(warm.slice(0, third)),
        lastBytes: median(warm.slice(-third)),
        peakBytes: Math.max(...samples),
      };
    },
  };
}
