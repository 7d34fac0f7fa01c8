import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { platformPermissionTable, projectPermissions, type Role, roles } from "@pave/contract";

/** Writes the tables of `docs/access.md` from the contract's; `--check` fails when the committed ones are not those. */
const path = join(import.meta.dirname, "..", "docs", "access.md");

const onProjects = [
  `| permission | ${roles.join(" | ")} | what it lets one do |`,
  `| --- |${roles.map(() => " --- |").join("")} --- |`,
  ...Object.entries(projectPermissions).map(
    ([name, { lets, roles: held }]) =>
      `| ${name} | ${roles.map((role) => ((held as readonly Role[]).includes(role) ? "yes" : "")).join(" | ")} | ${lets} |`,
  ),
];
const onPlatform = [
  "| permission | whose | what it lets one do |",
  "| --- | --- | --- |",
  ...Object.entries(platformPermissionTable).map(([name, { who, lets }]) => `| ${name} | ${who} | ${lets} |`),
];

const before = readFileSync(path, "utf8");
const after = [
  ["roles", onProjects],
  ["platform", onPlatform],
].reduce(
  (text, [name, lines]) =>
    text.replace(
      new RegExp(`<!-- ${name}: made by scripts/write-access-docs.ts -->\n[^]*?<!-- end -->`),
      () => `<!-- ${name}: made by scripts/write-access-docs.ts -->\n${(lines as string[]).join("\n")}\n<!-- end -->`,
    ),
  before,
);
if (!process.argv.includes("--check")) writeFileSync(path, after);
else if (after !== before) {
  process.stderr.write(
    "docs/access.md is not what the table of permissions says. Run: node scripts/write-access-docs.ts\n",
  );
  process.exitCode = 1;
}
