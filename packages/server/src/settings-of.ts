import { join } from "node:path";
import { artifactSettings } from "./config/artifacts.ts";
import type { Config } from "./config.ts";
import type { openStores } from "./modules/artifacts/index.ts";
import type { createBackups } from "./modules/backups/index.ts";
import type { OidcSettings } from "./modules/people/index.ts";
import type { createReleases } from "./modules/releases/index.ts";

/** May a connection lead to this machine itself? Said in so many words, or where there is one person, whose machine it is. */
export const allowsLoopback = (config: Config, embeddedDatabase: boolean): boolean =>
  config.loopbackConnections === "auto"
    ? isLaptop(config, embeddedDatabase)
    : ["true", "1"].includes(config.loopbackConnections);

/** Where the vault reads its master keys. */
export const masterKeysFile = (config: Config): string =>
  config.masterKeyFile || join(config.dataFolder, "master-keys");

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

/** Where the bytes of artifacts lie. */
export const storeSettings = (config: Config): Parameters<typeof openStores>[0] => ({
  folder: join(config.dataFolder, "artifacts"),
  current: config.artifactStore,
  older: config.artifactStoreOld,
  s3: {
    endpoint: config.s3Endpoint,
    publicEndpoint: config.s3PublicEndpoint,
    region: config.s3Region,
    accessKeyId: config.s3AccessKeyId,
    secretAccessKey: config.s3SecretAccessKey,
    credentialsFile: config.s3CredentialsFile,
    pathStyle: config.s3PathStyle,
  },
});

/** Settings of the store for a process of ours that reads them itself. */
export const storeEnvironment = (config: Config): Readonly<Record<string, string>> =>
  Object.fromEntries(
    (Object.keys(artifactSettings) as (keyof typeof artifactSettings)[])
      .filter((name) => name.startsWith("s3") || name.startsWith("artifactStore"))
      .flatMap((name) => (config[name] ? [[artifactSettings[name].env, String(config[name])]] : [])),
  );

/** Where backups go, when, and how they are sealed. */
export const backupSettings = (config: Config) =>
  ({
    folder: config.backupFolder || join(config.dataFolder, "backups"),
    schedule: config.backupSchedule,
    drillEvery: config.backupDrillEvery,
    retention: { daily: config.backupKeepDaily, weekly: config.backupKeepWeekly },
    recipient: config.backupRecipient,
    passphraseFile: config.backupPassphraseFile,
    identityFile: config.backupIdentityFile,
    reserveBytes: config.diskReserve,
  }) satisfies Partial<Parameters<typeof createBackups>[0]>;

/** What estimates of releases count with. */
export const estimateSettings = (config: Config): Parameters<typeof createReleases>[0]["estimates"] => ({
  rates: {
    cpuHourUsd: config.priceCpuHourUsd,
    gibHourUsd: config.priceGibHourUsd,
    gramsCo2ePerKwh: config.carbonGramsPerKwh,
  },
  processesPerGateway: config.gatewayWorkers,
});

/** Do browsers come over TLS, here or at a proxy in front? Then cookies are for TLS alone, and for this host alone. */
export const isOverTls = ({ tlsCertFile, publicUrl }: Pick<Config, "tlsCertFile" | "publicUrl">): boolean =>
  tlsCertFile !== "" || publicUrl.startsWith("https:");
