/** What Node says of a certificate that it does not take. */
const codes: Readonly<Record<string, string>> = {
  SELF_SIGNED_CERT_IN_CHAIN: "its authority is not known here",
  DEPTH_ZERO_SELF_SIGNED_CERT: "it is signed by itself",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "its authority is not known here, or an intermediate certificate is missing",
  UNABLE_TO_GET_ISSUER_CERT: "its authority is not known here",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "its authority is not known here",
  ERR_TLS_CERT_ALTNAME_INVALID: "it is for another name",
  CERT_HAS_EXPIRED: "it has expired",
  CERT_NOT_YET_VALID: "it is not valid yet",
};

/** Why `fetch` took no certificate there, and what to do; undefined for every other error. */
export function certificateProblem(error: unknown): { readonly reason: string; readonly fix: string } | undefined {
  const cause = error instanceof Error ? (error.cause as { code?: unknown } | undefined) : undefined;
  const reason = typeof cause?.code === "string" ? codes[cause.code] : undefined;
  if (reason === undefined) return undefined;
  const isUnknown = /authority|itself/.test(reason);
  return {
    reason,
    fix: isUnknown
      ? "Set NODE_EXTRA_CA_CERTS to a PEM file with the certificate of the authority, and start again."
      : "Use a name that the certificate is for, or have it renewed there.",
  };
}
