import { sql } from "kysely";
import { type Ctx, inTransaction } from "../../db/context.ts";
import { PaveError } from "../../kernel/pave-error.ts";
import { createPrincipal } from "../access/index.ts";
import { recordEvent } from "../ledger/index.ts";
import { isExpired, joinByInvitation } from "./accept-invitation.ts";
import { findIdentity, findPeopleByEmail, type IdentityKey, putIdentity } from "./identity-store.ts";
import { findInvitationByEmail } from "./invitation-store.ts";
import { removePassword } from "./password-store.ts";
import { freeName } from "./person-name.ts";

/** What a provider says of who signed in there. */
export interface ProviderIdentity extends IdentityKey {
  readonly email: string | null;
  readonly isEmailVerified: boolean;
  /** What the person is called there; a name is made from it. */
  readonly called: string;
  readonly groups: readonly string[];
}

/** Who may come without an invitation: people of these e-mail domains, and of these groups. Neither: nobody. */
export interface OpenTo {
  readonly domains: readonly string[];
  readonly groups: readonly string[];
}

/**
 * The principal of a provider's account. Known ones are found by issuer and subject. At the first sign-in a verified
 * e-mail address joins the person who has it, or accepts the invitation that was sent to it; otherwise a person is made
 * if the platform is open to them.
 */
export async function joinAccount(ctx: Ctx, identity: ProviderIdentity, openTo: OpenTo): Promise<string> {
  return inTransaction(ctx, async (ctx) => {
    // two first sign-ins of one person at once make one principal
    await sql`select pg_advisory_xact_lock(hashtext('pave people'))`.execute(ctx.db);
    const known = await findIdentity(ctx, identity);
    const verified = identity.isEmailVerified ? identity.email : null;
    const invitation = verified ? await findInvitationByEmail(ctx, verified) : undefined;
    const invited = invitation && !isExpired(ctx, invitation) ? invitation : undefined;
    if (known && !known.disabledAt) {
      await putIdentity(ctx, identity, known.principalId, identity.email);
      return known.principalId;
    }
    if (known && !invited)
      throw new PaveError("oidc.account_disabled", `${known.name} was removed from this platform`, {
        fix: "Ask a platform admin to invite you again.",
      });
    const principalId =
      (verified && (await joinByEmail(ctx, verified))) || (invited && (await joinByInvitation(ctx, invited)));
    if (principalId) return tie(ctx, identity, principalId);
    if (isOpenTo(openTo, identity)) return tie(ctx, identity, await create(ctx, identity, verified));
    throw refusal(identity);
  });
}

/** The person who has this address already, unless another account of the provider is theirs. */
async function joinByEmail(ctx: Ctx, email: string): Promise<string | undefined> {
  const people = await findPeopleByEmail(ctx, email);
  const [person] = people;
  if (!person) return undefined;
  if (people.length > 1 || person.hasIdentity)
    throw new PaveError(
      "oidc.account_conflict",
      people.length > 1
        ? "Two people here have this e-mail address"
        : `The e-mail address is ${person.name}'s, who signs in by another account of a provider`,
      { fix: "Ask a platform admin: the account that is no longer used has to be removed first." },
    );
  // the provider answers for this person from now on: removed there, they must not come in beside it
  await removePassword(ctx, person.id);
  return person.id;
}

async function create(ctx: Ctx, { called, email }: ProviderIdentity, verified: string | null): Promise<string> {
  const { id } = await createPrincipal(ctx, {
    kind: "user",
    name: await freeName(ctx, called || email || "person"),
    email: verified?.toLowerCase() ?? null,
  });
  return id;
}

async function tie(ctx: Ctx, identity: ProviderIdentity, principalId: string): Promise<string> {
  await putIdentity(ctx, identity, principalId, identity.email);
  await recordEvent(ctx, {
    type: "identity.joined",
    subjectType: "principal",
    subjectId: principalId,
    data: { issuer: identity.issuer, subject: identity.subject },
  });
  return principalId;
}

function isOpenTo({ domains, groups }: OpenTo, { email, isEmailVerified, groups: own }: ProviderIdentity): boolean {
  const domain = email?.split("@").at(-1)?.toLowerCase();
  if (isEmailVerified && domain !== undefined && domains.some((one) => one.toLowerCase() === domain)) return true;
  return groups.some((group) => own.includes(group));
}

function refusal({ email, isEmailVerified }: ProviderIdentity): PaveError {
  if (email !== null && !isEmailVerified)
    return new PaveError("oidc.email_unverified", "The provider does not say that your e-mail address is verified", {
      fix: "Verify it at the provider and sign in again; only a verified address joins an invitation.",
    });
  return new PaveError("oidc.not_invited", `Nobody invited ${email ?? "this account"} to this platform`, {
    fix: "Ask a platform admin to invite this address: `pave users invite EMAIL`.",
  });
}
