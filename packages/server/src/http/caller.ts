import type { Actor } from "../kernel/actor.ts";

/** The token of `Authorization: Bearer <token>`. */
export const bearerOf = (authorization: string | undefined): string | undefined =>
  /^Bearer (\S+)$/i.exec(authorization ?? "")?.[1];

/** The same of clients that know only names and passwords (`Authorization: Basic …`): the token is the password. */
export const tokenOf = (authorization: string | undefined): string | undefined =>
  bearerOf(authorization) ?? passwordOf(authorization);

function passwordOf(authorization = ""): string | undefined {
  const encoded = /^Basic (\S+)$/i.exec(authorization)?.[1];
  return encoded === undefined ? undefined : /:(\S+)$/.exec(Buffer.from(encoded, "base64").toString("utf8"))?.[1];
}

/** Public routes act as nobody: whatever they do beyond that, they check themselves. */
export const nobody: Actor = {
  principalId: "nobody",
  kind: "service-account",
  name: "nobody",
  actorKind: "system",
  grant: { tokenId: null, tokenKind: "link", platformAdmin: false, scopes: [], projectId: null },
};
