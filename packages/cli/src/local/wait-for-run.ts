import { setTimeout as delay } from "node:timers/promises";
import { type Client, counted, type Run, type RunStep } from "@pave/contract";
import { CliError, type CommandContext, exitCodes, type Result } from "../command.ts";
import { colors, metric, seconds, state, table } from "../output.ts";

const open = new Set(["queued", "running"]);

/** Follows a run to its end, a line a step. Interrupting leaves the run going. */
export async function waitForRun(client: Client, started: Run, context: CommandContext): Promise<Run> {
  const told = new Set<string>();
  const progress = context.output.progress(`Run ${started.number} of ${started.project}`);
  let run = started;
  for (;;) {
    for (const step of run.graph) {
      if (told.has(step.id) || !["succeeded", "failed", "skipped", "cancelled"].includes(step.state)) continue;
      told.add(step.id);
      context.output.note(`  ${stepLine(step)}`);
    }
    if (!open.has(run.state)) break;
    const now = run.graph.filter((step) => step.state === "running").map((step) => step.name);
    progress.update(
      `Run ${run.number}: ${now.length > 0 ? now.join(", ") : run.pythonEnvironment?.state === "building" ? "making the Python environment" : run.state}`,
    );
    if (context.signal.aborted) {
      progress.stop();
      throw new CliError(`Run ${run.number} goes on without this terminal`, {
        fix: `Look with \`pave runs show ${run.number}\`, stop it with \`pave runs cancel ${run.number}\`.`,
        exitCode: exitCodes.interrupted,
      });
    }
    await delay(300);
    run = await client.getRun({ params: { project: run.project, run: run.number } });
  }
  const took = seconds(run.startedAt, run.finishedAt);
  if (run.state === "succeeded") progress.done(`Run ${run.number} succeeded in ${took}`);
  else progress.fail(`Run ${run.number} ${run.state} after ${took}`);
  return run;
}

function stepLine(step: RunStep): string {
  const mark =
    { succeeded: colors.green("✔"), failed: colors.red("✖") }[step.state as "succeeded" | "failed"] ?? colors.dim("–");
  const detail = step.cached
    ? colors.dim(`cached from run ${step.cached.run}`)
    : step.state === "succeeded"
      ? seconds(step.startedAt, step.finishedAt)
      : step.state === "failed"
        ? `failed after ${seconds(step.startedAt, step.finishedAt)}`
        : (step.message ?? step.state);
  return `${mark} ${step.name}  ${detail}`;
}

export function runResult(run: Run): Result {
  return {
    data: run,
    text: describeRun(run),
    exitCode: run.state === "succeeded" ? exitCodes.ok : open.has(run.state) ? exitCodes.ok : exitCodes.failed,
  };
}

/** What the end of the run says anyway is not said in the table too. */
function noteOf(step: RunStep, run: Run): string {
  if (step.state === "failed" && /^step ([\w-]+)/.exec(run.message ?? "")?.[1] === step.name) return "see below";
  return (step.message ?? step.cacheMiss ?? "").split("\n").at(-1) ?? "";
}

const oneLine = (text: string): string => {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length > 100 ? `${line.slice(0, 99)}…` : line;
};

export function describeRun(run: Run): string {
  const rows = run.graph.map((step) => [
    step.name,
    state(step.state),
    step.cached ? `run ${step.cached.run}` : "",
    step.cached ? "" : seconds(step.startedAt, step.finishedAt),
    noteOf(step, run),
  ]);
  const failed = run.graph.find((step) => step.state === "failed" && step.attempts.length > 0);
  const left = failed?.attempts.at(-1)?.reports.flatMap(({ files }) => files.map(({ path }) => path)) ?? [];
  const metrics = Object.entries(run.metrics).map(([name, value]) => `${name} ${metric(value)}`);
  return [
    `${colors.bold(`${run.project} run ${run.number}`)}  ${state(run.state)}  ${run.pipeline}, revision ${run.revision.number}`,
    table(["step", "state", "cached", "took", "note"], rows, "no steps"),
    metrics.length > 0 ? `metrics: ${metrics.join(" · ")}` : "",
    ...run.datasets.map(
      ({ step, connection, environment, query, path, rows }) =>
        `${step} read ${counted(rows, "row")} through ${connection}${environment ? ` of ${environment}` : ""}: ${oneLine(query ?? path ?? "")}`,
    ),
    run.models.length > 0
      ? `registered: ${run.models.map((model) => `${model.name} version ${model.version}`).join(", ")}`
      : "",
    run.message ? `${run.state === "failed" ? colors.red(run.message) : run.message}` : "",
    left.length > 0 ? colors.dim(`  It left ${left.slice(0, 5).join(", ")} to read: on the page of the run`) : "",
    failed ? colors.dim(`  Its whole log: pave runs logs ${run.number} ${failed.name}`) : "",
  ]
    .filter(Boolean)
    .join("\n");
}
