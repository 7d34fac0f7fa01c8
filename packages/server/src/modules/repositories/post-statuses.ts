import type { Ctx } from "../../db/context.ts";
import { dropLease, takeLease } from "../../db/leases.ts";
import { messageOf } from "../../kernel/pave-error.ts";
import { dueStatuses, noteStatus, type PushRow, type PushState } from "./push-store.ts";
import type { RepositoriesDeps } from "./repositories-deps.ts";
import { type RepositoryRow, sealContext } from "./repository.ts";
import { findRepository } from "./repository-store.ts";
import { type CommitState, statusRequest } from "./status-request.ts";

const maxAttempts = 12;
const timeoutMs = 10_000;

/** The worker's round: tells hosts how it stands with commits, again and again for about a day where they do not take it. */
export async function postStatuses(deps: RepositoriesDeps, ctx: Ctx, holder: string): Promise<void> {
  const due = await dueStatuses(ctx, 50);
  await Promise.all(due.map((push) => postOne(deps, ctx, push, holder)));
}

async function postOne(deps: RepositoriesDeps, ctx: Ctx, push: PushRow, holder: string): Promise<void> {
  const lease = `push-status/${push.id}`;
  if (!(await takeLease(ctx, lease, holder, 6 * timeoutMs))) return;
  try {
    const repository = await findRepository(ctx, { id: push.repositoryId });
    if (!repository?.accessToken) return await noteStatus(ctx, push, { nextAt: null, error: null });
    const problem = await tell(deps, repository, push);
    if (problem === undefined) return await noteStatus(ctx, push, { nextAt: null, error: null });
    const isLast = push.statusAttempts + 1 >= maxAttempts || problem.isFinal;
    const nextAt = isLast ? null : new Date(ctx.clock.now().getTime() + pauseMs(push.statusAttempts));
    await noteStatus(ctx, push, { nextAt, error: problem.message });
  } finally {
    await dropLease(ctx, lease, holder);
  }
}

/** 10 s, 20 s, … at most four hours: twelve of them are about a day. */
const pauseMs = (attempts: number): number => Math.min(4 * 3_600_000, 10_000 * 2 ** attempts);

async function tell(
  { vault, guardedFetch, portalUrl }: RepositoriesDeps,
  repository: RepositoryRow,
  push: PushRow,
): Promise<{ readonly message: string; readonly isFinal: boolean } | undefined> {
  try {
    const sealed = repository.accessToken;
    if (sealed === null) return undefined;
    const token = await vault.open(sealed, sealContext(repository.id, "access-token"));
    const { url, headers, body } = statusRequest(
      repository.provider,
      {
        url: repository.url,
        commit: push.commit,
        state: states[push.state],
        description: push.detail || "received",
        targetUrl: `${portalUrl()}${pageOf(repository, push)}`,
      },
      token,
    );
    const { status } = await guardedFetch(url, {
      method: "POST",
      headers,
      body,
      timeoutMs,
      maxBytes: 65_536,
      beyond: "cut",
    });
    if (status >= 200 && status < 300) return undefined;
    const isFinal = [400, 401, 403, 404, 422].includes(status);
    return { message: `${new URL(url).host} answered ${status}${isFinal ? hint(status) : ""}`, isFinal };
  } catch (error) {
    return { message: messageOf(error), isFinal: false };
  }
}

const hint = (status: number): string =>
  status === 422 || status === 400 ? "" : "; may the access token write commit statuses there?";

const states: Record<PushState, CommitState> = {
  received: "pending",
  running: "pending",
  releasing: "pending",
  succeeded: "success",
  failed: "failure",
  superseded: "failure",
};

/** The plan, else the run, else the project. */
const pageOf = ({ project }: RepositoryRow, { planNumber, runNumber }: PushRow): string =>
  planNumber !== null
    ? `/projects/${project}/plans/${planNumber}`
    : runNumber !== null
      ? `/projects/${project}/runs/${runNumber}`
      : `/projects/${project}`;
