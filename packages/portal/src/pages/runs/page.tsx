import type { Run } from "@pave/contract";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { Card } from "../../ui/card.tsx";
import { Page } from "../../ui/page.tsx";
import { QueryView } from "../../ui/query-view.tsx";
import { StateBadge } from "../../ui/state-badge.tsx";
import { Discussion } from "../discussion/discussion.tsx";
import { chooseStep } from "./choose-step.ts";
import { RunActions } from "./run-actions.tsx";
import { RunFigures } from "./run-figures.tsx";
import { RunGraph } from "./run-graph.tsx";
import { RunOutcome } from "./run-outcome.tsx";
import { StepPanel } from "./step-panel.tsx";
import { useRunQuery } from "./use-run-query.ts";

/** What happened, and what to do about a failure? */
export function RunPage() {
  const { project, run } = useParams({ from: "/shell/projects/$project/runs/$run" });
  const query = useRunQuery(project, Number(run));
  return (
    <Page
      title={`Run ${run}`}
      crumbs={[
        { label: "Projects", to: "/projects" },
        { label: project, to: `/projects/${project}` },
        { label: `Run ${run}` },
      ]}
      state={
        query.data ? (
          <StateBadge
            state={query.data.state}
            word={query.data.cancelRequested && query.data.state === "running" ? "cancelling" : undefined}
          />
        ) : null
      }
      subtitle={query.data ? subtitleOf(query.data) : "\u00a0"}
      actions={query.data ? <RunActions run={query.data} /> : null}
    >
      <QueryView query={query} rows={12}>
        {(data) => <RunView run={data} />}
      </QueryView>
    </Page>
  );
}

function subtitleOf(run: Run): string {
  const what = run.kind === "evaluation" ? "Evaluation for a plan" : `Pipeline ${run.pipeline}`;
  const note = run.note ?? run.revision.message;
  return `${what} of revision ${run.revision.number}${note ? ` (${note})` : ""}, started by ${run.requestedBy.name}`;
}

function RunView({ run }: { run: Run }) {
  const search = useSearch({ from: "/shell/projects/$project/runs/$run" });
  const navigate = useNavigate({ from: "/projects/$project/runs/$run" });
  const step = chooseStep(run.graph, search.step);
  return (
    <>
      <RunOutcome run={run} />
      <RunFigures run={run} />
      <Card flush>
        <RunGraph
          steps={run.graph}
          selected={step?.name}
          onSelect={(name) =>
            void navigate({ search: (before) => ({ ...before, step: name }), replace: true, resetScroll: false })
          }
        />
      </Card>
      {step ? (
        <StepPanel
          run={run}
          step={step}
          tab={search.tab ?? "log"}
          onTab={(tab) =>
            void navigate({ search: (before) => ({ ...before, tab }), replace: true, resetScroll: false })
          }
        />
      ) : null}
      <Discussion project={run.project} subject={`run/${run.number}`} />
    </>
  );
}
