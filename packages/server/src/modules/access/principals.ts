import type { PrincipalRef, Role } from "@pave/contract";
import { type Ctx, inTransaction } from "../../db/context.ts";
import { systemActor } from "../../kernel/actor.ts";
import { suggestion } from "../../kernel/closest.ts";
import { newId } from "../../kernel/ids.ts";
import { PaveError } from "../../kernel/pave-error.ts";
import { recordEvent } from "../ledger/index.ts";
import {
  countActiveUsers,
  findPrincipal,
  findPrincipalRefs,
  insertPrincipal,
  listPrincipals,
  lockActiveAdmins,
  setDisabled,
} from "./principal-store.ts";
import { setMember } from "./role-store.ts";
import { revokeTokens } from "./token-store.ts";

export interface NewPrincipal {
  readonly kind: PrincipalRef["kind"];
  readonly name: string;
  readonly email?: string | null;
  readonly platformAdmin?: boolean;
  /** The project whose own service account it is. */
  readonly projectId?: string | null;
  /** Given only for well-known principals such as `system`. */
  readonly id?: string;
}

export type Principal = NonNullable<Awaited<ReturnType<typeof findPrincipal>>>;

/** Service accounts of the gateway and the runner that `pave up` starts. */
export const localAccounts = { gateway: "local-gateway", runner: "local-runner" } as const;
/** Service accounts of those that run on other machines. */
export const remoteAccounts = { gateway: "remote-gateway", runner: "remote-runner" } as const;
/** The team that owns projects of people without a team. */
export const platformTeam = "platform";

/** Without these the platform could not act for itself, serve, or run. */
const platformAccounts: ReadonlySet<string> = new Set([systemActor.name, ...Object.values(localAccounts)]);

/** What the platform makes when it first needs it. Anybody else of such a name would be given what is meant for it. */
const ownNames: ReadonlyMap<string, NewPrincipal["kind"]> = new Map([
  [platformTeam, "team"],
  // ids are looked up beside names
  ...[...platformAccounts, ...Object.values(remoteAccounts), systemActor.principalId, "nobody"].map(
    (name) => [name, "service-account"] as const,
  ),
]);

/** Is the name kept for the platform's own? */
export const isOwnName = (name: string): boolean => ownNames.has(name);

/**
 * Creates a principal. Names are unique over users, teams, service accounts and agents; those that the platform keeps for
 * itself are given to nothing else.
 */
export async function createPrincipal(ctx: Ctx, input: NewPrincipal): Promise<Principal> {
  const created = await createUnlessTaken(ctx, input);
  if (created) return created;
  throw new PaveError("access.conflict", `There is already a principal named ${input.name}`, {
    fix: "Choose another name.",
  });
}

/** Undefined where somebody has the name. */
async function createUnlessTaken(ctx: Ctx, input: NewPrincipal): Promise<Principal | undefined> {
  const kept = ownNames.get(input.name);
  if (kept !== undefined && (kept !== input.kind || input.projectId))
    throw new PaveError("access.conflict", `The name ${input.name} is kept for the platform's own ${kept}`, {
      fix: "Choose another name.",
    });
  return inTransaction(ctx, async (ctx) => {
    const id = input.id ?? newId();
    const created = await insertPrincipal(ctx, {
      id,
      kind: input.kind,
      name: input.name,
      email: input.email ?? null,
      platformAdmin: input.platformAdmin ?? false,
      ownerId: ownerOf(ctx, input.kind),
      projectId: input.projectId ?? null,
    });
    if (!created) return undefined;
    if (input.kind !== "run")
      await recordEvent(ctx, {
        type: "principal.created",
        subjectType: "principal",
        subjectId: id,
        projectId: input.projectId ?? null,
        data: { kind: input.kind, name: input.name, platformAdmin: input.platformAdmin ?? false },
      });
    return getPrincipal(ctx, id);
  });
}

/** A machine that a person makes is that person's until it is handed over; the platform's own are the platform's. */
const ownerOf = (ctx: Ctx, kind: NewPrincipal["kind"]): string | null =>
  (kind === "service-account" || kind === "agent") && ctx.actor.kind === "user" ? ctx.actor.principalId : null;

