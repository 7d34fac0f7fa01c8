import { type Ctx, inTransaction } from "../../db/context.ts";
import { must, PaveError } from "../../kernel/pave-error.ts";
import { recordEvent } from "../ledger/index.ts";
import { mintToken } from "./mint-token.ts";
import { findTokenRecord, replaceToken, type TokenRecord } from "./token-store.ts";

export interface RotateToken {
  readonly overlapMs: number;
  /** Absent: as long as the old one was made for. */
  readonly expiresInMs?: number | undefined;
}

/**
 * A token in the place of another: the same name, principal and bounds. The old one stays good for the overlap, so that
 * what uses it can be changed meanwhile, and never longer than it would have been.
 */
export async function rotateToken(
  ctx: Ctx,
  old: TokenRecord,
  { overlapMs, expiresInMs }: RotateToken,
): Promise<{ token: string; record: TokenRecord; old: TokenRecord }> {
  assertRotatable(ctx, old);
  return inTransaction(ctx, async (ctx) => {
    const minted = await mintToken(ctx, {
      kind: old.kind as "api",
      principalId: old.principalId,
      name: old.name,
      projectId: old.projectId,
      scopes: old.scopes as string[] | null,
      expiresInMs: expiresInMs ?? old.expiresAt.getTime() - old.createdAt.getTime(),
    });
    const endsAt = new Date(ctx.clock.now().getTime() + overlapMs);
    if (!(await replaceToken(ctx, { tokenId: old.id, by: minted.id, endsAt })))
      throw new PaveError("access.conflict", `The token ${old.name} was rotated or revoked meanwhile`, {
        fix: "See which one is good with `pave tokens list`.",
      });
    const changed = must(await findTokenRecord(ctx, old.id), "the token that was rotated");
    await recordEvent(ctx, {
      type: "token.rotated",
      subjectType: "token",
      subjectId: old.id,
      projectId: old.projectId,
      data: { name: old.name, by: minted.id, endsAt: changed.expiresAt.toISOString() },
    });
    return {
      token: minted.token,
      record: must(await findTokenRecord(ctx, minted.id), "the token just made"),
      old: changed,
    };
  });
}

function assertRotatable(ctx: Ctx, old: TokenRecord): void {
  const refuse = (why: string, fix: string) => {
    throw new PaveError("access.conflict", `The token ${old.name} ${why}`, { fix });
  };
  const anew = "Make a new one with `pave tokens create`.";
  if (old.origin === "terminal") refuse("is a terminal's", "Sign in again with `pave login`.");
  if (old.origin === "trust") refuse("is a job's of CI", "Each job gets a new one by itself.");
  if (old.revokedAt) refuse("is revoked", anew);
  if (old.disabledAt) refuse(`is of ${old.principalName}, who is disabled`, "Make one for somebody who is not.");
  if (old.replacedBy)
    refuse(`was rotated already, to ${old.replacedBy.slice(0, 8)}`, "Rotate that one, or revoke this one.");
  if (old.expiresAt.getTime() <= ctx.clock.now().getTime()) refuse("has expired", anew);
}
