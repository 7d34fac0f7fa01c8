import { readFile, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { describeConfig, type Setting, settings } from "../packages/server/src/config.ts";

/** Writes `docs/settings.md` from the settings table; with `--check` it only tells whether that is done. */
const path = join(import.meta.dirname, "..", "docs", "settings.md");

/** Every setting stands in one of these, in the order in which one needs them. */
const groups: readonly { readonly title: string; readonly text: string; readonly names: readonly string[] }[] = [
  {
    title: "Data",
    text: "",
    names: ["dataFolder", "databaseUrl", "diskReserve", "logLevel"],
  },
  {
    title: "Addresses",
    text: "Everything listens on loopback unless told otherwise.",
    names: ["host", "port", "publicUrl", "allowedHosts", "gatewayHost", "gatewayPort", "gatewayUrl", "gatewayWorkers"],
  },
  {
    title: "TLS and proxies",
    text: "[Install](install.md#tls) says how they go together.",
    names: ["tlsCertFile", "tlsKeyFile", "trustedProxies"],
  },
  {
    title: "Roles on machines of their own",
    text: "[In parts](in-parts.md) says which role needs which settings.",
    names: ["apiUrl", "token", "runnerCapacity"],
  },
  {
    title: "Steps and models",
    text: "",
    names: ["isolation", "python", "sourceBuilds", "stepDisk", "modelCheckSeconds", "modelCheckMemory"],
  },
  {
    title: "People",
    text: "[People](people.md) and [signing in](sign-in.md) say how they go together.",
    names: ["laptop", "passwords", "terminalDays", "ciIssuers"],
  },
  {
    title: "Sign-in by an OpenID provider",
    text: "[People](people.md#an-openid-provider) has an example.",
    names: [
      ...["oidcIssuer", "oidcClientId", "oidcClientSecretFile", "oidcName", "oidcScopes", "oidcNameClaim"],
      ...["oidcEmailVerifiedClaim", "oidcGroupsClaim", "oidcGroupsFile", "oidcAllowedDomains", "oidcAllowedGroups"],
      "oidcTimeoutSeconds",
    ],
  },
  {
    title: "Secrets",
    text: "[Secrets](secrets.md) says which key seals.",
    names: ["masterKeyFile", "masterKey", "masterKeyCommand"],
  },
  {
    title: "What the server and connections may reach",
    text: "",
    names: ["outboundAllow", "outboundHttp", "loopbackConnections"],
  },
  {
    title: "Backups",
    text: "[Backup](backup.md) says how they are made and proved.",
    names: [
      ...["backupFolder", "backupSchedule", "backupKeepDaily", "backupKeepWeekly", "backupRecipient"],
      ...["backupPassphraseFile", "backupIdentityFile", "backupDrillEvery"],
    ],
  },
  { title: "Alerts", text: "", names: ["alertWebhook", "alertWebhookSecretFile"] },
  {
    title: "How long things are kept",
    text: "",
    names: ["requestLogDays", "predictionDays", "alertDays", "deliveryDays", "notificationDays"],
  },
  { title: "Estimates", text: "", names: ["priceCpuHourUsd", "priceGibHourUsd", "carbonGramsPerKwh"] },
];

const table: Readonly<Record<string, Setting>> = settings;
const lines = new Map(describeConfig({}).map((line) => [line.name, line]));
const grouped = groups.flatMap(({ names }) => names);
const missing = [...lines.keys()].filter((name) => !grouped.includes(name));
const unknown = grouped.filter((name) => !lines.has(name));
if (missing.length + unknown.length > 0)
  throw new Error(
    `scripts/write-settings-docs.ts: \`groups\` lacks ${missing.join(", ") || "nothing"}, and has ${unknown.join(", ") || "nothing"} that is no setting`,
  );

const cell = (text: string): string => text.replaceAll("|", "\\|").replaceAll("<", "&lt;");
const row = (name: string): string => {
  const { env = "", value = "", help = "" } = lines.get(name) ?? {};
  const size = /^\d{9,}$/.test(value) ? `${Number(value) / 2 ** 30}Gi` : value.replace(homedir(), "~");
  const shown = value === "" ? "" : `\`${size}\``;
  return `| \`${env}\` | ${shown} | ${cell(help)}${table[name]?.secret ? " Never shown." : ""} |`;
};

const text = `# Settings of the server

Read once at start from the environment, by \`pave up\` and \`pave serve\`; a wrong value stops the start, and all that are wrong are told together. \`pave config\` shows the value of each, and where it comes from. With systemd they stand in \`/etc/pave/pave.env\`, with a container behind \`--env\` ([install](install.md)). What a client reads stands in [the terminal client](cli.md#environment-variables-of-the-client).

${groups
  .map(({ title, text, names }) =>
    [
      `## ${title}`,
      "",
      ...(text ? [text, ""] : []),
      "| variable | default | meaning |",
      "| --- | --- | --- |",
      ...names.map(row),
      "",
    ].join("\n"),
  )
  .join("\n")}`;

if (!process.argv.includes("--check")) await writeFile(path, text);
else if ((await readFile(path, "utf8").catch(() => "")) !== text) {
  process.stderr.write("docs/settings.md is not what the settings make: node scripts/write-settings-docs.ts\n");
  process.exitCode = 1;
}
