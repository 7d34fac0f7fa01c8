import { ApiError } from "@pave/contract";
import { CommanderError } from "commander";
import { type Command, type CommandContext, exitCodes, type Options, text } from "./command.ts";
import { connect, findConnection } from "./connection.ts";
import { projectNameIfAny } from "./local/project-folder.ts";
import { colors, createOutput } from "./output.ts";
import { plainClient, shownJson } from "./plain-text.ts";
import { createProgram, usageError } from "./program.ts";
import { renderError } from "./render-error.ts";

const interrupted = new AbortController();
process.once("SIGINT", () => interrupted.abort());
process.once("SIGTERM", () => interrupted.abort());
for (const stream of [process.stdout, process.stderr])
  stream.on("error", (error: NodeJS.ErrnoException) => {
    // the reader of a pipe went away, as `head` does
    if (error.code === "EPIPE") process.exit(process.exitCode ?? exitCodes.ok);
    throw error;
  });

const words = process.argv.slice(2);
try {
  await createProgram(execute).parseAsync(words, { from: "user" });
} catch (error) {
  if (!(error instanceof CommanderError)) throw error;
  const json = words.some((word) => word === "--json" || word.startsWith("--json="));
  const wrong = usageError(error, words, { json });
  process.exitCode = error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
  if (wrong) tell(wrong, `${wrong.message}\n${colors.dim(`  ${wrong.fix}`)}`, json);
}

async function execute(command: Command, args: readonly (string | undefined)[], options: Options): Promise<void> {
  const json = options.json === true;
  const output = createOutput({ json, quiet: options.quiet === true });
  const connection = once(() =>
    findConnection({
      context: text(options.context),
      project: () => projectNameIfAny(process.cwd(), text(options.project)),
    }),
  );
  const client = once(async () => {
    const found = await connection();
    sayIfEnding(found.expiresAt, found.context, output);
    return json ? connect(found) : plainClient(await connect(found));
  });
  const context: CommandContext = {
    output,
    json,
    signal: interrupted.signal,
    folder: process.cwd(),
    client,
    connection,
  };
  try {
    const result = await command.run(context, args, options);
    process.exitCode = result.exitCode ?? exitCodes.ok;
    if (json) output.line(shownJson(result.data, 2));
    else if (result.text) output.line(result.text);
  } catch (error) {
    const rendered = renderError(error);
    process.exitCode = interrupted.signal.aborted ? exitCodes.interrupted : rendered.exitCode;
    if (isAbort(error) && !json) return;
    tell(rendered.body, `${rendered.text}${await more(error, connection)}`, json);
  }
}

/** An error, in the one form for people or the one for programs. */
function tell(body: unknown, text: string, json: boolean): void {
  if (json) process.stdout.write(`${shownJson({ error: body }, 2)}\n`);
  else process.stderr.write(`${colors.red("error")} ${text}\n`);
}

/** On a terminal, where the docs say more about it. */
async function more(error: unknown, connection: CommandContext["connection"]): Promise<string> {
  if (!(error instanceof ApiError) || !process.stderr.isTTY) return "";
  const { url } = await connection().catch(() => ({ url: "" }));
  return `\n${colors.dim(`  More: ${url}${error.body.docs}`)}`;
}

/** In time to sign in again. */
function sayIfEnding(
  expiresAt: string | undefined,
  context: string | undefined,
  output: CommandContext["output"],
): void {
  if (expiresAt === undefined || context === undefined) return;
  const days = (Date.parse(expiresAt) - Date.now()) / 86_400_000;
  if (days < 3) output.note(`Your sign-in to ${context} ends on ${expiresAt.slice(0, 10)}: \`pave login\` renews it.`);
}

/** Made on first use, and once. */
function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === "AbortError";
}
