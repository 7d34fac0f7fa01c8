import { isIP } from "node:net";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { isolations } from "@pave/contract/settings";
import { z } from "zod";
import { isAllowEntry } from "./drivers/guarded-fetch/index.ts";
import { PaveError } from "./kernel/pave-error.ts";
import { parseSchedule } from "./kernel/schedule.ts";
import { parseBytes } from "./kernel/time.ts";
import { parseIssuer } from "./parse-issuer.ts";

export interface Setting {
  readonly env: string;
  readonly type: z.ZodType;
  readonly help: string;
  /** Never printed. */
  readonly secret?: boolean;
}

const port = z.coerce.number().int().min(0).max(65_535);
const amount = z.coerce.number().min(0).max(1_000_000);
const list = z.string().transform((text) =>
  text
    .split(",")
    .map((part) => part.trim())
    .filter(Boolean),
);

const issuers = list.transform((entries, issues) => {
  for (const entry of entries) {
    const issuer = parseIssuer(entry);
    if (typeof issuer === "string") issues.addIssue(issuer);
  }
  return entries;
});

const schedule = z.string().transform((text, issues) => {
  const value = parseSchedule(text);
  if (value === undefined) issues.addIssue("expected a time of day such as 02:30, an interval such as 6h, or off");
  return value ?? z.NEVER;
});

const bytes = z.string().transform((text, issues) => {
  const value = parseBytes(text);
  if (value === undefined) issues.addIssue("expected a size such as 1Gi or 500M");
  return value ?? z.NEVER;
});

