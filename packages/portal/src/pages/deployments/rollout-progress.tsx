import type { DeploymentDetail } from "@pave/contract";
import { percent } from "../../lib/format.ts";
import type { Tone } from "../../lib/status.ts";
import { Callout } from "../../ui/callout.tsx";
import { RolloutLink } from "../rollouts/rollout-link.tsx";

/** A release that is on its way, or one that did not make it. */
export function RolloutProgress({ deployment }: { deployment: DeploymentDetail }) {
  const { rollout } = deployment;
  if (!rollout || rollout.state === "completed") return null;
  const { tone, title, more } = wordsOf(deployment, rollout);
  return (
    <Callout tone={tone} title={title} actions={<RolloutLink deployment={deployment} rollout={rollout.number} />}>
      {more}
    </Callout>
  );
}

function wordsOf(
  { weights }: DeploymentDetail,
  { state, kind, release, step, message }: NonNullable<DeploymentDetail["rollout"]>,
): { tone: Tone; title: string; more: string } {
  const shares = weights
    .map(({ modelVersion, weight }) => `version ${modelVersion}: ${percent(weight / 100, 0)}`)
    .join(", ");
  if (state === "failed" || state === "aborted")
    return {
      tone: "bad",
      title: `${kind === "rollback" ? "The rollback to" : "The rollout of"} release ${release} ${state === "failed" ? "failed" : "was aborted"}`,
      more: `${message ?? ""}\nTraffic ${state === "failed" ? "stayed with" : "is back on"} what ran before.`,
    };
  const title = `Release ${release} is rolling out`;
  if (state === "preparing")
    return { tone: "busy", title, more: "The gateway loads the model. Traffic moves when it is ready." };
  const at = step ? `, step ${step.number} of ${step.of}` : "";
  if (state === "paused") return { tone: "warn", title: `${title}${at}: paused`, more: message ?? shares };
  return { tone: "busy", title: `${title}${at}`, more: shares };
}
