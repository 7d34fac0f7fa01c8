import { createHmac, timingSafeEqual } from "node:crypto";
import type { RepositoryProvider } from "@pave/contract";

type Headers = Readonly<Record<string, string | undefined>>;

/**
 * Did whoever knows the secret send these bytes? GitHub and Gitea sign the body with HMAC-SHA-256 (`sha256=<hex>` and
 * `<hex>`); GitLab sends the secret itself. Comparing takes as long for a wrong value as for the right one.
 *
 * https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries
 * https://docs.gitea.com/usage/webhooks · https://docs.gitlab.com/user/project/integrations/webhooks/
 */
export function isSigned(provider: RepositoryProvider, headers: Headers, body: Buffer, secret: string): boolean {
  const mac = () => createHmac("sha256", secret).update(body).digest("hex");
  switch (provider) {
    case "github":
      return isSame(headers[proofs.github], `sha256=${mac()}`);
    case "gitea":
      return isSame(headers[proofs.gitea], mac());
    case "gitlab":
      return isSame(headers[proofs.gitlab], secret);
  }
}

/** Does it come with what will be looked at, right or wrong? */
export const bringsProof = (provider: RepositoryProvider, headers: Headers): boolean =>
  headers[proofs[provider]] !== undefined;

const proofs = {
  github: "x-hub-signature-256",
  gitea: "x-gitea-signature",
  gitlab: "x-gitlab-token",
} as const satisfies Record<RepositoryProvider, string>;

/** Of equal length first, which tells nothing: both sides have a length that everybody knows. */
function isSame(given: string | undefined, expected: string): boolean {
  const [a, b] = [Buffer.from(given ?? ""), Buffer.from(expected)];
  return a.byteLength === b.byteLength && timingSafeEqual(a, b);
}
