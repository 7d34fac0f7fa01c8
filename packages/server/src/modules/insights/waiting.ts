import type { Waiting } from "@pave/contract";
import type { Ctx } from "../../db/context.ts";
import { must } from "../../kernel/pave-error.ts";
import { planHref } from "./event-text.ts";
import { findWaiting, type WaitingRow, type WaitingScope } from "./waiting-store.ts";

/** What a person has to see to, the most urgent first, and among those the newest. */
export async function listWaiting(ctx: Ctx, scope: WaitingScope): Promise<Waiting[]> {
  return (await findWaiting(ctx, scope)).toSorted((a, b) => urgencyOf(a) - urgencyOf(b)).map(toWaiting);
}

/** Whoever is paged comes first; then what others wait for, then what only gets no better. */
function urgencyOf({ source, state }: WaitingRow): number {
  if (source === "alert") return state === "page" ? 0 : 3;
  if (source === "review") return 1;
  if (source === "plan") return state === "blocked" ? 5 : 1;
  return source === "rollout" ? 2 : 4;
}

function toWaiting(row: WaitingRow): Waiting {
  return { ...wordsOf(row), project: row.project, at: row.at.toISOString() };
}

type Words = Pick<Waiting, "kind" | "title" | "detail" | "href" | "command">;

function wordsOf(row: WaitingRow): Words {
  const { source, project, number, state, environment, title, reason } = row;
  const command = (line: string) => `pave ${line}${project === null ? " --platform" : ` --project ${project}`}`;
  switch (source) {
    case "plan":
      return {
        kind: state === "blocked" ? "blocked-plan" : "approval",
        title: title ?? "",
        detail: planDetail(state, environment ?? ""),
        href: planHref(project, number),
        command: command(`plans show ${number}`),
      };
    case "run":
      return {
        kind: "failed-run",
        title: `Run ${number} of ${title} failed`,
        detail: reason ?? "",
        href: `/projects/${project}/runs/${number}`,
        command: command(`runs show ${number}`),
      };
    case "alert":
      return {
        kind: "alert",
        title: title ?? "",
        detail: reason ?? "",
        href: `/projects/${project}/monitoring/alerts/${number}`,
        command: command(`alerts show ${number}`),
      };
    case "review":
      return {
        kind: "review",
        title: `${title} version ${number}`,
        detail: `is to be reviewed for ${environment}`,
        href: `/projects/${project}/models/${encodeURIComponent(title ?? "")}/versions/${number}`,
        command: command(`reviews show ${title}@${number}`),
      };
    case "rollout":
      return rolloutWords(row, command);
  }
}

function planDetail(state: string, environment: string): string {
  if (state === "open") return `waits for an approval in ${environment}`;
  if (state === "stale") return "went stale: compute it again";
  return state === "ready" ? `is ready to be applied in ${environment}` : "is blocked by a gate";
}

function rolloutWords(row: WaitingRow, command: (line: string) => string): Words {
  const { project, number, title, reason } = row;
  const [environment, deployment] = [must(row.environment, "an environment"), must(row.deployment, "a deployment")];
  return {
    kind: "paused-rollout",
    title: `${environment}/${deployment}: the rollout of version ${title} is paused`,
    detail: `no verdict: ${reason}`,
    href: `/projects/${project}/deployments/${environment}/${deployment}/rollouts/${number}`,
    command: command(`rollouts show ${environment} ${number} --deployment ${deployment}`),
  };
}
