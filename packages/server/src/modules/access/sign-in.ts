import { asActor, type Ctx, inTransaction } from "../../db/context.ts";
import { type Actor, systemActor } from "../../kernel/actor.ts";
import { PaveError } from "../../kernel/pave-error.ts";
import { recordEvent } from "../ledger/index.ts";
import { assertFresh } from "./authenticate.ts";
import { mintToken } from "./mint-token.ts";
import { addressLimit, countAttempt } from "./rate-limit.ts";
import { startSession } from "./sessions.ts";
import { findToken, useLink } from "./token-store.ts";
import { isTokenText, tokenHash } from "./token-text.ts";

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
export async function signIn(
  anonymous: Ctx,
  link: string,
  from: { readonly address: string; readonly userAgent: string } = { address: "", userAgent: "" },
): Promise<{ session: string; actor: Actor }> {
  const attempt = await countAttempt(anonymous, [addressLimit("link", from.address)]);
  const started = await inTransaction(asActor(anonymous, systemActor), async (ctx) => {
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
    return startSession(ctx, row.principalId, { method: "link", ...from });
  });
  await attempt.forgive();
  return started;
}
