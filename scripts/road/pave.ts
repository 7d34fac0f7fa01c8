import { spawn } from "node:child_process";
import { homedir } from "node:os";
import { join, resolve } from "node:path";

export const root = join(import.meta.dirname, "..", "..");
/** Where the platform of this road keeps its data. */
export const home = resolve(process.env.PAVE_HOME || join(homedir(), ".pave"));

const cli = join(root, "packages", "cli", "src", "main.ts");

/** A command that failed, with what it said. */
export class CommandFailed extends Error {
  override readonly name = "CommandFailed";
}

/** Runs `pave …` as a person would and gives its JSON. */
export async function pave<T>(
  args: readonly string[],
  options: { folder?: string; token?: string; url?: string } = {},
): Promise<T> {
  const child = spawn(process.execPath, [cli, ...args, "--json"], {
    cwd: options.folder ?? root,
    stdio: ["ignore", "pipe", "pipe"],
    // its own group: a Ctrl-C is ours to handle
    detached: true,
    env: {
      ...process.env,
      ...(options.token && options.url ? { PAVE_TOKEN: options.token, PAVE_URL: options.url } : {}),
    },
  });
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (chunk: Buffer) => {
    stdout += String(chunk);
  });
  child.stderr.on("data", (chunk: Buffer) => {
    stderr += String(chunk);
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  const parsed = parse<T & { error?: { message: string; fix?: string } }>(stdout);
  if (code === 0 && parsed !== undefined) return parsed;
  const said = parsed?.error
    ? `${parsed.error.message}${parsed.error.fix ? `\n  ${parsed.error.fix}` : ""}`
    : (failureOf(parsed) ?? stderr.trim().split("\n").slice(-5).join("\n"));
  throw new CommandFailed(`pave ${args.join(" ")} (exit code ${code}): ${said || "it said nothing"}`);
}

/** Where a run or plan failed, its own message says why. */
function failureOf(parsed: unknown): string | undefined {
  const { state, message } = (parsed ?? {}) as { state?: string; message?: string | null };
  return state ? `${state}${message ? `: ${message}` : ""}` : undefined;
}

/** Undefined where the text is no JSON. */
export function parse<T>(text: string): T | undefined {
  try {
    return JSON.parse(text) as T;
  } catch {
    return undefined;
  }
}
