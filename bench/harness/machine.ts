import { readFileSync } from "node:fs";
import { availableParallelism, cpus, loadavg, totalmem } from "node:os";

/** Where figures come from, in one line; a load before the bench that is no idle machine's makes them upper bounds. */
export function describeMachine(): string {
  const model = (cpus()[0]?.model ?? "unknown").replaceAll(/\s+/g, " ").trim();
  const system = /^PRETTY_NAME="?([^"\n]+)/m.exec(read("/etc/os-release"))?.[1] ?? process.platform;
  const load = (loadavg()[0] ?? 0).toFixed(1);
  const memory = (totalmem() / 2 ** 30).toFixed(0);
  return `${availableParallelism()} processors (${model}), ${memory} GiB, ${system}, Node ${process.versions.node}, load ${load} before`;
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
