import type { z } from "zod";
import { addressSettings, roleSettings, tlsSettings } from "./config/addresses.ts";
import { alertSettings, keepingSettings } from "./config/alerts.ts";
import { artifactSettings } from "./config/artifacts.ts";
import { backupSettings } from "./config/backups.ts";
import { dataSettings } from "./config/data.ts";
import { estimateSettings } from "./config/estimates.ts";
import { peopleSettings, providerSettings } from "./config/people.ts";
import { reachSettings } from "./config/reach.ts";
import { secretSettings } from "./config/secrets.ts";
import type { SettingGroup } from "./config/setting.ts";
import { stepSettings } from "./config/steps.ts";
import { PaveError } from "./kernel/pave-error.ts";

/** Every setting of the server, declared once: its variable, type, default and help. `pave config` prints this table. */
export const settings = {
  ...dataSettings,
  ...artifactSettings,
  ...addressSettings,
  ...tlsSettings,
  ...roleSettings,
  ...stepSettings,
  ...peopleSettings,
  ...providerSettings,
  ...secretSettings,
  ...reachSettings,
  ...backupSettings,
  ...alertSettings,
  ...keepingSettings,
  ...estimateSettings,
} as const satisfies SettingGroup;

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
  if (Boolean(given.s3AccessKeyId) !== Boolean(given.s3SecretAccessKey))
    problems.push({
      message: `PAVE_S3_${given.s3AccessKeyId ? "SECRET_ACCESS_KEY" : "ACCESS_KEY_ID"}: expected a value, since the other of the two is set, found none`,
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
