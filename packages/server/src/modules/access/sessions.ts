import { asActor, type Ctx, inTransaction } from "../../db/context.ts";
import { type Actor, systemActor } from "../../kernel/actor.ts";
import { recordEvent } from "../ledger/index.ts";
import { authenticate } from "./authenticate.ts";
import { mintToken } from "./mint-token.ts";
import * as store from "./session-store.ts";

export const sessionMs = 12 * 3_600_000;

/** How and from where somebody signed in. */
export interface SessionOrigin {
  readonly method: "link" | "invitation" | "password" | "oidc" | "device";
  readonly address: string;
  readonly userAgent: string;
  /** The provider's names for the person and for its own session, by which it can end ours. */
  readonly oidc?: { readonly issuer: string; readonly subject: string; readonly sid: string | null };
}

/** The one way in for a browser: whoever calls it has made sure who it is. */
export async function startSession(
  anonymous: Ctx,
  principalId: string,
  origin: SessionOrigin,
): Promise<{ session: string; actor: Actor }> {
  return inTransaction(asActor(anonymous, systemActor), async (ctx) => {
    const { token, id } = await mintToken(ctx, {
      kind: "session",
      principalId,
      name: "portal session",
      expiresInMs: sessionMs,
    });
    await store.insertSession(ctx, id, origin);
    const actor = await authenticate(ctx, token);
    await recordEvent(asActor(ctx, actor), {
      type: "session.started",
      subjectType: "principal",
      subjectId: principalId,
      data: { method: origin.method },
    });
    return { session: token, actor };
  });
}

/** Ends sessions at once; gives how many there were. */
export async function endSessions(ctx: Ctx, of: store.SessionsOf, reason: string): Promise<number> {
  return inTransaction(ctx, async (ctx) => {
    const ended = await store.endSessions(ctx, of);
    for (const principalId of new Set(ended))
      await recordEvent(ctx, {
        type: "session.ended",
        subjectType: "principal",
        subjectId: principalId,
        data: { reason, sessions: ended.filter((id) => id === principalId).length },
      });
    return ended.length;
  });
}
