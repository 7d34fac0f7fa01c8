import type { Config } from "../config.ts";
import type { CertificateFiles } from "../drivers/tls/index.ts";

const loopback = new Set(["127.0.0.1", "::1", "localhost"]);

/** The pair that API and gateway serve; undefined where TLS ends elsewhere, or nowhere. */
export const certificateFiles = (config: Pick<Config, "tlsCertFile" | "tlsKeyFile">): CertificateFiles | undefined =>
  config.tlsCertFile ? { certFile: config.tlsCertFile, keyFile: config.tlsKeyFile } : undefined;

/** What passes over the network for others to read, in a sentence each with what to do; nothing on a loopback address. */
export function exposureWarnings(
  config: Pick<Config, "host" | "gatewayHost" | "tlsCertFile" | "trustedProxies">,
  parts: readonly ("api" | "gateway")[] = ["api", "gateway"],
): string[] {
  if (config.tlsCertFile || config.trustedProxies.length > 0) return [];
  const open = [
    { part: "api", env: "PAVE_HOST", host: config.host, what: "passwords, tokens and data" },
    { part: "gateway", env: "PAVE_GATEWAY_HOST", host: config.gatewayHost, what: "keys, features and predictions" },
  ] as const;
  return open
    .filter(({ part, host }) => parts.includes(part) && !loopback.has(host))
    .map(
      ({ part, env, host, what }) =>
        `${env}=${host}: the ${part} is open to the network without TLS, so ${what} can be read on the way. Set PAVE_TLS_CERT_FILE and PAVE_TLS_KEY_FILE, or put it behind a proxy with TLS and name that in PAVE_TRUSTED_PROXIES.`,
    );
}
