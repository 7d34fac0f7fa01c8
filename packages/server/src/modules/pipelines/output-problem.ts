import type { AttemptReason, OutputManifest } from "@pave/contract";
import type { OutputPortDefinition } from "./step-definition.ts";

/** A component may always leave a report, declared or not. */
const freePort = "report";

export interface OutputProblem {
  readonly reason: Extract<AttemptReason, "no-output" | "invalid-output">;
  readonly message: string;
}

/** What is wrong with the outputs of an attempt that says it succeeded, in words; undefined when nothing is. */
export function outputProblem(
  declared: Readonly<Record<string, OutputPortDefinition>>,
  written: readonly Pick<OutputManifest, "port" | "type" | "format" | "files">[],
): OutputProblem | undefined {
  const byPort = new Map(written.map((output) => [output.port, output]));
  for (const [port, { required, type }] of Object.entries(declared)) {
    if (!required || (byPort.get(port)?.files.length ?? 0) > 0) continue;
    const expected = type === "metrics" ? `the file ${port}.json` : `a file ${port}.<format> or a folder ${port}/`;
    return {
      reason: "no-output",
      message: `the output ${port} is missing: expected ${expected} in PAVE_OUTPUT, found nothing`,
    };
  }
  for (const output of byPort.values()) {
    const message = mismatch(declared, output);
    if (message !== undefined) return { reason: "invalid-output", message: `the output ${output.port}: ${message}` };
  }
  return undefined;
}

function mismatch(
  declared: Readonly<Record<string, OutputPortDefinition>>,
  output: Pick<OutputManifest, "port" | "type" | "format">,
): string | undefined {
  const port = declared[output.port];
  if (!port) {
    const known = Object.keys(declared).join(", ") || "none";
    const isFree = output.port === freePort && output.type === "report";
    return isFree ? undefined : `the component declares no such output; it declares ${known}`;
  }
  if (port.type !== output.type) return `expected type ${port.type}, found ${output.type}`;
  if (port.formats === null || output.format === null || port.formats.includes(output.format)) return undefined;
  return `expected format ${port.formats.join(" or ")}, found ${output.format}`;
}