const argv = z.string().transform((text, issues): string[] => {
  const words = z.array(z.string().min(1)).min(1).safeParse(jsonOf(text));
  if (!words.success) issues.addIssue('expected program and arguments as JSON, such as ["/opt/kms-wrap"]');
  return words.data ?? [];
});

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Every setting of the server, declared once: its variable, type, default and help. `pave config` prints this table. */
export const settings = {
  dataFolder: {
    env: "PAVE_HOME",
    type: z
      .string()
      .default(join(homedir(), ".pave"))
      .transform((path) => resolve(path)),
    help: "Where the embedded platform keeps its data.",
  },
  databaseUrl: {
    env: "PAVE_DATABASE_URL",
    type: z.string().default("embedded"),
    help: "PostgreSQL 15 or newer as postgres://…, or `embedded`.",
    secret: true,
  },
  host: {
    env: "PAVE_HOST",
    type: z.string().default("127.0.0.1"),
    help: "Address the API and portal listen on. Loopback unless told otherwise.",
  },
  port: { env: "PAVE_PORT", type: port.default(4700), help: "Port of the API and portal; 0 takes a free one." },
  gatewayHost: {
    env: "PAVE_GATEWAY_HOST",
    type: z.string().default("127.0.0.1"),
    help: "Address the gateway listens on.",
  },
  gatewayPort: {
    env: "PAVE_GATEWAY_PORT",
    type: port.default(4701),
    help: "Port of the gateway, which serves models; 0 takes a free one.",
  },
  gatewayWorkers: {
    env: "PAVE_GATEWAY_WORKERS",
    type: z.coerce.number().int().min(1).max(256).default(1),
    help: "Worker processes of the gateway.",
  },
  gatewayUrl: {
    env: "PAVE_GATEWAY_URL",
    type: z.string().default(""),
    help: "Public URL of the gateway, if it is not http://<host>:<port>.",
  },
  publicUrl: {
    env: "PAVE_PUBLIC_URL",
    type: z.string().default(""),
    help: "Public URL of API and portal, if it is not http://<host>:<port>.",
  },
  allowedHosts: {
    env: "PAVE_ALLOWED_HOSTS",
    type: list.default([]),
    help: "Host names the API answers for beside loopback, comma-separated.",
  },
  outboundAllow: {
    env: "PAVE_OUTBOUND_ALLOW",
    type: list.default([]).refine((entries) => entries.every(isAllowEntry), {
      error: "expected addresses, networks and host names, comma-separated, such as 10.0.0.0/8,hooks.corp.example",
    }),
    help: "What the server may connect to for others (targets of notifications and the like) beside public addresses: addresses, networks, host names, *.domain; comma-separated.",
  },
  outboundHttp: {
    env: "PAVE_OUTBOUND_HTTP",
    type: z.stringbool().default(false),
    help: "Whether that may be plain http to every host; https only otherwise, and http to what PAVE_OUTBOUND_ALLOW names.",
  },
  terminalDays: {
    env: "PAVE_TERMINAL_DAYS",
    type: z.coerce.number().int().min(1).max(366).default(30),
    help: "Days that a terminal stays signed in after `pave login`.",
  },
  ciIssuers: {
    env: "PAVE_CI_ISSUERS",
    type: issuers.prefault("https://token.actions.githubusercontent.com=github,https://gitlab.com=gitlab"),
    help: "Outside CI whose jobs can be trusted, as URL=github or URL=gitlab, comma-separated. The server reads their keys there, over https; http is taken for this machine itself only.",
  },
  tlsCertFile: {
    env: "PAVE_TLS_CERT_FILE",
    type: z.string().default(""),
    help: "PEM file with the certificate that API and gateway serve, its intermediates behind it. Read again when it changes.",
  },
  tlsKeyFile: {
    env: "PAVE_TLS_KEY_FILE",
    type: z.string().default(""),
    help: "PEM file with the key of that certificate, without a password.",
  },
  trustedProxies: {
    env: "PAVE_TRUSTED_PROXIES",
    type: list
      .refine((items) => items.every(isNetwork), "expected addresses or networks such as 10.0.0.0/8")
      .default([]),
    help: "Addresses or networks of proxies in front, comma-separated; only their X-Forwarded-For, -Proto and -Host count.",
  },
  apiUrl: {
    env: "PAVE_API_URL",
    type: z.string().default(""),
    help: "For `pave serve --role gateway|runner`: URL of the API.",
  },
  token: {
    env: "PAVE_ROLE_TOKEN",
    type: z.string().default(""),
    help: "For `pave serve --role gateway|runner`: the role's token, of `pave tokens create NAME --role ROLE`.",
    secret: true,
  },
  runnerCapacity: {
    env: "PAVE_RUNNER_CAPACITY",
    type: z.coerce.number().int().min(1).max(256).default(2),
    help: "Attempts a runner works on at once.",
  },
  isolation: {
    env: "PAVE_STEP_ISOLATION",
    type: z.enum(["auto", ...isolations]).default("auto"),
    help: "How steps are kept apart from the platform and each other: `auto` is all that the machine has.",
  },
  sourceBuilds: {
    env: "PAVE_SOURCE_BUILDS",
    type: z.enum(["auto", "always", "never"]).default("auto"),
    help: "Whether Python packages without a wheel are built from source, where their set-up code sees the settings of pip and uv. auto: only while those hold no credentials.",
  },
  stepDisk: {
    env: "PAVE_STEP_DISK",
    type: bytes.prefault("50Gi"),
    help: "What one step may take of the runner's disk, such as 50Gi; it is stopped beyond that, or when less than 1 GiB is left.",
  },
  modelCheckSeconds: {
    env: "PAVE_MODEL_CHECK_SECONDS",
    type: z.coerce.number().int().min(5).max(3600).default(180),
    help: "How long a model that a client registered may take to be loaded and scored; it is stopped then and cannot be released.",
  },
  modelCheckMemory: {
    env: "PAVE_MODEL_CHECK_MEMORY",
    type: bytes.prefault("2Gi"),
    help: "What memory it may take meanwhile, such as 2Gi.",
  },
  python: {
    env: "PAVE_PYTHON",
    type: z.string().default(""),
    help: "Python interpreter to make environments from; found on the PATH otherwise.",
  },
  laptop: {
    env: "PAVE_LAPTOP",
    type: z.enum(["auto", "true", "false", "1", "0"]).default("auto"),
    help: "A platform for one person, whose production lets one approve one's own plans; every plan shows it. auto: yes with the embedded database on a loopback address.",
  },
  priceCpuHourUsd: {
    env: "PAVE_PRICE_CPU_HOUR_USD",
    type: amount.default(0.031611),
    help: "Price of an hour of one CPU, for estimates; OpenCost's default (Google Cloud, us-central1) unless told otherwise.",
  },
  priceGibHourUsd: {
    env: "PAVE_PRICE_GIB_HOUR_USD",
    type: amount.default(0.004237),
    help: "Price of an hour of one GiB of memory, for estimates; OpenCost's default (Google Cloud, us-central1) unless told otherwise.",
  },
  carbonGramsPerKwh: {
    env: "PAVE_CARBON_GRAMS_PER_KWH",
    type: amount.default(473),
    help: "Grams of CO₂e of one kWh where the machines are, for estimates; the world's average of 2024 (Ember, Global Electricity Review 2025) unless told otherwise.",
  },
  diskReserve: {
    env: "PAVE_DISK_RESERVE",
    type: bytes.prefault("1Gi"),
    help: "Disk space that uploads leave free where artifacts lie, such as 1Gi or 500M; a full disk stops the database.",
  },
  requestLogDays: {
    env: "PAVE_REQUEST_LOG_DAYS",
    type: z.coerce.number().int().min(1).max(3650).default(30),
    help: "Days that files of the request log are kept.",
  },
  predictionDays: {
    env: "PAVE_PREDICTION_DAYS",
    type: z.coerce.number().int().min(1).max(3650).default(90),
    help: "Days that predictions are kept to be joined with ground truth; later labels are refused.",
  },
  alertDays: {
    env: "PAVE_ALERT_DAYS",
    type: z.coerce.number().int().min(1).max(3650).default(400),
    help: "Days that alerts are kept once they are resolved.",
  },
  deliveryDays: {
    env: "PAVE_ALERT_WEBHOOK_DAYS",
    type: z.coerce.number().int().min(1).max(3650).default(30),
    help: "Days that is kept what PAVE_ALERT_WEBHOOK was told, and with what success.",
  },
  notificationDays: {
    env: "PAVE_NOTIFICATION_DAYS",
    type: z.coerce.number().int().min(1).max(3650).default(90),
    help: "Days that notifications are kept, in inboxes and in the log of what was sent where.",
  },
  alertWebhook: {
    env: "PAVE_ALERT_WEBHOOK",
    type: z
      .string()
      .refine(
        (text) => text === "" || isPlainUrl(text),
        "expected a URL of http or https without a name and a password",
      )
      .default(""),
    help: "URL that is told of alerts: opened, acknowledged, resolved. Signed with the secret of PAVE_ALERT_WEBHOOK_SECRET_FILE.",
    secret: true,
  },
  alertWebhookSecretFile: {
    env: "PAVE_ALERT_WEBHOOK_SECRET_FILE",
    type: z.string().default(""),
    help: "File with the secret that messages to PAVE_ALERT_WEBHOOK are signed with (HMAC-SHA-256).",
  },
  masterKeyFile: {
    env: "PAVE_MASTER_KEY_FILE",
    type: z.string().default(""),
    help: "File of the master keys that secrets are sealed with, one a line in base64, the newest first; master-keys in the data folder unless told otherwise, made at the first start.",
  },
  masterKey: {
    env: "PAVE_MASTER_KEY",
    type: z.string().default(""),
    help: "The master key itself, 32 random bytes in base64; seals instead of the file, whose keys still open.",
    secret: true,
  },
  masterKeyCommand: {
    env: "PAVE_MASTER_KEY_COMMAND",
    type: argv.default([]),
    help: 'Program and arguments as JSON, such as ["/opt/kms-wrap","--key","pave"]; with `wrap` or `unwrap` as its last argument it answers for a key management service, standard input to output, base64. Seals before all others.',
  },
  loopbackConnections: {
    env: "PAVE_LOOPBACK_CONNECTIONS",
    type: z.enum(["auto", "true", "false", "1", "0"]).default("auto"),
    help: "Whether connections may lead to the machine of the runner itself. auto: yes on a platform for one person (PAVE_LAPTOP). Link-local addresses, where clouds keep credentials, are never allowed.",
  },
  passwords: {
    env: "PAVE_PASSWORDS",
    type: z.enum(["on", "off"]).default("on"),
    help: "Whether people may sign in with passwords of their own. There is none until somebody sets one.",
  },
  oidcIssuer: {
    env: "PAVE_OIDC_ISSUER",
    type: z
      .string()
      .refine((text) => text === "" || isProviderUrl(text), "expected an https URL (http only on loopback)")
      .default(""),
    help: "Issuer of the OpenID provider by which people sign in, exactly as it writes it; none without it.",
  },
  oidcClientId: {
    env: "PAVE_OIDC_CLIENT_ID",
    type: z.string().default(""),
    help: "Id of this platform at the provider. Its redirect URI there is <PAVE_PUBLIC_URL>/oidc/callback, its back-channel logout URI <PAVE_PUBLIC_URL>/oidc/logout.",
  },
  oidcClientSecretFile: {
    env: "PAVE_OIDC_CLIENT_SECRET_FILE",
    type: z.string().default(""),
    help: "File with the secret of that client; none for a public client.",
  },
  oidcName: {
    env: "PAVE_OIDC_NAME",
    type: z.string().max(60).default(""),
    help: "The provider's name on the sign-in page; its host unless told otherwise.",
  },
  oidcScopes: {
    env: "PAVE_OIDC_SCOPES",
    type: z.string().default("openid email profile"),
    help: "Scopes that are asked for, separated by spaces; add the one that has groups, if the provider has such.",
  },
  oidcGroupsClaim: {
    env: "PAVE_OIDC_GROUPS_CLAIM",
    type: z.string().min(1).default("groups"),
    help: "Claim with the groups of a person.",
  },
  oidcNameClaim: {
    env: "PAVE_OIDC_NAME_CLAIM",
    type: z.string().min(1).default("preferred_username"),
    help: "Claim that names are made from.",
  },
  oidcEmailVerifiedClaim: {
    env: "PAVE_OIDC_EMAIL_VERIFIED_CLAIM",
    type: z.string().min(1).default("email_verified"),
    help: "Claim that says whether the e-mail address is verified; only then it joins an invitation.",
  },
  oidcGroupsFile: {
    env: "PAVE_OIDC_GROUPS_FILE",
    type: z.string().default(""),
    help: "YAML file that says which teams and roles each group gives; read again at every sign-in.",
  },
  oidcAllowedDomains: {
    env: "PAVE_OIDC_ALLOWED_DOMAINS",
    type: list.default([]),
    help: "E-mail domains whose people may come without an invitation, comma-separated.",
  },
  oidcAllowedGroups: {
    env: "PAVE_OIDC_ALLOWED_GROUPS",
    type: list.default([]),
    help: "Groups whose people may come without an invitation, comma-separated.",
  },
  oidcTimeoutSeconds: {
    env: "PAVE_OIDC_TIMEOUT_SECONDS",
    type: z.coerce.number().min(0.1).max(60).default(10),
    help: "How long the provider may take for one answer.",
  },
  backupFolder: {
    env: "PAVE_BACKUP_FOLDER",
    type: z
      .string()
      .default("")
      .transform((path) => (path === "" ? "" : resolve(path))),
    help: "Folder of the server that backups are written to, best on another disk; backups in the data folder unless told otherwise.",
  },
  backupSchedule: {
    env: "PAVE_BACKUP_SCHEDULE",
    type: schedule.prefault("off"),
    help: "When a backup is made by itself: a time of day in UTC such as 02:30, an interval such as 6h, or off.",
  },
  backupKeepDaily: {
    env: "PAVE_BACKUP_KEEP_DAILY",
    type: z.coerce.number().int().min(1).max(3650).default(7),
    help: "Of how many days the last scheduled backup is kept.",
  },
  backupKeepWeekly: {
    env: "PAVE_BACKUP_KEEP_WEEKLY",
    type: z.coerce.number().int().min(0).max(520).default(4),
    help: "Of how many weeks, beside those days.",
  },
  backupRecipient: {
    env: "PAVE_BACKUP_RECIPIENT",
    type: z
      .string()
      .refine((text) => text === "" || /^age1[a-z0-9]+$/.test(text), "expected a public key of age such as age1…")
      .default(""),
    help: "Public key of age that backups are encrypted for, of `age-keygen`; the server itself cannot read them then.",
  },
  backupPassphraseFile: {
    env: "PAVE_BACKUP_PASSPHRASE_FILE",
    type: z.string().default(""),
    help: "File with the passphrase that backups are encrypted with, instead of a recipient.",
  },
  backupIdentityFile: {
    env: "PAVE_BACKUP_IDENTITY_FILE",
    type: z.string().default(""),
    help: "File with the private key of PAVE_BACKUP_RECIPIENT, for drills only; without it they are done by hand where the key is.",
  },
  backupDrillEvery: {
    env: "PAVE_BACKUP_DRILL_EVERY",
    type: schedule.prefault("7d"),
    help: "How often the last scheduled backup is restored on the side to prove it, such as 7d, or off.",
  },
  logLevel: {
    env: "PAVE_LOG_LEVEL",
    type: z.enum(["debug", "info", "warn", "error"]).default("info"),
    help: "How much is logged.",
  },
} as const satisfies Record<string, Setting>;

