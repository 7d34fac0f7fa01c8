import type { RunStep } from "@pave/contract";
import { FlowGraph } from "../../ui/flow-graph.tsx";
import { StepNode } from "./step-node.tsx";

/** The pipeline as it runs. A box shows its step's state; a click opens the step below. */
export function RunGraph({
  steps,
  selected,
  onSelect,
}: {
  steps: readonly RunStep[];
  selected: string | undefined;
  onSelect: (name: string) => void;
}) {
  const states = new Map(steps.map((step) => [step.name, step.state]));
  return (
    <FlowGraph
      label="Steps of the run"
      nodes={steps.map((step) => ({
        id: step.name,
        width: 214,
        height: 62,
        content: <StepNode step={step} isSelected={step.name === selected} onSelect={() => onSelect(step.name)} />,
      }))}
      edges={steps.flatMap((step) =>
        step.needs.map((need) => ({
          from: need,
          to: step.name,
          tone:
            step.state === "running"
              ? ("busy" as const)
              : states.get(need) === "succeeded" && step.state !== "pending"
                ? ("done" as const)
                : ("idle" as const),
        })),
      )}
    />
  );
}
