import type { Metrics, RunState } from "@pave/contract";
import type { Ctx } from "../../db/context.ts";
import { PaveError } from "../../kernel/pave-error.ts";

export interface RunResult {
  readonly id: string;
  readonly number: number;
  readonly state: RunState;
  /** What people read about its end. */
  readonly message: string | null;
  /** By step. */
  readonly steps: Readonly<
    Record<string, { readonly metrics: Metrics; readonly outputs: Readonly<Record<string, string>> }>
  >;
}

/** What came out of a run, for those who started it; metrics and outputs are of the steps that succeeded so far. */
export async function runResult(ctx: Ctx, runId: string): Promise<RunResult> {
  const rows = await ctx.db
    .selectFrom("runs as r")
    .innerJoin("steps as s", "s.run_id", "r.id")
    .select([
      "r.id as id",
      "r.number as number",
      "r.state as state",
      "r.failure as message",
      "s.name as step",
      "s.metrics as metrics",
      "s.outputs as outputs",
    ])
    .where("r.id", "=", runId)
    .orderBy("s.position")
    .execute();
  const first = rows[0];
  if (!first) throw new PaveError("run.not_found", `There is no run ${runId}`);
  const steps = rows.map(
    (row) => [row.step, { metrics: row.metrics as Metrics, outputs: row.outputs as Record<string, string> }] as const,
  );
  return {
    id: first.id,
    number: first.number,
    state: first.state,
    message: first.message,
    steps: Object.fromEntries(steps),
  };
}
