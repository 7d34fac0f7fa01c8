import { gramsText, type Run } from "@pave/contract";
import { bytes, duration, energy, metric, spaced } from "../../lib/format.ts";
import { Figures } from "../../ui/facts.tsx";
import { Meter } from "../../ui/meter.tsx";
import { Elapsed, TimeAgo } from "../../ui/time-ago.tsx";

/** How far it is, how long it takes and what it used. */
export function RunFigures({ run }: { run: Run }) {
  const { steps, usage } = run;
  const auc = run.metrics.roc_auc;
  const tone =
    run.state === "failed" ? "bad" : run.state === "succeeded" ? "good" : run.state === "cancelled" ? "idle" : "busy";
  return (
    <Figures
      figures={[
        {
          label: "Steps",
          value: `${steps.done} of ${steps.total}`,
          context: <Meter value={steps.total === 0 ? 0 : steps.done / steps.total} label="Steps done" tone={tone} />,
        },
        {
          label: "Took",
          value: <Elapsed from={run.startedAt} to={run.finishedAt} />,
          context: (
            <>
              started <TimeAgo at={run.startedAt} />
            </>
          ),
        },
        { label: "From cache", value: `${steps.cached}`, context: `of ${steps.total} steps` },
        ...(auc === undefined ? [] : [{ label: spaced("ROC_AUC"), value: metric(auc), context: "on the test set" }]),
        { label: "CPU time", value: duration(usage?.cpuSeconds), context: "all attempts" },
        { label: "Peak memory", value: bytes(usage?.peakMemoryBytes), context: "largest step" },
        {
          label: "Energy",
          value: usage ? energy(usage.energyJoules) : "–",
          context: (
            <span title={usage?.energyMethod}>
              {usage ? `${gramsText(usage.gramsCo2e)} CO₂e, modelled` : "modelled"}
            </span>
          ),
        },
      ]}
    />
  );
}
