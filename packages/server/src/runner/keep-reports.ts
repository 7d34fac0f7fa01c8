import { join } from "node:path";
import type { CommandWork, OutputManifest } from "@pave/contract";
import type { Attempt } from "./attempt/attempt.ts";
import { AttemptError } from "./attempt/attempt-error.ts";
import type { ExitReport } from "./attempt/exit-report.ts";
import { collectOutputs } from "./collect-outputs.ts";
import type { Host } from "./host.ts";
import { uploadOutputs } from "./upload-outputs.ts";

/**
 * Uploads what a step that failed left for people to read, such as its notebook up to the cell that raised. None of its
 * other outputs count. That a report cannot be kept is a line in the log, and never why the attempt failed.
 */
export async function keepReports(
  host: Host,
  attempt: Attempt,
  work: CommandWork,
  listing: NonNullable<ExitReport["outputs"]>,
): Promise<OutputManifest[]> {
  const ports = Object.entries(work.outputs)
    .filter(([, { type }]) => type === "report")
    .map(([port, spec]) => [port, { ...spec, required: false }] as const);
  try {
    const folder = join(attempt.folder.step, "output");
    const { outputs } = await collectOutputs(work.step, Object.fromEntries(ports), folder, listing);
    if (outputs.length === 0) return [];
    attempt.setProgress("uploading");
    const kept = await uploadOutputs(host, attempt, outputs);
    await attempt.log.say(`kept of this failed attempt: ${outputs.map(({ port }) => port).join(", ")}`);
    return kept;
  } catch (error) {
    if (!(error instanceof AttemptError)) throw error;
    await attempt.log.say(`no report of this failed attempt is kept: ${error.message}`);
    return [];
  }
}
