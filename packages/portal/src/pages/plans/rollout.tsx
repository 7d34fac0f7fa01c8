import { counted, type Deployment, type Plan } from "@pave/contract";
import { Link } from "@tanstack/react-router";
import { percent } from "../../lib/format.ts";
import { Callout } from "../../ui/callout.tsx";
import { Meter } from "../../ui/meter.tsx";
import { useDeploymentsQuery } from "../project/use-deployments-query.ts";
import { RolloutLink } from "../rollouts/rollout-link.tsx";

/** What happens once the plan is applied: how many of its actions are done, and where the traffic is. */
export function Rollout({ plan }: { plan: Plan }) {
  const isOver = plan.state === "failed" && plan.release === null;
  if (isOver || !["applying", "applied", "failed"].includes(plan.state)) return null;
  return plan.project === null ? (
    <ProgressView plan={plan} deployment={undefined} />
  ) : (
    <RolloutView plan={plan} project={plan.project} />
  );
}

function RolloutView({ plan, project }: { plan: Plan; project: string }) {
  const deployments = useDeploymentsQuery(project);
  return (
    <ProgressView
      plan={plan}
      deployment={deployments.data?.items.find(({ id }) => id === plan.release?.deploymentId)}
    />
  );
}

function ProgressView({ plan, deployment }: { plan: Plan; deployment: Deployment | undefined }) {
  const done = plan.actions.filter(({ state }) => state === "applied").length;
  const now = plan.actions.find(({ state }) => state === "applying");
  const isDone = plan.state === "applied";
  const isFailed = plan.state === "failed";
  const rollout = deployment?.rollout?.release === plan.release?.number ? deployment?.rollout : undefined;
  // how a plan failed stands above; here is only the way to what was seen
  if (isFailed && (!deployment || !rollout)) return null;
  return (
    <Callout
      tone={isDone ? "good" : isFailed ? "bad" : "busy"}
      title={
        isDone
          ? "Applied"
          : isFailed
            ? `Rollout ${rollout?.number}: ${rollout?.state}`
            : (now?.title ?? "Being applied")
      }
      actions={
        deployment && rollout ? (
          <RolloutLink deployment={deployment} rollout={rollout.number} />
        ) : deployment ? (
          <Link
            className="link"
            style={{ fontWeight: 600 }}
            to="/projects/$project/deployments/$environment/$deployment"
            params={{ project: deployment.project, environment: deployment.environment, deployment: deployment.name }}
          >
            See the deployment
          </Link>
        ) : null
      }
    >
      {isDone || isFailed ? null : (
        <Meter value={plan.actions.length === 0 ? 0 : done / plan.actions.length} label="Actions applied" />
      )}
      <div>
        {isDone && done === plan.actions.length
          ? `${counted(done, "action")} done`
          : `${done} of ${counted(plan.actions.length, "action")} done`}
        {trafficText(plan, deployment)}
      </div>
    </Callout>
  );
}

/** Where the traffic is, as far as this plan's release has to do with it. */
function trafficText(plan: Plan, deployment: Deployment | undefined): string {
  if (!plan.release || !deployment) return ".";
  const { number } = plan.release;
  if (deployment.rollout?.release === number) {
    const weights = deployment.weights.map(
      ({ modelVersion, weight }) => `version ${modelVersion} has ${percent(weight / 100, 0)}`,
    );
    if (deployment.rollout.state === "completed") return `. Release ${number} has all of the traffic.`;
    return `. Release ${number}: ${rolloutWords[deployment.rollout.state]}. Of the traffic, ${weights.join(", ")}.`;
  }
  if (deployment.active && deployment.active.number !== number)
    return `. Release ${deployment.active.number} (version ${deployment.active.modelVersion}) is live today.`;
  return ".";
}

const rolloutWords: Record<NonNullable<Deployment["rollout"]>["state"], string> = {
  preparing: "the gateway loads the model",
  stepping: "a canary",
  paused: "a canary, paused",
  shifting: "traffic moves over",
  completed: "all traffic is on it",
  aborted: "aborted",
  failed: "failed",
};
