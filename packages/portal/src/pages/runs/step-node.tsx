import type { RunStep } from "@pave/contract";
import { toneOf, wordOf } from "../../lib/status.ts";
import { StateBadge } from "../../ui/state-badge.tsx";
import { Elapsed } from "../../ui/time-ago.tsx";
import classes from "./step-node.module.css";

export function StepNode({ step, isSelected, onSelect }: { step: RunStep; isSelected: boolean; onSelect: () => void }) {
  return (
    <button
      type="button"
      className={classes.node}
      data-tone={toneOf(step.state)}
      data-selected={isSelected || undefined}
      aria-pressed={isSelected}
      aria-label={`Step ${step.name}: ${step.cached ? `from the cache of run ${step.cached.run}` : wordOf(step.state)}`}
      onClick={onSelect}
    >
      <span className={classes.row}>
        <StateBadge state={step.state} compact />
        <span className={classes.name} title={step.name}>
          {step.name}
        </span>
      </span>
      <span className={classes.row}>
        <span className={classes.detail} title={detailOf(step)}>
          {detailOf(step)}
        </span>
        <span className={classes.time}>
          {step.cached || step.startedAt === null ? null : <Elapsed from={step.startedAt} to={step.finishedAt} />}
        </span>
      </span>
      {step.state === "running" ? <span className={classes.progress} aria-hidden /> : null}
    </button>
  );
}

function detailOf(step: RunStep): string {
  if (step.cached) return `from cache of run ${step.cached.run}`;
  const tries = step.attempts.length > 1 ? `, attempt ${step.attempts.length}` : "";
  if (step.state === "pending") return `waits for ${step.needs.join(", ") || "its turn"}`;
  if (step.state === "skipped") return "a step before it failed";
  return `${step.kind === "command" ? step.uses : step.kind}${tries}`;
}
