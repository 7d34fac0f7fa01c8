import type { Activity } from "@pave/contract";
import type { Ctx } from "../../db/context.ts";
import { assertCan, can, getPrincipal, principalRefs, readableProjects, resolveProject } from "../access/index.ts";
import { listEvents } from "../ledger/index.ts";
import { eventHref, eventWords, quietEvents } from "./event-text.ts";

export interface ActivityQuery {
  readonly project?: string | undefined;
  readonly principal?: string | undefined;
  readonly type?: string | undefined;
  readonly subject?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly routine: boolean;
  readonly limit: number;
  readonly before?: string | undefined;
}

/** A page of the ledger in words, newest first: each fact is told, none is folded into another. */
export async function listActivity(
  ctx: Ctx,
  query: ActivityQuery,
): Promise<{ items: Activity[]; next: string | null }> {
  const rows = await listEvents(ctx, {
    ...(await scopeOf(ctx, query.project)),
    principalId: query.principal === undefined ? undefined : (await getPrincipal(ctx, query.principal)).id,
    type: query.type,
    subjectId: query.subject,
    from: query.from === undefined ? undefined : new Date(query.from),
    to: query.to === undefined ? undefined : new Date(query.to),
    without: query.routine ? [] : [...quietEvents],
    before: query.before === undefined ? undefined : Number(query.before) || 0,
    limit: query.limit + 1,
  });
  const page = rows.slice(0, query.limit);
  const subjects = page.filter(({ event }) => event.subjectType === "principal").map(({ event }) => event.subjectId);
  const people = await principalRefs(ctx, subjects);
  return {
    items: page.map(({ event, projectName, position, hash }) => {
      const shown = { ...event, subjectName: people.get(event.subjectId)?.name };
      const { verb, object, end } = eventWords(shown);
      return {
        id: event.id,
        at: event.time,
        principal: {
          id: event.principalId,
          kind: event.principalKind as Activity["principal"]["kind"],
          name: event.principalName,
        },
        actor: event.actorKind as Activity["actor"],
        type: event.type,
        text: [verb, object, end].filter(Boolean).join(" "),
        result: event.result,
        project: projectName,
        href: eventHref(shown, projectName),
        subject: { type: event.subjectType, id: event.subjectId },
        position,
        hash,
        planHash: event.planHash,
        data: event.data as Record<string, unknown>,
      };
    }),
    next: rows.length > query.limit ? String(page.at(-1)?.seq) : null,
  };
}

/** One project, or all that the actor may read and, for those who may, what belongs to none. */
async function scopeOf(ctx: Ctx, name: string | undefined) {
  if (name === undefined) return { projectIds: await readableProjects(ctx), platform: await can(ctx, "ledger.read") };
  const project = await resolveProject(ctx, name);
  await assertCan(ctx, "project.read", project);
  return { projectIds: [project.id], platform: false };
}
