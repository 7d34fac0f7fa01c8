import {
  type NotificationKind,
  type NotificationPreferences,
  notificationKinds,
  preferencesBody,
} from "@pave/contract";
import { json } from "../../db/column-types.ts";
import type { Ctx } from "../../db/context.ts";
import { findRecipients } from "./audience-store.ts";
import { assertWhole } from "./may-change.ts";
import { findPeopleTarget } from "./target-store.ts";

type Chosen = Pick<NotificationPreferences, "mail" | "muted" | "schedule">;

const kinds = Object.keys(notificationKinds) as NotificationKind[];

/** Of who has chosen nothing. */
const defaultPreferences: Chosen = preferencesBody.parse({
  mail: kinds.filter((kind) => notificationKinds[kind].mail),
});

/** What was stored; of another version what still has a meaning. */
export function parsePreferences(stored: unknown): Chosen {
  if (stored === null || stored === undefined) return defaultPreferences;
  const parsed = preferencesBody.safeParse(stored);
  return parsed.success ? parsed.data : defaultPreferences;
}

/** One's own. */
export async function getPreferences(ctx: Ctx): Promise<NotificationPreferences> {
  const [[me], mail] = [await findRecipients(ctx, [ctx.actor.principalId]), await findPeopleTarget(ctx)];
  return { ...parsePreferences(me?.preferences), email: me?.email ?? null, mailWorks: mail !== undefined };
}

export async function setPreferences(ctx: Ctx, chosen: Chosen): Promise<NotificationPreferences> {
  assertWhole(ctx);
  const row = { preferences: json(preferencesBody.parse(chosen)), updated_at: ctx.clock.now() };
  await ctx.db
    .insertInto("notification_preferences")
    .values({ principal_id: ctx.actor.principalId, ...row })
    .onConflict((conflict) => conflict.column("principal_id").doUpdateSet(row))
    .execute();
  return getPreferences(ctx);
}