/** An address, or one with the length of its network's prefix. */
function isNetwork(text: string): boolean {
  const [address = "", prefix, ...more] = text.split("/");
  const version = isIP(address);
  if (version === 0 || more.length > 0) return false;
  return prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= (version === 4 ? 32 : 128));
}

/** One that `fetch` takes: it refuses those with a name and a password. */
function isPlainUrl(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url !== undefined && /^https?:$/.test(url.protocol) && url.username === "" && url.password === "";
}

/** TLS everywhere but on this machine: tokens that sign people in pass there. */
function isProviderUrl(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || url.username || url.search || url.hash) return false;
  return (
    url.protocol === "https:" ||
    (url.protocol === "http:" && ["127.0.0.1", "localhost", "[::1]"].includes(url.hostname))
  );
}

export type Config = { readonly [K in keyof typeof settings]: z.output<(typeof settings)[K]["type"]> };

/** Reads the environment once; every problem is reported together. */
export function readConfig(env: Record<string, string | undefined> = process.env): Config {
  const problems: { message: string }[] = [];
  const entries = Object.entries(settings).map(([name, setting]) => {
    const text = env[setting.env];
    const result = (setting.type as z.ZodType).safeParse(text === "" ? undefined : text);
    if (result.success) return [name, result.data];
    problems.push({
      message: `${setting.env}: ${(result.error.issues[0]?.message ?? "is not valid").replace(/^Invalid input: (expected) (\w+), received NaN$/, "$1 a $2")}, found ${"secret" in setting && setting.secret ? "a secret" : JSON.stringify(text)}`,
    });
    return [name, undefined];
  });
  const given = Object.fromEntries(entries) as Partial<Config>;
  if (given.alertWebhook && !given.alertWebhookSecretFile)
    problems.push({
      message: "PAVE_ALERT_WEBHOOK_SECRET_FILE: expected a file, since PAVE_ALERT_WEBHOOK is set, found none",
    });
  if (Boolean(given.oidcIssuer) !== Boolean(given.oidcClientId))
    problems.push({
      message: `${given.oidcIssuer ? "PAVE_OIDC_CLIENT_ID" : "PAVE_OIDC_ISSUER"}: expected a value, since the other of the two is set, found none`,
    });
  if (Boolean(given.tlsCertFile) !== Boolean(given.tlsKeyFile))
    problems.push({
      message: `PAVE_TLS_${given.tlsCertFile ? "KEY" : "CERT"}_FILE: expected a file, since PAVE_TLS_${given.tlsCertFile ? "CERT" : "KEY"}_FILE is set, found none`,
    });
  if (problems.length > 0)
    throw new PaveError("config.invalid", problems.map((problem) => problem.message).join("; "), {
      fix: "Correct the environment variables; `pave config` explains each.",
      problems,
    });
  return Object.freeze(given) as Config;
}

export interface ConfigLine {
  readonly name: string;
  readonly env: string;
  readonly value: string;
  readonly source: "environment" | "default";
  readonly help: string;
}

/** The table as people see it, secrets masked. */
export function describeConfig(env: Record<string, string | undefined> = process.env): ConfigLine[] {
  const config = readConfig(env) as Record<string, unknown>;
  return Object.entries(settings).map(([name, setting]) => {
    const given = Boolean(env[setting.env]);
    const value = Array.isArray(config[name]) ? config[name].join(",") : String(config[name]);
    return {
      name,
      env: setting.env,
      value: "secret" in setting && setting.secret && given ? "********" : value,
      source: given ? "environment" : "default",
      help: setting.help,
    };
  });
}
