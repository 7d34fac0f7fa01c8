import { PaveError } from "../../kernel/pave-error.ts";
import type { DeploymentRow, RolloutRow } from "../serving/index.ts";

/** A deployment has one rollout at a time. */
export function busy({ name, environment }: DeploymentRow, open?: RolloutRow): PaveError {
  const which = open ? `: release ${open.releaseNumber} is ${open.state}` : "";
  const end = open?.kind === "rollback" ? "" : `, or end it with \`pave deployments abort ${environment} ${name}\``;
  return new PaveError(
    "deployment.busy",
    `A rollout of ${name} in ${environment} is on${which}; there is one at a time`,
    {
      fix: `Wait for it to end${end}; see \`pave deployments show\`.`,
    },
  );
}
