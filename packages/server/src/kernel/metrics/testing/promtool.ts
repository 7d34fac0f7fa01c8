import { execFile } from "node:child_process";

export interface Promtool {
  readonly isThere: boolean;
  run(args: readonly string[], input?: string): Promise<{ readonly code: number; readonly said: string }>;
}

/** Prometheus' own tool at this path; `npm test` names it in PAVE_TEST_PROMTOOL where the machine has it. */
export function promtoolAt(path: string | undefined): Promtool {
  if (!path)
    console.log("metrics against Prometheus: skipped, PAVE_TEST_PROMTOOL names no promtool (npm test sets it)");
  return {
    isThere: path !== undefined,
    run: (args, input = "") =>
      new Promise((resolve, reject) => {
        const child = execFile(path ?? "promtool", args, (error, stdout, stderr) => {
          if (error && typeof error.code !== "number") return reject(error);
          resolve({ code: typeof error?.code === "number" ? error.code : 0, said: `${stdout}${stderr}`.trim() });
        });
        child.stdin?.end(input);
      }),
  };
}

/** The value of one series of an exposition; its labels as they are written there. */
export function seriesValue(text: string, series: string): number | undefined {
  const line = text.split("\n").find((one) => one.startsWith(`${series} `));
  return line === undefined ? undefined : Number(line.slice(series.length + 1));
}
