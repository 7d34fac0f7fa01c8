import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { groups } from "../packages/cli/src/commands/index.ts";
import { roadExamples } from "../packages/cli/src/program.ts";

/** Writes `docs/cli.md` from the declared commands and settings; with `--check` it only tells whether that is done. */
const path = join(import.meta.dirname, "..", "docs", "cli.md");

const cell = (text: string): string => text.replaceAll("|", "\\|");
const row = (...cells: string[]): string => `| ${cells.map(cell).join(" | ")} |`;

const commands = groups.flatMap(({ title, commands }) => [
  `### ${title}`,
  "",
  "| command | what it does |",
  "| --- | --- |",
  ...commands.map(({ name, arguments: args = [], summary }) =>
    row(`\`pave ${[name, ...args.map((argument) => argument.name)].join(" ")}\``, summary),
  ),
  "",
]);

const text = `# The terminal client

\`\`\`
${roadExamples.join("\n")}
\`\`\`

\`pave COMMAND --help\` has the options and examples of each. Every command takes \`--json\`, which prints the result or \`{ "error": … }\` as JSON on stdout, and \`--quiet\`. Results go to stdout, everything else to stderr. Without a terminal nothing is coloured and nothing is asked: what would ask wants \`--yes\`.

## Commands

${commands.join("\n")}
## Exit codes

| exit code | meaning |
| --- | --- |
| 0 | done; also when there was nothing to do |
| 1 | the run, gate or check failed |
| 2 | wrong usage or input |
| 3 | not signed in, or not allowed |
| 4 | no platform reached, or it failed |
| 130 | interrupted; what was started on the platform goes on |

## Environment variables of the client

| variable | meaning |
| --- | --- |
| \`PAVE_URL\`, \`PAVE_TOKEN\` | which platform, and as whom; otherwise that of \`pave up\` on this machine |
| \`PAVE_HOME\` | data folder of this machine's platform, \`~/.pave\` unless set |
| \`NO_COLOR\`, \`FORCE_COLOR\` | colours never, or also without a terminal |

The settings of the server have [a page of their own](settings.md).
`;

if (!process.argv.includes("--check")) await writeFile(path, text);
else if ((await readFile(path, "utf8").catch(() => "")) !== text) {
  process.stderr.write("docs/cli.md is not what the commands and settings make: node scripts/write-cli-docs.ts\n");
  process.exitCode = 1;
}
