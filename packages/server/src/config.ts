import { isIP } from "node:net";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { z } from "zod";
import { PaveError } from "./kernel/pave-error.ts";
import { parseBytes } from "./kernel/time.ts";

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

const bytes = z.string().transform((text, issues) => {
  const value = parseBytes(text);
  if (value === undefined) issues.addIssue("expected a size such as 1Gi or 500M");
  return value ?? z.NEVER;
});

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
    type: z.enum(["auto", "uid", "bwrap", "none"]).default("auto"),
    help: "How steps are kept apart from the platform and each other.",
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
