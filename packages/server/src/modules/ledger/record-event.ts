import { json } from "../../db/column-types.ts";
import type { Ctx } from "../../db/context.ts";
import { newId } from "../../kernel/ids.ts";

export interface NewEvent {
  /** `noun.past-verb`, such as `run.finished`. */
  readonly type: string;
  readonly subjectType: string;
  readonly subjectId: string;
  readonly projectId?: string | null;
  readonly teamId?: string | null;
  readonly template?: string | null;
  readonly revisionId?: string | null;
  readonly planHash?: string | null;
  readonly causeId?: string | null;
  readonly result?: string;
  /** Small, readable by every member of the project; never a secret, a feature or a label. */
  readonly data?: Record<string, unknown>;
}

/** Tells the ledger a fact, in the caller's transaction. The sealer chains it within a second of the commit. */
export async function recordEvent(ctx: Ctx, event: NewEvent): Promise<string> {
  const id = newId();
  await ctx.db
    .insertInto("ledger_events")
    .values({
      id,
      time: ctx.clock.now(),
      type: event.type,
      principal_id: ctx.actor.principalId,
      principal_kind: ctx.actor.kind,
      principal_name: ctx.actor.name,
      actor_kind: ctx.actor.actorKind,
      team_id: event.teamId ?? null,
      project_id: event.projectId ?? null,
      template: event.template ?? null,
      revision_id: event.revisionId ?? null,
      subject_type: event.subjectType,
      subject_id: event.subjectId,
      cause_id: event.causeId ?? (ctx.actor.grant === "unlimited" ? null : (ctx.actor.grant.causeId ?? null)),
      correlation_id: ctx.correlationId,
      plan_hash: event.planHash ?? null,
      result: event.result ?? "ok",
      data: json(event.data ?? {}),
    })
    .execute();
  ctx.hint("activity");
  return id;
}
