import { CliError, type CommandContext } from "../command.ts";

/**
 * All of standard input as text. Typed at a terminal it is not shown, and ends with Return. One line loses its end, which
 * `echo` adds and nobody means; a longer text stays as it is.
 */
export async function readStandardInput(what: string, { output }: Pick<CommandContext, "output">): Promise<string> {
  const value = process.stdin.isTTY ? await readHidden(what, output) : await readAll();
  const isOneLine = /^[^\r\n]*\r?\n?$/.test(value);
  if (value.trim() === "")
    throw new CliError(`Expected ${what} on standard input, found nothing`, { fix: "For example: pave … < file" });
  return isOneLine ? value.replace(/\r?\n$/, "") : value;
}

async function readAll(): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) chunks.push(chunk);
  const bytes = Buffer.concat(chunks);
  const text = bytes.toString("utf8");
  if (Buffer.from(text).equals(bytes)) return text;
  throw new CliError("Expected text in UTF-8 on standard input, found other bytes", {
    fix: "Encode it: base64 < file | pave …",
  });
}

/** Up to Return, without an echo. */
function readHidden(what: string, output: CommandContext["output"]): Promise<string> {
  const { stdin } = process;
  output.note(`Type or paste ${what}, then Return (it is not shown):`);
  stdin.setRawMode(true);
  return new Promise((resolve, reject) => {
    let typed = "";
    const end = (finish: () => void) => {
      stdin.setRawMode(false);
      stdin.pause();
      stdin.off("data", onData);
      finish();
    };
    const onData = (data: Buffer) => {
      for (const letter of data.toString("utf8")) {
        if (letter === "\r" || letter === "\n" || letter === "\u0004") return end(() => resolve(typed));
        if (letter === "\u0003") return end(() => reject(new CliError("Interrupted", { exitCode: 130 })));
        typed = letter === "\u007f" ? typed.slice(0, -1) : typed + letter;
      }
    };
    stdin.on("data", onData);
    stdin.resume();
  });
}
