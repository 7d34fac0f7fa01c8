import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Aim, Measured } from "../../harness/result.ts";
import { median } from "../../harness/statistics.ts";
import type { TrackingServer } from "../servers/server.ts";
import type { Case } from "./case.ts";

interface Fits {
  readonly fits: readonly { readonly calls: number; readonly seconds: number; readonly total: number }[];
  /** What the last fit left on the server, read with the client. */
  readonly answer: unknown;
}

/** Runs the script of the stock client against a server. */
export async function runFits(server: TrackingServer, python: string, fits: number): Promise<Fits> {
  const folder = await mkdtemp(join(tmpdir(), "pave-bench-client-"));
  try {
    const { stdout } = await promisify(execFile)(
      python,
      [join(import.meta.dirname, "..", "client", "fit.py"), String(fits)],
      {
        cwd: folder,
        maxBuffer: 2 ** 26,
        env: {
          PATH: process.env.PATH ?? "",
          HOME: folder,
          MLFLOW_TRACKING_URI: server.url,
          MLFLOW_DISABLE_TELEMETRY: "true",
          ...server.environment,
        },
      },
    );
    return JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as Fits;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

export const autolog: Case = {
  name: "autolog",
  async run({ server, python, sizes, answered }) {
    if (sizes.fits === 0) return [];
    const { fits, answer } = await runFits(server, python, sizes.fits);
    answered("a run under autologging", JSON.stringify(answer));
    const of = (metric: string, aim: Aim, values: readonly number[]): Measured => ({
      case: `sklearn autolog fit, ${fits[0]?.calls} calls`,
      metric,
      unit: "s",
      value: median(values),
      better: "lower",
      aim,
    });
    return [
      of(
        "time in calls",
        { times: 3 },
        fits.map(({ seconds }) => seconds),
      ),
      of(
        "whole fit",
        {},
        fits.map(({ total }) => total),
      ),
    ];
  },
};
