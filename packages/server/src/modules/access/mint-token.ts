import { type Ctx, inTransaction } from "../../db/context.ts";
import { newId } from "../../kernel/ids.ts";
import { tokenMaker } from "./answerable.ts";
import { insertToken, type TokenOrigin } from "./token-store.ts";
import { newTokenText, type TokenKind, tokenHash, tokenHint } from "./token-text.ts";

export interface MintToken {
  readonly kind: TokenKind;
  readonly principalId: string;
  readonly name: string;
  readonly projectId?: string | null;
  readonly scopes?: readonly string[] | null;
  readonly expiresInMs: number;
  readonly origin?: TokenOrigin;
  /** The event that all it does will be a consequence of. */
  readonly causeId?: string;
}

/**
 * Makes a token. Its text is returned here and never again; only its hash is kept. What is made with a token that somebody
 * else made is theirs too: they may hold it, and pass for whom they made it.
 */
export async function mintToken(
  ctx: Ctx,
  input: MintToken,
): Promise<{ token: string; id: string; sha256: string; expiresAt: Date }> {
  const token = newTokenText(input.kind);
  const id = newId();
  const sha256 = tokenHash(token);
  const expiresAt = new Date(ctx.clock.now().getTime() + input.expiresInMs);
  const createdBy = (await tokenMaker(ctx)) ?? ctx.actor.principalId;
  await inTransaction(ctx, (ctx) =>
    insertToken(ctx, {
      createdBy,
      id,
      kind: input.kind,
      principalId: input.principalId,
      sha256,
      hint: tokenHint(token),
      name: input.name,
      projectId: input.projectId ?? null,
      scopes: input.scopes ?? null,
      expiresAt,
      origin: input.origin ?? "made",
      causeId: input.causeId ?? null,
    }),
  );
  return { token, id, sha256, expiresAt };
}
