import type { Ctx } from "../../db/context.ts";
import type { PlanRow } from "./plan.ts";

/**
 * Whose plan it is. Not only who made it: also who had it computed again with another outcome, who stood behind the
 * service account, agent or token that made it, and, where no person made it, who pushed the revision that it releases.
 * Accounts with the same e-mail address are one person.
 */
export interface Authors {
  /** Why the plan is this principal's own, as the end of a sentence; undefined where it is not. */
  why(principalId: string): string | undefined;
  /** The same for all accounts of one person. */
  person(principalId: string): string;
}

/** What the plan itself says, without asking who they are. */
export const authorOnly = (
  plan: Pick<PlanRow, "authorId" | "reshapedById" | "behind">,
  emails: ReadonlyMap<string, string> = new Map(),
): Authors => createAuthors(claimsOn(plan, undefined), emails);

/** The authors of each of these plans, for judging what `deciders` decided or are about to. */
export async function authorsOf(
  ctx: Ctx,
  plans: readonly PlanRow[],
  deciders: readonly string[],
): Promise<(plan: Pick<PlanRow, "id">) => Authors> {
  const pushers = await pushersOf(ctx, plans);
  const claims = new Map(plans.map((plan) => [plan.id, claimsOn(plan, pushers.get(plan.id))]));
  const ids = [...[...claims.values()].flatMap((all) => all.map(({ id }) => id)), ...deciders];
  const emails = await emailsOf(ctx, ids);
  return ({ id }) => createAuthors(claims.get(id) ?? [], emails);
}

interface Claim {
  readonly id: string;
  readonly because: string;
}

const isAuthor = "is the plan's author";
const reshaped = "had the plan computed again, which changed what it does";

const claimsOn = (plan: Pick<PlanRow, "authorId" | "reshapedById" | "behind">, pusher: string | undefined): Claim[] => [
  { id: plan.authorId, because: isAuthor },
  ...(plan.reshapedById ? [{ id: plan.reshapedById, because: reshaped }] : []),
  ...plan.behind.map(({ principalId, because }) => ({ id: principalId, because: `${because}, which made the plan` })),
  ...(pusher ? [{ id: pusher, because: "pushed the revision, and no person made the plan" }] : []),
];

function createAuthors(claims: readonly Claim[], emails: ReadonlyMap<string, string>): Authors {
  const person = (id: string): string => emails.get(id) ?? id;
  return {
    why(principalId) {
      const own = claims.find(({ id }) => id === principalId);
      if (own) return own.because;
      const other = claims.find(({ id }) => person(id) === person(principalId));
      return other && `has the e-mail address of another account that ${other.because}`;
    },
    person,
  };
}

/** Of plans that machines made: who pushed the revision. */
async function pushersOf(ctx: Ctx, plans: readonly PlanRow[]): Promise<ReadonlyMap<string, string>> {
  const ids = plans.filter(({ revisionId }) => revisionId !== null).map(({ id }) => id);
  if (ids.length === 0) return new Map();
  const rows = await ctx.db
    .selectFrom("plans as p")
    .innerJoin("principals as a", "a.id", "p.author")
    .innerJoin("revisions as r", "r.id", "p.revision_id")
    .select(["p.id as planId", "r.created_by as pusherId"])
    .where("p.id", "in", ids)
    .where("a.kind", "<>", "user")
    .execute();
  return new Map(rows.map(({ planId, pusherId }) => [planId, pusherId]));
}

async function emailsOf(ctx: Ctx, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
  if (ids.length === 0) return new Map();
  const rows = await ctx.db
    .selectFrom("principals")
    .select(["id", "email"])
    .where("id", "in", [...new Set(ids)])
    .where("email", "is not", null)
    .execute();
  return new Map(rows.map(({ id, email }) => [id, (email ?? "").toLowerCase()]));
}
