import type { Ctx } from "../../db/context.ts";
import { revokeTokens } from "./token-store.ts";

/** Revokes one token at once; revoking again changes nothing. */
export const revokeToken = (ctx: Ctx, tokenId: string): Promise<void> => revokeTokens(ctx, { tokenId });
