import { asActor, type Ctx, inTransaction } from "../../db/context.ts";
import { type Actor, systemActor } from "../../kernel/actor.ts";
import { isPaveError, messageOf } from "../../kernel/pave-error.ts";
import { applyGroupGrants, startSession } from "../access/index.ts";
import { recordEvent } from "../ledger/index.ts";
import type { From } from "./accept-invitation.ts";
import { type GroupMapping, grantsOf, readGroupMapping } from "./group-mapping.ts";
import { joinAccount } from "./join-account.ts";
import { finishSignIn } from "./oidc/finish-sign-in.ts";
import type { OidcSettings } from "./oidc/oidc-settings.ts";
import type { Provider } from "./oidc/provider.ts";

export interface ProviderAnswer {
  readonly redirectUri: string;
  readonly query: string;
  readonly cookie: (name: string) => string | undefined;
}

/** The mapping as the file has it now; the last good one while it is broken, so that a slip of an editor locks nobody out. */
export function createMappingReader(settings: OidcSettings): (ctx: Ctx) => GroupMapping {
  let last = readGroupMapping(settings.groupsFile);
  return (ctx) => {
    try {
      last = readGroupMapping(settings.groupsFile);
    } catch (error) {
      ctx.log.error(
        { file: settings.groupsFile, error: messageOf(error) },
        "the mapping of groups is broken: the last good one is used",
      );
    }
    return last;
  };
}

/** From the provider's answer to a session: who it is, joined to a principal, with what their groups give today. */
export async function signInByProvider(
  anonymous: Ctx,
  deps: { readonly provider: Provider; readonly settings: OidcSettings; readonly mapping: (ctx: Ctx) => GroupMapping },
  answer: ProviderAnswer,
  from: From,
): Promise<{ session: string; actor: Actor; returnTo: string; rolesChanged: boolean }> {
  const { provider, settings } = deps;
  try {
    const { identity, sid, returnTo } = await finishSignIn(anonymous, provider, settings, answer);
    const started = await inTransaction(asActor(anonymous, systemActor), async (ctx) => {
      const principalId = await joinAccount(ctx, identity, settings.openTo);
      const { missing, changes } = await applyGroupGrants(
        ctx,
        principalId,
        grantsOf(deps.mapping(ctx), identity.groups),
      );
      if (missing.length > 0) ctx.log.warn({ missing }, "the mapping of groups names what is not there");
      const { issuer, subject } = identity;
      const begun = await startSession(ctx, principalId, { method: "oidc", ...from, oidc: { issuer, subject, sid } });
      return { ...begun, rolesChanged: changes.length > 0 };
    });
    return { ...started, returnTo };
  } catch (error) {
    if (isPaveError(error)) await recordRefusal(anonymous, error.code);
    throw error;
  }
}

/** Told to admins: somebody stands before the door. What a stranger sent is not repeated. */
async function recordRefusal(anonymous: Ctx, code: string): Promise<void> {
  if (code === "oidc.sign_in_lost") return;
  await recordEvent(asActor(anonymous, systemActor), {
    type: "sign-in.refused",
    subjectType: "provider",
    subjectId: "oidc",
    result: code,
  });
}
