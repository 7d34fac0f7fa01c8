import type { AttemptReason } from "@pave/contract";
import type { WorkResult } from "../../jobs/index.ts";
import type { StepDefinition } from "./step-definition.ts";

/** What people read about a failed attempt: what the step itself said, or else what is known. */
export function failureText(
  reason: AttemptReason,
  result: Pick<WorkResult, "message" | "exitCode" | "signal">,
  definition: StepDefinition,
): string {
  const told = result.message?.trim();
  return told !== undefined && told !== "" ? told : describe(reason, result, definition);
}

function describe(
  reason: AttemptReason,
  result: Pick<WorkResult, "exitCode" | "signal">,
  definition: StepDefinition,
): string {
  const limits = definition.kind === "command" ? definition.limits : null;
  switch (reason) {
    case "exit":
      return `it ended with exit code ${result.exitCode ?? "unknown"} and said nothing; see its log`;
    case "killed":
      return `it was killed by ${result.signal ?? "a signal"}`;
    case "oom":
      return `it needed more memory than ${limits?.memoryBytes ? `its limit of ${inUnits(limits.memoryBytes)}` : "there is"}; raise limits.memory, or read less at once`;
    case "disk":
      return "it took more disk than a step may; write less, or raise PAVE_STEP_DISK of the runner";
    case "timeout":
      return `it ran longer than its limit${limits ? ` of ${limits.timeoutMs / 1000} s` : ""}; raise \`timeout\`, or do less`;
    case "no-output":
      return "it wrote no output";
    case "invalid-output":
      return "what it wrote is not what its component declares";
    case "environment":
      return "its Python environment could not be used";
    case "infra":
      return "the platform failed, not the step";
    case "cancelled":
      return "it was cancelled";
  }
}

const inUnits = (bytes: number): string =>
  bytes >= 2 ** 30 ? `${+(bytes / 2 ** 30).toFixed(1)} GiB` : `${Math.round(bytes / 2 ** 20)} MiB`;