export async function getPrincipal(ctx: Ctx, idOrName: string): Promise<Principal> {
  const principal = await findPrincipal(ctx, idOrName);
  if (!principal)
    throw new PaveError("access.not_found", `There is no principal ${idOrName}${await suggestedName(ctx, idOrName)}`, {
      fix: "List them with `pave principals list`.",
    });
  return principal;
}

/** Names are everybody's to see who is signed in; of what has left nothing is suggested. */
async function suggestedName(ctx: Ctx, name: string): Promise<string> {
  const there = (await listPrincipals(ctx)).filter(({ disabledAt }) => disabledAt === null);
  return suggestion(
    name,
    there.map((one) => one.name),
  );
}

/**
 * The principal of that name, made when it is not there; for well-known ones. Throws where somebody else has the name: a
 * person, or an account that a project looks after, must not get what is meant for the platform's own.
 */
export async function ensurePrincipal(ctx: Ctx, input: NewPrincipal): Promise<Principal> {
  const find = () => findPrincipal(ctx, input.id ?? input.name);
  const made = (await find()) ?? (await createUnlessTaken(ctx, input));
  // two who are the first at once both find nobody; the second waits for the first one's commit, and finds that then
  const found = made ?? (await find()) ?? (await getPrincipal(ctx, input.name));
  if (found.kind === input.kind && found.projectId === (input.projectId ?? null)) return found;
  const what = found.projectId === null ? `a ${found.kind}` : `a ${found.kind} of a project`;
  throw new PaveError(
    "access.conflict",
    `The ${input.kind} ${input.name} is wanted, but there is ${what} of that name`,
    {
      fix: "Name another team, account or project where you can.",
    },
  );
}

/**
 * Disables a principal for good and revokes its tokens. The last platform admin cannot be disabled. `beforeIt` joins the
 * transaction: it hands over what the principal holds, or throws.
 */
export async function disablePrincipal(
  ctx: Ctx,
  idOrName: string,
  beforeIt: (ctx: Ctx, principal: Principal) => Promise<void> = async () => {},
): Promise<Principal> {
  return inTransaction(ctx, async (ctx) => {
    const principal = await getPrincipal(ctx, idOrName);
    if (principal.kind === "service-account" && platformAccounts.has(principal.name))
      throw new PaveError("access.conflict", `${principal.name} is the platform's own and cannot be disabled`, {
        fix: "Revoke its tokens instead: the platform makes new ones when it starts.",
      });
    const admins = await lockActiveAdmins(ctx);
    if (admins.length === 1 && admins[0] === principal.id) {
      throw new PaveError("access.last_admin", `${principal.name} is the last platform admin and cannot be disabled`, {
        fix: "Make another user a platform admin first.",
      });
    }
    await beforeIt(ctx, principal);
    await setDisabled(ctx, principal.id);
    await revokeTokens(ctx, { principalId: principal.id });
    await recordEvent(ctx, {
      type: "principal.disabled",
      subjectType: "principal",
      subjectId: principal.id,
      data: { name: principal.name },
    });
    return getPrincipal(ctx, principal.id);
  });
}

/** Gives a principal a role on a project; it replaces the one it had. */
export async function setProjectRole(
  ctx: Ctx,
  input: { projectId: string; principalId: string; role: Role },
): Promise<void> {
  await inTransaction(ctx, async (ctx) => {
    await setMember(ctx, input.projectId, input.principalId, input.role);
    await recordEvent(ctx, {
      type: "member.set",
      subjectType: "principal",
      subjectId: input.principalId,
      projectId: input.projectId,
      data: { role: input.role },
    });
  });
}

/** How many people can sign in: isolation of steps depends on it. */
export const activeUserCount = (ctx: Ctx): Promise<number> => countActiveUsers(ctx);

/** References by id; unknown ids get a placeholder, so that lists never fail on them. */
export async function principalRefs(ctx: Ctx, ids: Iterable<string>): Promise<Map<string, PrincipalRef>> {
  const wanted = [...new Set(ids)];
  const found = await findPrincipalRefs(ctx, wanted);
  const refs = new Map(found.map((row) => [row.id, row as PrincipalRef]));
  for (const id of wanted) if (!refs.has(id)) refs.set(id, { id, kind: "user", name: id });
  return refs;
}
