import { sql } from "kysely";
import { json } from "../../db/column-types.ts";
import { type Ctx, inTransaction } from "../../db/context.ts";
import { PaveError } from "../../kernel/pave-error.ts";
import { type Answerable, addTeamMember, getPrincipal, type Principal, setProjectRole } from "../access/index.ts";
import { recordEvent } from "../ledger/index.ts";
import { setOwner } from "../projects/index.ts";
import { type HeldThing, holdingsOf, tookOver } from "./holdings.ts";

/**
 * Hands all that one principal alone holds to another, in one transaction, each with an event. Who made a plan stays its
 * author; the successor becomes one beside, and so cannot approve it either.
 */
export async function handOver(ctx: Ctx, input: { readonly from: string; readonly to: string }): Promise<HeldThing[]> {
  return inTransaction(ctx, async (ctx) => {
    const [from, to] = [await getPrincipal(ctx, input.from), await getPrincipal(ctx, input.to)];
    assertSuccessor(from, to);
    const held = await holdingsOf(ctx, from);
    for (const thing of held) await giveTo(ctx, thing, from, to);
    return held;
  });
}

/** Throws where something would be left without an owner if this principal went. */
export async function assertHoldsNothing(ctx: Ctx, principal: Principal): Promise<void> {
  const held = await holdingsOf(ctx, principal);
  if (held.length === 0) return;
  throw new PaveError(
    "ownership.held",
    `${principal.name} alone holds ${held.length === 1 ? held[0]?.name : `${held.length} things`}; nothing is left without an owner`,
    {
      fix: `Name who takes over: \`pave users hand-over ${principal.name} SUCCESSOR\`.`,
      problems: held.map(({ name, becomes }) => ({ path: name, message: `in a hand-over ${becomes}` })),
    },
  );
}

function assertSuccessor(from: Principal, to: Principal): void {
  const wanted = from.kind === "team" ? "team" : "user";
  if (to.id === from.id || to.disabledAt !== null || to.kind !== wanted)
    throw new PaveError(
      "request.invalid",
      `body.to: expected another ${wanted} that is not disabled, found ${to.id === from.id ? "the same" : `the ${to.disabledAt === null ? "" : "disabled "}${to.kind} ${to.name}`}`,
      { fix: `Name a ${wanted}: \`pave users hand-over ${from.name} SUCCESSOR\`.` },
    );
}

async function giveTo(ctx: Ctx, thing: HeldThing, from: Principal, to: Principal): Promise<void> {
  // a change of a project's owner tells the ledger itself
  if (thing.kind === "project")
    return setOwner(ctx, { id: thing.id, name: thing.name.replace(/^project /, "") }, to.name);
  await change(ctx, thing, from, to);
  await recordEvent(ctx, {
    type: "ownership.handed-over",
    subjectType: thing.kind,
    subjectId: thing.id,
    projectId: thing.projectId,
    data: { thing: thing.name, from: from.name, to: to.name },
  });
}

async function change(ctx: Ctx, thing: HeldThing, from: Principal, to: Principal): Promise<void> {
  switch (thing.kind) {
    case "project-admin":
      return setProjectRole(ctx, { projectId: thing.id, principalId: to.id, role: "admin" });
    case "team": {
      const team = await getPrincipal(ctx, thing.id);
      return addTeamMember(ctx, { team: team.name, member: to.id });
    }
    case "service-account":
      return void (await ctx.db
        .updateTable("principals")
        .set({ owner_id: to.id })
        .where("id", "=", thing.id)
        .execute());
    case "run":
      return void (await ctx.db.updateTable("runs").set({ requested_by: to.id }).where("id", "=", thing.id).execute());
    case "review":
      return void (await ctx.db
        .updateTable("reviews")
        .set({ requested_by: to.id })
        .where("id", "=", thing.id)
        .execute());
    case "plan":
      return void (await ctx.db
        .updateTable("plans")
        .set({ request: withAnother({ principalId: to.id, because: `${tookOver} ${from.name}` }) })
        .where("id", "=", thing.id)
        .execute());
    case "project":
  }
}

/** The plan's request with one more who stands behind it. */
const withAnother = (one: Answerable) =>
  sql<never>`request || jsonb_build_object('behind', coalesce(request -> 'behind', '[]') || ${json([one])}::jsonb)`;
