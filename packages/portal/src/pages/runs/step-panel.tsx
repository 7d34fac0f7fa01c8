import { Tabs } from "@mantine/core";
import type { Run, RunStep } from "@pave/contract";
import { Card } from "../../ui/card.tsx";
import { StateBadge } from "../../ui/state-badge.tsx";
import { StepArtifacts } from "./step-artifacts.tsx";
import { StepAttempts } from "./step-attempts.tsx";
import { StepCache } from "./step-cache.tsx";
import { StepLog } from "./step-log.tsx";
import { StepMetrics } from "./step-metrics.tsx";
import classes from "./step-panel.module.css";
import { StepParams } from "./step-params.tsx";

const tabs = [
  { value: "log", title: "Log" },
  { value: "artifacts", title: "Inputs & outputs" },
  { value: "params", title: "Params" },
  { value: "metrics", title: "Metrics" },
  { value: "attempts", title: "Attempts" },
] as const;

/** All about one step. */
export function StepPanel({
  run,
  step,
  tab,
  onTab,
}: {
  run: Run;
  step: RunStep;
  tab: string;
  onTab: (tab: string) => void;
}) {
  const active = tabs.some(({ value }) => value === tab) ? tab : "log";
  return (
    <Card
      title={
        <span className={classes.title}>
          {step.name} <span className={classes.uses}>{step.uses}</span>
        </span>
      }
      aside={<StateBadge state={step.state} />}
      flush
    >
      <StepCache run={run} step={step} />
      <Tabs value={active} onChange={(value) => onTab(value ?? "log")} keepMounted={false}>
        <Tabs.List px={8}>
          {tabs.map(({ value, title }) => (
            <Tabs.Tab key={value} value={value}>
              {title}
              {value === "attempts" && step.attempts.length > 1 ? ` (${step.attempts.length})` : ""}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="log">
          <StepLog key={step.id} run={run} step={step} />
        </Tabs.Panel>
        <Tabs.Panel value="artifacts" className={classes.panel}>
          <StepArtifacts run={run} step={step} />
        </Tabs.Panel>
        <Tabs.Panel value="params" className={classes.panel}>
          <StepParams step={step} vars={run.vars} />
        </Tabs.Panel>
        <Tabs.Panel value="metrics" className={classes.panel}>
          <StepMetrics step={step} />
        </Tabs.Panel>
        <Tabs.Panel value="attempts" className={classes.panel}>
          <StepAttempts project={run.project} step={step} />
        </Tabs.Panel>
      </Tabs>
    </Card>
  );
}
