import { version } from "../version.ts";
import type { MetricFamily } from "./metric-family.ts";

/** This process's own use of the machine, under the names that every dashboard knows. */
export function processMetrics(role: "api" | "gateway"): MetricFamily[] {
  const { user, system } = process.cpuUsage();
  return [
    {
      name: "pave_build_info",
      type: "gauge",
      help: "The version that runs, and as what.",
      samples: [{ labels: { version, role }, value: 1 }],
    },
    {
      name: "process_cpu_seconds_total",
      type: "counter",
      help: "CPU time of this process.",
      samples: [{ value: (user + system) / 1e6 }],
    },
    {
      name: "process_resident_memory_bytes",
      type: "gauge",
      help: "Resident memory of this process.",
      samples: [{ value: process.memoryUsage.rss() }],
    },
    {
      name: "process_start_time_seconds",
      type: "gauge",
      help: "When this process started, in seconds since 1970.",
      samples: [{ value: Math.round(performance.timeOrigin) / 1000 }],
    },
  ];
}
