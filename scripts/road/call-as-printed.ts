import { spawnSync } from "node:child_process";
import { CommandFailed, parse } from "./pave.ts";

/** Runs the line that the summary prints, in a shell. */
export function callAsPrinted(curl: string): string {
  const { status, stdout, stderr } = spawnSync("sh", ["-c", curl], { encoding: "utf8" });
  if (status === 127) return "there is no curl on this machine, so the printed line was not tried";
  const answer = parse<{ model?: { version: string }; predictions?: { probability: number }[] }>(stdout);
  const probability = answer?.predictions?.[0]?.probability;
  if (status !== 0 || probability === undefined)
    throw new CommandFailed(`the printed curl line ended with code ${status}: ${stderr || stdout}`);
  return `version ${answer?.model?.version ?? "?"}: late with a probability of ${probability.toFixed(3)}`;
}
