import { asActor, type Ctx, inTransaction } from "../../db/context.ts";
import { type Actor, systemActor } from "../../kernel/actor.ts";
import { PaveError } from "../../kernel/pave-error.ts";
import { recordEvent } from "../ledger/index.ts";
import { findToken, useLink } from "./access-store.ts";
import { assertFresh, authenticate } from "./authenticate.ts";
import { mintToken } from "./mint-token.ts";
import { isTokenText, tokenHash } from "./token-text.ts";

export const sessionMs = 12 * 3_600_000;
const linkMs = 15 * 60_000;

/** A one-time sign-in link's secret; good for a quarter of an hour and one use. */
export async function createSignInLink(
  ctx: Ctx,
  principalId: string,
  expiresInMs = linkMs,
): Promise<{ link: string; expiresAt: Date }> {
  return inTransaction(ctx, async (ctx) => {
    const { token, expiresAt } = await mintToken(ctx, { kind: "link", principalId, name: "sign-in link", expiresInMs });
    await recordEvent(ctx, { type: "link.created", subjectType: "principal", subjectId: principalId });
    return { link: token, expiresAt };
  });
}

/** Exchanges a link for a session. A link that was used, expired or never made tells no more than that. */
export async function signIn(anonymous: Ctx, link: string): Promise<{ session: string; actor: Actor }> {
  return inTransaction(asActor(anonymous, systemActor), async (ctx) => {
    const row = isTokenText(link) ? await findToken(ctx, tokenHash(link)) : undefined;
    if (row?.kind !== "link" || row.revokedAt || row.disabledAt)
      throw new PaveError("access.token_invalid", "The sign-in link is not valid", {
        fix: "Get a new one with `pave open`.",
      });
    assertFresh(ctx, row);
    if (!(await useLink(ctx, row.tokenId)))
      throw new PaveError("access.link_used", "The sign-in link was used already; each works once", {
        fix: "Get a new one with `pave open`.",
      });
    const { token } = await mintToken(ctx, {
      kind: "session",
      principalId: row.principalId,
      name: "portal session",
      expiresInMs: sessionMs,
    });
    const actor = await authenticate(ctx, token);
    await recordEvent(asActor(ctx, actor), {
      type: "session.started",
      subjectType: "principal",
      subjectId: row.principalId,
    });
    return { session: token, actor };
  });
}
