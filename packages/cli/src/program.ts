import { Command as Commander, type CommanderError } from "commander";
import { type Command, exitCodes, type Option, type Options } from "./command.ts";
import { groups } from "./commands/index.ts";

const common: readonly Option[] = [
  { flags: "--json", help: "print the result, or the error, as JSON" },
  { flags: "-q, --quiet", help: "no progress" },
  { flags: "--context <name>", help: "the server, of `pave contexts list` (default: the current one)" },
];

/** From nothing to production and back. */
export const roadExamples = [
  "pave up --detach && pave open",
  "pave new churn --data customers.csv --target churned",
  "pave run && pave deploy --to staging",
  "pave promote staging production",
  "pave rollback production -m 'too many false alarms'",
];

const further = `
Examples:
${roadExamples.map((example) => `  ${example}`).join("\n")}

Exit codes: 0 done · 1 the run, gate or check failed · 2 wrong usage or input · 3 not signed in or not allowed ·
            4 no platform reached · 130 interrupted

Every command has examples: pave COMMAND --help`;

export type Execute = (command: Command, args: readonly (string | undefined)[], options: Options) => Promise<void>;

/** The commander program of all commands. Its own complaints come as CommanderError; see `usageError`. */
export function createProgram(execute: Execute): Commander {
  const program = new Commander("pave")
    .description("The paved road from notebook to production for machine learning.")
    .version("0.1.0")
    .exitOverride()
    .configureOutput({ outputError: () => {} })
    .helpCommand(false)
    .configureHelp({
      subcommandTerm: (command) =>
        [
          command.name(),
          ...command.registeredArguments.map((one) => (one.required ? `<${one.name()}>` : `[${one.name()}]`)),
        ].join(" "),
    });
  for (const option of common) addOption(program, option);
  for (const { title, commands } of groups) {
    program.commandsGroup(`${title}:`);
    for (const command of commands) declare(program, command, execute);
  }
  return program.addHelpText("after", further);
}

function declare(program: Commander, command: Command, execute: Execute): void {
  const words = command.name.split(" ");
  const parent = words.slice(0, -1).reduce((above, _, at) => nounOf(above, words.slice(0, at + 1)), program);
  const declared = parent.command(words.at(-1) ?? "").description(command.summary);
  for (const argument of command.arguments ?? []) declared.argument(argument.name, argument.help);
  for (const option of [...(command.options ?? []), ...common]) addOption(declared, option);
  declared.addHelpText("after", `\nExamples:\n${command.examples.map((example) => `  ${example}`).join("\n")}`);
  declared.action((...values: unknown[]) => {
    const args = values
      .slice(0, (command.arguments ?? []).length)
      .flatMap((value) => (Array.isArray(value) ? value : [value])) as (string | undefined)[];
    return execute(command, args, declared.optsWithGlobals() as Options);
  });
}

/** `runs`, or `notifications targets`, as a command that has only others below it; said alone, it shows them. */
function nounOf(above: Commander, words: readonly string[]): Commander {
  const noun = words.at(-1) ?? "";
  const known = above.commands.find((command) => command.name() === noun);
  if (known) return known;
  const path = `${words.join(" ")} `;
  const commands = groups.flatMap((group) => group.commands).filter((command) => command.name.startsWith(path));
  const verbs = new Set(commands.map((command) => command.name.split(" ")[words.length]));
  return above
    .command(noun)
    .description([...verbs].join(", "))
    .usage("COMMAND")
    .helpCommand(false)
    .addHelpText("after", `\nExamples:\n${commands.map((command) => `  ${command.examples[0]}`).join("\n")}`);
}

function addOption(declared: Commander, option: Option): void {
  if (option.repeatable)
    declared.option(option.flags, `${option.help} (repeatable)`, (value: string, previous: string[] = []) => [
      ...previous,
      value,
    ]);
  else declared.option(option.flags, option.help, option.fallback as string | undefined);
}

/** What commander has to say about a wrong command line, in our form; undefined when it only showed help. */
export function usageError(
  error: CommanderError,
  words: readonly string[],
  options: { readonly json: boolean } = { json: false },
): { message: string; fix: string } | undefined {
  if (error.exitCode === exitCodes.ok) return undefined;
  if (error.code === "commander.help")
    return options.json ? { message: "which command?", fix: "See `pave --help`." } : undefined;
  const [first = "", suggestion] = error.message.replace(/^error: /, "").split("\n");
  const meant = /\(Did you mean (.+?)\??\)/.exec(suggestion ?? "")?.[1];
  const command = words.filter((word) => /^[a-z][a-z-]*$/.test(word));
  const known = groups.flatMap((group) => group.commands).map((one) => one.name);
  const about = [3, 2, 1]
    .map((length) => command.slice(0, length).join(" "))
    .find((name) => known.some((one) => one === name || one.startsWith(`${name} `)));
  return {
    message: `${first.replaceAll("'", "`")}${meant ? `; did you mean \`${meant.replace(/^one of /, "")}\`?` : ""}`,
    fix: `See \`pave ${about ? `${about} ` : ""}--help\`.`,
  };
}
