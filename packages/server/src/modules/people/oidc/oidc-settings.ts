/** How the platform is known to an OpenID provider, and what it takes from it. */
export interface OidcSettings {
  readonly issuer: string;
  readonly clientId: string;
  /** Read at every use, so that a new secret needs no restart; empty for a public client, which PKCE protects alone. */
  readonly clientSecretFile: string;
  /** On the button of the sign-in page. */
  readonly name: string;
  readonly scopes: string;
  readonly claims: { readonly name: string; readonly groups: string; readonly emailVerified: string };
  readonly groupsFile: string;
  readonly openTo: { readonly domains: readonly string[]; readonly groups: readonly string[] };
  readonly timeoutMs: number;
}
