import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { messageOf, PaveError } from "../../../kernel/pave-error.ts";
import type { MasterKey } from "./master-key.ts";

const limitMs = 10_000;
const maxAnswerBytes = 64 * 1024;

/**
 * A master key that never leaves a key management service. `argv` is started with `wrap` or `unwrap` as its last
 * argument, never through a shell; the data key comes on standard input and the answer is read from standard output, both
 * base64. Only data keys pass, never values.
 */
export function commandKey(argv: readonly string[], timeoutMs = limitMs): MasterKey {
  const id = `command-${createHash("sha256").update(JSON.stringify(argv)).digest("hex").slice(0, 16)}`;
  const run = async (verb: "wrap" | "unwrap", input: Buffer) =>
    Buffer.from(await answerOf([...argv, verb], input.toString("base64"), timeoutMs), "base64");
  return { id, wrap: (dataKey) => run("wrap", dataKey), unwrap: (wrapped) => run("unwrap", wrapped) };
}

async function answerOf(argv: readonly string[], input: string, timeoutMs: number): Promise<string> {
  const [program = "", ...rest] = argv;
  const what = `${program} ${argv.at(-1)}`;
  return new Promise<string>((resolve, reject) => {
    const fail = (why: string, cause?: unknown) =>
      reject(
        new PaveError("vault.unavailable", `PAVE_MASTER_KEY_COMMAND: \`${what}\` ${why}`, {
          fix: "See to it that the command answers on this machine; what is running goes on meanwhile",
          cause,
        }),
      );
    const child = spawn(program, rest, { stdio: ["pipe", "pipe", "pipe"], timeout: timeoutMs, killSignal: "SIGKILL" });
    const answer: Buffer[] = [];
    const said: Buffer[] = [];
    let bytes = 0;
    child.stdout.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= maxAnswerBytes) answer.push(chunk);
    });
    child.stderr.on("data", (chunk: Buffer) => {
      if (said.length < 16) said.push(chunk);
    });
    child.on("error", (error) => fail(`could not be started: ${messageOf(error)}`, error));
    child.on("close", (code, signal) => {
      const words = Buffer.concat(said).toString("utf8").trim().slice(0, 500);
      if (signal === "SIGKILL") return fail(`did not answer in ${timeoutMs / 1000} s`);
      if (code !== 0) return fail(`ended with code ${code ?? signal}${words ? `: ${words}` : ""}`);
      const text = Buffer.concat(answer).toString("utf8").trim();
      if (text === "" || bytes > maxAnswerBytes) return fail(`answered ${bytes} bytes, expected a key in base64`);
      resolve(text);
    });
    // A command that ends without reading is told by its exit code.
    child.stdin.on("error", () => undefined);
    child.stdin.end(`${input}\n`);
  });
}
