import type { Config } from "./config.ts";
import type { OidcSettings } from "./modules/people/index.ts";

/** May a connection lead to this machine itself? Said in so many words, or where there is one person, whose machine it is. */
export const allowsLoopback = (config: Config, embeddedDatabase: boolean): boolean =>
  config.loopbackConnections === "auto"
    ? isLaptop(config, embeddedDatabase)
    : ["true", "1"].includes(config.loopbackConnections);
/** Undefined where people sign in without a provider. */
export const oidcSettings = (config: Config): OidcSettings | undefined =>
  config.oidcIssuer === ""
    ? undefined
    : {
        issuer: config.oidcIssuer,
        clientId: config.oidcClientId,
        clientSecretFile: config.oidcClientSecretFile,
        name: config.oidcName || new URL(config.oidcIssuer).hostname,
        scopes: config.oidcScopes,
        claims: {
          name: config.oidcNameClaim,
          groups: config.oidcGroupsClaim,
          emailVerified: config.oidcEmailVerifiedClaim,
        },
        groupsFile: config.oidcGroupsFile,
        openTo: { domains: config.oidcAllowedDomains, groups: config.oidcAllowedGroups },
        timeoutMs: config.oidcTimeoutSeconds * 1000,
      };

/** Is this a platform for one person? Said in so many words, or where nobody else could reach it. */
export function isLaptop(config: Config, embeddedDatabase: boolean): boolean {
  if (config.laptop !== "auto") return ["true", "1"].includes(config.laptop);
  return embeddedDatabase && ["127.0.0.1", "::1", "localhost"].includes(config.host);
}

/** Do browsers come over TLS, here or at a proxy in front? Then cookies are for TLS alone, and for this host alone. */
export const isOverTls = ({ tlsCertFile, publicUrl }: Pick<Config, "tlsCertFile" | "publicUrl">): boolean =>
  tlsCertFile !== "" || publicUrl.startsWith("https:");
