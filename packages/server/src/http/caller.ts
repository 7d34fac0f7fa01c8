import type { Ctx } from "../db/context.ts";
import type { Actor } from "../kernel/actor.ts";
import { isPaveError } from "../kernel/pave-error.ts";
import type { HttpAccess } from "./server.ts";

/** The token of `Authorization: Bearer <token>`. */
export const bearerOf = (authorization: string | undefined): string | undefined =>
  /^Bearer (\S+)$/i.exec(authorization ?? "")?.[1];

/** Public routes act as nobody: whatever they do beyond that, they check themselves. */
export const nobody: Actor = {
  principalId: "nobody",
  kind: "service-account",
  name: "nobody",
  actorKind: "system",
  grant: { tokenId: null, tokenKind: "link", platformAdmin: false, scopes: [], projectId: null },
};

/** Who holds a bearer token; what is nobody's is counted by the address it came from. */
export async function authenticateBearer(access: HttpAccess, ctx: Ctx, token: string, address: string): Promise<Ctx> {
  try {
    return await access.authenticate(ctx, token);
  } catch (error) {
    if (isPaveError(error) && error.code === "access.token_invalid") await access.countBadToken(ctx, address);
    throw error;
  }
}
