import type { RolloutDetail } from "@pave/contract";
import { Link, useParams } from "@tanstack/react-router";
import layout from "../../ui/layout.module.css";
import { Page } from "../../ui/page.tsx";
import { Pill } from "../../ui/pill.tsx";
import { QueryView } from "../../ui/query-view.tsx";
import { StateBadge } from "../../ui/state-badge.tsx";
import { TimeAgo } from "../../ui/time-ago.tsx";
import { Moves } from "./moves.tsx";
import { Outcome } from "./outcome.tsx";
import { Settings } from "./settings.tsx";
import { StepTrack } from "./step-track.tsx";
import { StepView } from "./step-view.tsx";
import { useRolloutQuery } from "./use-rollout-query.ts";

/** How does the new release do, and what happens next? */
export function RolloutPage() {
  const params = useParams({ from: "/shell/projects/$project/deployments/$environment/$deployment/rollouts/$rollout" });
  const { project, environment, deployment } = params;
  const query = useRolloutQuery({ ...params, rollout: Number(params.rollout) });
  return (
    <Page
      title={`Rollout ${params.rollout}`}
      crumbs={[
        { label: "Projects", to: "/projects" },
        { label: project, to: `/projects/${project}` },
        { label: environment },
        { label: deployment, to: `/projects/${project}/deployments/${environment}/${deployment}` },
        { label: `Rollout ${params.rollout}` },
      ]}
      state={
        <>
          <Pill>{environment}</Pill>
          {query.data ? <StateBadge state={query.data.state} /> : null}
        </>
      }
      actions={query.data ? <Moves rollout={query.data} /> : null}
      subtitle={query.data ? <Subtitle rollout={query.data} /> : "\u00a0"}
    >
      <QueryView query={query} rows={12}>
        {(data) => <RolloutView rollout={data} />}
      </QueryView>
    </Page>
  );
}

function Subtitle({ rollout }: { rollout: RolloutDetail }) {
  const { project, model, modelVersion, release, stable, startedAt, plan } = rollout;
  return (
    <>
      {model} version {modelVersion} (release {release})
      {stable ? ` beside version ${stable.modelVersion} (release ${stable.release})` : ""}, begun{" "}
      <TimeAgo at={startedAt} />
      {plan === null ? null : (
        <>
          {" by "}
          <Link className="link" to="/projects/$project/plans/$plan" params={{ project, plan: String(plan) }}>
            plan {plan}
          </Link>
        </>
      )}
    </>
  );
}

function RolloutView({ rollout }: { rollout: RolloutDetail }) {
  const begun = rollout.steps.filter(({ analysis }) => analysis !== null).reverse();
  return (
    <>
      <Outcome rollout={rollout} />
      {rollout.settings ? (
        <div className={layout.columns}>
          <div className={layout.stack}>
            <StepTrack rollout={rollout} />
            {begun.map((step) => (
              <StepView key={step.number} step={step} rollout={rollout} />
            ))}
          </div>
          <div className={`${layout.stack} ${layout.sticky}`}>
            <Settings settings={rollout.settings} />
          </div>
        </div>
      ) : null}
    </>
  );
}
