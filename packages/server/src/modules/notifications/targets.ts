import { randomBytes } from "node:crypto";
import type { CreateTarget, Target, TargetTest } from "@pave/contract";
import { type Ctx, inTransaction } from "../../db/context.ts";
import { suggestion } from "../../kernel/closest.ts";
import { newId } from "../../kernel/ids.ts";
import { must, PaveError } from "../../kernel/pave-error.ts";
import { recordEvent } from "../ledger/index.ts";
import { assertMayChange, visibleScope } from "./may-change.ts";
import { toMessage } from "./messages/message.ts";
import { assertUrl, type SendDeps, secretContext, sendMessage } from "./send-message.ts";
import * as store from "./target-store.ts";

/** Those that the actor may see. */
export async function showTargets(ctx: Ctx): Promise<Target[]> {
  const rows = await store.listTargets(ctx, await visibleScope(ctx));
  const states = await store.targetStates(
    ctx,
    rows.map(({ id }) => id),
  );
  return rows.map((row) => toTarget(row, states.get(row.id)));
}

/** What is secret of it is sealed and never shown again; of a webhook's signing secret this answer is the only one. */
export async function addTarget(
  deps: Pick<SendDeps, "vault">,
  ctx: Ctx,
  given: CreateTarget,
): Promise<{ target: Target; signingSecret: string | null }> {
  const team = await assertMayChange(ctx, given.team);
  const { settings, secret, forPeople } = describe(given);
  if (forPeople && team !== null)
    throw invalid("forPeople: expected a target of the platform, found one of a team", "Leave the team out.");
  const id = newId();
  const sealed = await deps.vault.seal(JSON.stringify(secret), secretContext(id));
  const row = { id, teamId: team?.id ?? null, name: given.name, kind: given.kind, settings, secret: sealed, forPeople };
  await inTransaction(ctx, async (ctx) => {
    if (!(await store.insertTarget(ctx, row))) throw await whyTaken(ctx, given.name, forPeople);
    await record(ctx, "notification-target.added", row);
  });
  const target = toTarget(must(await store.findTarget(ctx, id), "the target just made"), undefined);
  return { target, signingSecret: secret.signingSecret ?? null };
}

export async function removeTarget(ctx: Ctx, nameOrId: string): Promise<void> {
  const target = await getTarget(ctx, nameOrId);
  await inTransaction(ctx, async (ctx) => {
    await store.removeTarget(ctx, target.id);
    await record(ctx, "notification-target.removed", target);
  });
}

/** Sends a message now, past routes and quiet hours. */
export async function testTarget(
  deps: SendDeps & { readonly portalUrl: () => string },
  ctx: Ctx,
  nameOrId: string,
): Promise<TargetTest> {
  const target = await getTarget(ctx, nameOrId);
  const now = ctx.clock.now();
  const row = {
    ...{
      id: newId(),
      kind: "plan-decided" as const,
      subject: "test",
      projectId: null,
      project: null,
      team: target.team,
    },
    ...{
      tier: null,
      urgent: false,
      title: "this is a test",
      data: { test: true },
      count: 1,
      firstAt: now,
      lastAt: now,
    },
    detail: `${ctx.actor.name} tries the target ${target.name}. Nothing happened, and nothing needs to be done.`,
    href: "/settings/notifications",
  };
  const message = toMessage(row.id, now, [row], deps.portalUrl());
  const began = performance.now();
  const test = { ...message, items: message.items.map((item) => ({ ...item, label: "Test" })) };
  const to = await ownAddress(ctx, target);
  const sent = await sendMessage(deps, target, test, { to });
  return { ok: sent.ok, status: sent.status, answer: sent.answer, milliseconds: Math.round(performance.now() - began) };
}

/** A target for people's mail without addresses of its own is tried with whoever tries it. */
async function ownAddress(ctx: Ctx, target: store.TargetRow): Promise<string | undefined> {
  if (target.kind !== "email" || (target.settings.mail?.to.length ?? 0) > 0) return undefined;
  const me = await ctx.db
    .selectFrom("principals")
    .select("email")
    .where("id", "=", ctx.actor.principalId)
    .executeTakeFirst();
  if (me?.email) return me.email;
  throw invalid("the target has no addresses, and you have none either", "Add one with --to when you add the target.");
}

/** By id or name, where the actor may change it. */
export async function getTarget(ctx: Ctx, nameOrId: string): Promise<store.TargetRow> {
  const rows = await store.listTargets(ctx, await visibleScope(ctx));
  const found = rows.filter(({ id, name }) => id === nameOrId || name === nameOrId);
  const [target, another] = found;
  if (another)
    throw invalid(
      `There are several targets ${nameOrId}, of ${found.map(({ team }) => team ?? "the platform").join(", ")}`,
      "Name it by its id, which `pave notifications targets list` shows.",
    );
  if (target) return target;
  const meant = suggestion(
    nameOrId,
    rows.map(({ name }) => name),
  );
  throw new PaveError(
    "notification.target_not_found",
    `There is no target ${nameOrId}, or it is not yours to see${meant}`,
    { fix: "List yours with `pave notifications targets list`." },
  );
}

interface Described {
  readonly settings: store.TargetSettings;
  readonly secret: store.TargetSecret;
  readonly forPeople: boolean;
}

function describe(given: CreateTarget): Described {
  switch (given.kind) {
    case "webhook": {
      const signingSecret = given.secret ?? `whsec_${randomBytes(32).toString("base64")}`;
      return {
        settings: { place: assertUrl(given.url).host },
        secret: { url: given.url, signingSecret },
        forPeople: false,
      };
    }
    case "slack":
    case "teams":
      return { settings: { place: assertUrl(given.url).host }, secret: { url: given.url }, forPeople: false };
    case "email": {
      const { host, port, security, user = null, password, from, to, forPeople } = given;
      if (to.length === 0 && !forPeople)
        throw invalid("to: expected at least one address, found none", "Give one with --to, or --for-people.");
      if (user !== null && password === undefined)
        throw invalid("password: expected one, since there is a user, found none", "Give it on standard input.");
      const place = `${to.length > 0 ? to.join(", ") : "people"} by ${host}:${port}`;
      const secret = password === undefined ? {} : { password };
      return { settings: { place, mail: { host, port, security, user, from, to } }, secret, forPeople };
    }
  }
}

async function whyTaken(ctx: Ctx, name: string, forPeople: boolean): Promise<PaveError> {
  const isPeople = forPeople && (await store.findPeopleTarget(ctx)) !== undefined;
  return new PaveError(
    "notification.target_exists",
    isPeople ? "There is a target for people's mail already" : `There is already a target named ${name}`,
    { fix: isPeople ? "Remove it first, or leave --for-people out." : "Choose another name, or remove it first." },
  );
}

const invalid = (message: string, fix: string) => new PaveError("notification.target_invalid", message, { fix });

const record = (
  ctx: Ctx,
  type: string,
  { id, teamId, name, kind }: Pick<store.TargetRow, "id" | "teamId" | "name" | "kind">,
) => recordEvent(ctx, { type, subjectType: "notification-target", subjectId: id, teamId, data: { name, kind } });

function toTarget(row: store.TargetRow, state: store.TargetState | undefined): Target {
  const { id, name, team, kind, settings, forPeople, createdAt, createdBy } = row;
  const last = state?.last;
  return {
    ...{ id, name, team, kind, place: settings.place, forPeople, createdAt: createdAt.toISOString(), createdBy },
    last: last ? { ...last, at: last.at.toISOString() } : null,
    waiting: state?.waiting ?? 0,
  };
}
