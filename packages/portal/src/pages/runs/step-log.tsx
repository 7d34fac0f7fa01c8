import { NativeSelect } from "@mantine/core";
import type { Run, RunStep } from "@pave/contract";
import { useState } from "react";
import { emptyLog } from "../../lib/log-buffer.ts";
import { LogView } from "../../ui/log-view.tsx";
import { ErrorState } from "../../ui/query-view.tsx";
import { useLogQuery } from "./use-log-query.ts";

/** The log of a step's latest attempt, or of an earlier one. */
export function StepLog({ run, step }: { run: Run; step: RunStep }) {
  const [chosen, setChosen] = useState<number>();
  const latest = step.attempts.at(-1)?.number;
  const attempt = chosen ?? latest;
  const query = useLogQuery({ project: run.project, run: run.number, step: step.name, attempt });
  if (query.error && !query.data) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />;
  const numbers = step.attempts.map(({ number }) => number);
  return (
    <LogView
      log={query.data ?? emptyLog}
      name={step.name}
      empty={emptyText(step, query.isPending && attempt !== undefined)}
      aside={
        numbers.length > 1 ? (
          <NativeSelect
            size="xs"
            aria-label="Attempt"
            value={String(attempt)}
            data={numbers.map((number) => ({ value: String(number), label: `attempt ${number}` }))}
            onChange={(event) => setChosen(Number(event.currentTarget.value))}
          />
        ) : null
      }
    />
  );
}

function emptyText(step: RunStep, isLoading: boolean): string {
  if (isLoading) return "Reading the log…";
  if (step.cached) return `Nothing ran: the result was taken from run ${step.cached.run}, whose log has the lines.`;
  if (step.kind !== "command") return "This step is done by the platform itself and writes no log.";
  if (step.state === "pending" || step.state === "ready") return "The log appears here when the step starts.";
  if (step.state === "skipped") return "The step was skipped, so it wrote nothing.";
  return step.state === "running" ? "The step has not written anything yet." : "The step wrote nothing.";
}
