import type { RolloutDetail, RolloutStep } from "@pave/contract";
import { IconCheck, IconX } from "@tabler/icons-react";
import { wordOf } from "../../lib/status.ts";
import { useNow } from "../../lib/use-now.ts";
import { Card } from "../../ui/card.tsx";
import { Elapsed } from "../../ui/time-ago.tsx";
import classes from "./step-track.module.css";

/** The shares one after the other: done, on, to come. */
export function StepTrack({ rollout }: { rollout: RolloutDetail }) {
  const { steps, state } = rollout;
  return (
    <Card title="Steps" aside={asideOf(rollout)} flush>
      <ol className={classes.track} aria-label="Steps of the rollout">
        {steps.map((step) => (
          <Step
            key={step.number}
            step={step}
            rollout={rollout}
            isPaused={state === "paused" && step.state === "current"}
          />
        ))}
      </ol>
    </Card>
  );
}

function asideOf({ steps, state }: RolloutDetail): string {
  const weight = state === "aborted" ? 0 : (steps.findLast(({ startedAt }) => startedAt !== null)?.weight ?? 0);
  return `${weight} % of the traffic`;
}

function Step({ step, rollout, isPaused }: { step: RolloutStep; rollout: RolloutDetail; isPaused: boolean }) {
  const state = isPaused ? "paused" : step.state;
  return (
    <li className={classes.step} data-state={state}>
      <div className={classes.head}>
        <span className={classes.mark} aria-hidden>
          {step.state === "done" ? <IconCheck size={13} stroke={2.6} /> : null}
          {step.state === "aborted" ? <IconX size={13} stroke={2.6} /> : null}
        </span>
        <b>{step.weight === 100 ? "All" : `${step.weight} %`}</b>
        <span className={classes.word}>{wordOf(state)}</span>
      </div>
      <Progress step={step} dueAt={rollout.dueAt} />
      <div className={classes.time}>
        {step.startedAt ? <Elapsed from={step.startedAt} to={step.finishedAt} /> : "\u00a0"}
      </div>
    </li>
  );
}

/** How much of its time has passed, while it is on. */
function Progress({ step: { state, startedAt }, dueAt }: { step: RolloutStep; dueAt: string | null }) {
  const isOn = state === "current" && startedAt !== null && dueAt !== null;
  const now = useNow(isOn ? 1000 : null);
  const share = isOn ? (now - Date.parse(startedAt)) / Math.max(1, Date.parse(dueAt) - Date.parse(startedAt)) : 0;
  const width = state === "todo" ? 0 : isOn ? Math.min(1, Math.max(0, share)) : 1;
  return (
    <div className={classes.rail} aria-hidden>
      <span className={classes.bar} style={{ width: `${width * 100}%` }} />
    </div>
  );
}
