import type { Actor } from "../kernel/actor.ts";

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
