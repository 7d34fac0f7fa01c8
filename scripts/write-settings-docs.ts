import { readFile, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { addressSettings, roleSettings, tlsSettings } from "../packages/server/src/config/addresses.ts";
import { alertSettings, keepingSettings } from "../packages/server/src/config/alerts.ts";
import { artifactSettings } from "../packages/server/src/config/artifacts.ts";
import { backupSettings } from "../packages/server/src/config/backups.ts";
import { dataSettings } from "../packages/server/src/config/data.ts";
import { estimateSettings } from "../packages/server/src/config/estimates.ts";
import { peopleSettings, providerSettings } from "../packages/server/src/config/people.ts";
import { reachSettings } from "../packages/server/src/config/reach.ts";
import { secretSettings } from "../packages/server/src/config/secrets.ts";
import type { Setting, SettingGroup } from "../packages/server/src/config/setting.ts";
import { stepSettings } from "../packages/server/src/config/steps.ts";
import { describeConfig, settings } from "../packages/server/src/config.ts";

/** Writes `docs/settings.md` from the settings table; with `--check` it only tells whether that is done. */
const path = join(import.meta.dirname, "..", "docs", "settings.md");

/** Every setting stands in one of these, in the order in which one needs them. */
const groups: readonly { readonly title: string; readonly text: string; readonly settings: SettingGroup }[] = [
  {
    title: "Data",
    text: "",
    settings: dataSettings,
  },
  {
    title: "Artifacts",
    text: "[Artifacts](artifacts.md) says how they go together.",
    settings: artifactSettings,
  },
  {
    title: "Addresses",
    text: "Everything listens on loopback unless told otherwise.",
    settings: addressSettings,
  },
  {
    title: "TLS and proxies",
    text: "[Install](install.md#tls) says how they go together.",
    settings: tlsSettings,
  },
  {
    title: "Roles on machines of their own",
    text: "[In parts](in-parts.md) says which role needs which settings.",
    settings: roleSettings,
  },
  {
    title: "Steps and models",
    text: "",
    settings: stepSettings,
  },
  {
    title: "People",
    text: "[People](people.md) and [signing in](sign-in.md) say how they go together.",
    settings: peopleSettings,
  },
  {
    title: "Sign-in by an OpenID provider",
    text: "[People](people.md#an-openid-provider) has an example.",
    settings: providerSettings,
  },
  {
    title: "Secrets",
    text: "[Secrets](secrets.md) says which key seals.",
    settings: secretSettings,
  },
  {
    title: "What the server and connections may reach",
    text: "",
    settings: reachSettings,
  },
  {
    title: "Backups",
    text: "[Backup](backup.md) says how they are made and proved.",
    settings: backupSettings,
  },
  { title: "Alerts", text: "", settings: alertSettings },
  {
    title: "How long things are kept",
    text: "",
    settings: keepingSettings,
  },
  { title: "Estimates", text: "", settings: estimateSettings },
];

const table: Readonly<Record<string, Setting>> = settings;
const lines = new Map(describeConfig({}).map((line) => [line.name, line]));
const grouped = groups.flatMap(({ settings }) => Object.keys(settings));
const missing = [...lines.keys()].filter((name) => !grouped.includes(name));
if (missing.length > 0) throw new Error(`scripts/write-settings-docs.ts: \`groups\` lacks ${missing.join(", ")}`);

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
  .map(({ title, text, settings }) =>
    [
      `## ${title}`,
      "",
      ...(text ? [text, ""] : []),
      "| variable | default | meaning |",
      "| --- | --- | --- |",
      ...Object.keys(settings).map(row),
      "",
    ].join("\n"),
  )
  .join("\n")}`;

if (!process.argv.includes("--check")) await writeFile(path, text);
else if ((await readFile(path, "utf8").catch(() => "")) !== text) {
  process.stderr.write("docs/settings.md is not what the settings make: node scripts/write-settings-docs.ts\n");
  process.exitCode = 1;
}
