import type { Deployment } from "@pave/contract";
import { Link } from "@tanstack/react-router";

/** To the page of one rollout, from wherever it is spoken of. */
export function RolloutLink({
  deployment: { project, environment, name },
  rollout,
}: {
  deployment: Pick<Deployment, "project" | "environment" | "name">;
  rollout: number;
}) {
  return (
    <Link
      className="link"
      style={{ fontWeight: 600 }}
      to="/projects/$project/deployments/$environment/$deployment/rollouts/$rollout"
      params={{ project, environment, deployment: name, rollout: String(rollout) }}
    >
      See the rollout
    </Link>
  );
}
