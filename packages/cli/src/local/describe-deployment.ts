import { type DeploymentDetail, isolationText, type RolloutDetail } from "@pave/contract";
import { ago, colors, facts, state, table } from "../output.ts";
import { describeRollout } from "./describe-rollout.ts";

export function describeDeployment(detail: DeploymentDetail, rollout?: RolloutDetail): string {
  const { now } = detail;
  const rows = detail.releases.map((release) => [
    release.number,
    state(release.state),
    `${release.model} ${release.modelVersion}`,
    `plan ${release.plan.number}`,
    ago(release.createdAt),
    release.message ?? "",
  ]);
  return [
    `${colors.bold(`${detail.project} ${detail.environment}/${detail.name}`)}  ${state(detail.health)}  ${detail.healthReason}`,
    facts([
      [
        "model",
        detail.active
          ? `${detail.active.model} version ${detail.active.modelVersion} (release ${detail.active.number})`
          : "none",
      ],
      [
        "traffic",
        `${now.requestsPerMinute.toFixed(1)} requests/min, ${(now.errorRate * 100).toFixed(2)} % errors, p99 ${now.p99Ms === null ? "–" : `${now.p99Ms.toFixed(1)} ms`}`,
      ],
      [
        "rollback",
        detail.rollback.allowed
          ? `to version ${detail.rollback.toModelVersion ?? ""}`
          : (detail.rollback.reason ?? "not possible"),
      ],
      ...(detail.isolation ? [["process", isolationText(detail.isolation)] as [string, string]] : []),
      ["url", detail.url],
    ]),
    ...(rollout?.kind === "canary" ? [describeRollout(rollout)] : []),
    table(["release", "state", "model", "from", "when", "note"], rows, "no releases"),
    `\n${detail.curl}`,
  ].join("\n");
}
