import { CommanderError } from "commander";
import { describe, expect, test } from "vitest";
import type { Options } from "./command.ts";
import { groups } from "./commands/index.ts";
import { createProgram, roadExamples, usageError } from "./program.ts";

const commands = groups.flatMap((group) => group.commands);

interface Call {
  readonly command: string;
  readonly args: readonly (string | undefined)[];
  readonly options: Options;
}

/** What would be executed, or what is wrong with the words. */
async function parse(words: readonly string[]): Promise<Call | { message: string; fix: string } | undefined> {
  let call: Call | undefined;
  const program = createProgram(async (command, args, options) => {
    call = { command: command.name, args, options };
  });
  try {
    await program.parseAsync([...words], { from: "user" });
    return call;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return usageError(error, words);
  }
}

test("the help of each command has its arguments, options and examples", () => {
  const program = createProgram(async () => {});
  for (const command of commands) {
    const declared = command.name
      .split(" ")
      .reduce<typeof program | undefined>((above, word) => above?.commands.find((one) => one.name() === word), program);
    const written: string[] = [];
    declared?.configureOutput({ writeOut: (text) => void written.push(text) }).outputHelp();
    const help = written.join("");
    for (const option of command.options ?? []) expect(help).toContain(option.flags);
    expect(command.examples.length, command.name).toBeGreaterThan(0);
    for (const example of command.examples) expect(help).toContain(`\n  ${example}`);
    expect(help).toContain("--json");
  }
});

describe.each(commands.map((command) => [command.name, command] as const))("%s", (name, command) => {
  test("each example is a command line that is taken, and shows this command", async () => {
    for (const example of command.examples) {
      const lines = example.match(/\bpave [^|&)]+/g) ?? [];
      expect(lines.length, example).toBeGreaterThan(0);
      const calls = await Promise.all(lines.map((line) => parse(split(line).slice(1))));
      for (const call of calls) expect(call, example).toHaveProperty("command");
      expect(calls.map((call) => (call && "command" in call ? call.command : ""))).toContain(name);
    }
  });
});

test("the examples of `pave --help` are command lines that are taken", async () => {
  for (const example of roadExamples)
    for (const line of example.match(/\bpave [^|&)]+/g) ?? [])
      expect(await parse(split(line).slice(1)), line).toHaveProperty("command");
});

test("every command of the groups is known once, and the road comes first", () => {
  expect(new Set(commands.map((command) => command.name)).size).toBe(commands.length);
  const help = createProgram(async () => {}).helpInformation();
  expect(help.indexOf("The road:")).toBeLessThan(help.indexOf("This machine:"));
  expect(help).toMatch(/runs +list, show, logs, cancel, retry/);
});

test.each([
  [["rnu"], "unknown command `rnu`; did you mean `run`?", "See `pave --help`."],
  [["runs", "lst"], "unknown command `lst`; did you mean `list`?", "See `pave runs --help`."],
  [["run", "--refesh"], "unknown option `--refesh`; did you mean `--refresh`?", "See `pave run --help`."],
  [["runs", "show"], "missing required argument `run`", "See `pave runs show --help`."],
  [["promote", "staging"], "missing required argument `to`", "See `pave promote --help`."],
  [["down", "now"], "too many arguments for `down`. Expected 0 arguments but got 1: now.", "See `pave down --help`."],
])("%j is told with what was meant", async (words, message, fix) => {
  expect(await parse(words)).toEqual({ message, fix });
});

test("options reach the command, wherever they stand", async () => {
  expect(await parse(["run", "train", "--var", "a=1", "--var", "b=2", "--no-wait", "--json"])).toEqual({
    command: "run",
    args: ["train"],
    options: { var: ["a=1", "b=2"], wait: false, json: true },
  });
  expect(await parse(["plans", "approve", "2", "--platform", "-m", "seen"])).toEqual({
    command: "plans approve",
    args: ["2"],
    options: { platform: true, message: "seen" },
  });
  expect(await parse(["environments", "apply", "production.yaml", "-y", "--no-wait", "--json"])).toEqual({
    command: "environments apply",
    args: ["production.yaml"],
    options: { yes: true, wait: false, json: true },
  });
  expect(await parse(["--json", "runs", "list"])).toMatchObject({ command: "runs list", options: { json: true } });
});

/** Words as a shell would make them of a simple line. */
function split(line: string): string[] {
  return [...line.trim().matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map((match) => match[1] ?? match[2] ?? match[3] ?? "");
}
