import { asActor, type Ctx } from "../../db/context.ts";
import type { Actor } from "../../kernel/actor.ts";
import { PaveError } from "../../kernel/pave-error.ts";
import { refuseGuess } from "./refuse-guess.ts";
import { findToken, isLiveToken, type TokenRow, touchToken } from "./token-store.ts";
import { isTokenText, tokenHash } from "./token-text.ts";

const touchEveryMs = 60_000;

/**
 * Turns a bearer token or session cookie into an actor. One query; a second at most once a minute. A token is looked up
 * by its digest, so how long that takes tells nothing of tokens that exist.
 */
export async function authenticate(ctx: Ctx, tokenText: string, address?: string): Promise<Actor> {
  const row = isTokenText(tokenText) ? await findToken(ctx, tokenHash(tokenText)) : undefined;
  if (!row && address !== undefined) await refuseGuess(ctx, address);
  if (!row || row.kind === "link" || row.revokedAt || row.disabledAt) {
    throw new PaveError("access.token_invalid", "The token is not valid: it is unknown, mistyped or revoked", {
      fix:
        row?.origin === "terminal"
          ? "Sign in again with `pave login`."
          : "Make a new one with `pave tokens create`, or sign in again with `pave login` or `pave open`.",
    });
  }
  assertFresh(ctx, row);
  if (!row.lastUsedAt || ctx.clock.now().getTime() - row.lastUsedAt.getTime() > touchEveryMs)
    await touchToken(ctx, row.tokenId, address);
  return actorOf(row);
}

/** Would the actor's token still be taken? For answers that last longer than the moment of the request. */
export const isStillSignedIn = async (ctx: Ctx): Promise<boolean> => {
  const { grant } = ctx.actor;
  return grant === "unlimited" || grant.tokenId === null || isLiveToken(ctx, grant.tokenId);
};

export function assertFresh(ctx: Ctx, row: TokenRow): void {
  if (row.expiresAt.getTime() > ctx.clock.now().getTime()) return;
  throw new PaveError(
    "access.token_expired",
    `The ${row.kind === "session" ? "session" : "token"} expired on ${row.expiresAt.toISOString()}`,
    { fix: fixOf(row) },
  );
}

function fixOf({ kind, origin }: TokenRow): string {
  if (kind === "session") return "Sign in again with `pave open`.";
  if (origin === "terminal") return "Sign in again with `pave login`.";
  if (origin === "trust") return "A job's token is good for an hour at most: run the job again, or split it.";
  return "Make a new one with `pave tokens create`.";
}

const actorOf = (row: TokenRow): Actor => ({
  principalId: row.principalId,
  kind: row.principalKind,
  name: row.principalName,
  actorKind: row.principalKind === "agent" ? "agent" : row.principalKind === "user" ? "person" : "system",
  grant: {
    tokenId: row.tokenId,
    tokenKind: row.kind,
    platformAdmin: row.platformAdmin,
    scopes: row.scopes,
    projectId: row.projectId,
    causeId: row.causeId,
  },
});

export const withActor = async (ctx: Ctx, tokenText: string, address?: string): Promise<Ctx> =>
  asActor(ctx, await authenticate(ctx, tokenText, address));
