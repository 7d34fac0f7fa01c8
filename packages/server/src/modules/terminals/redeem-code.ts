import type { Ctx } from "../../db/context.ts";
import { addressLimit, countAttempt, revokeToken } from "../access/index.ts";
import { issueToken, type TerminalToken } from "./issue-token.ts";
import { fitsChallenge } from "./pkce.ts";
import { findBySecret } from "./terminal-store.ts";
import { codeHash } from "./user-code.ts";

export interface RedeemCode {
  readonly code: string;
  readonly verifier: string;
  readonly redirectUri: string;
  readonly address: string;
  readonly expiresInMs: number;
}

/**
 * The terminal's token for the code that came back through the browser; undefined when the code is not good, whatever
 * is wrong with it. A code that comes again was seen by somebody else too, so the token it gave ends.
 */
export async function redeemCode(ctx: Ctx, input: RedeemCode): Promise<TerminalToken | undefined> {
  const attempt = await countAttempt(ctx, [addressLimit("terminal code", input.address)]);
  const request = await findBySecret(ctx, "browser", codeHash(input.code));
  const isProven = fitsChallenge(input.verifier, request?.codeChallenge ?? "");
  if (!request || !isProven || request.redirectUri !== input.redirectUri) return undefined;
  if (request.state === "used" && request.tokenId !== null) await revokeToken(ctx, request.tokenId);
  if (request.state !== "allowed" || request.expiresAt.getTime() <= ctx.clock.now().getTime()) return undefined;
  const issued = await issueToken(ctx, request, input.expiresInMs);
  if (issued) await attempt.forgive();
  return issued;
}
