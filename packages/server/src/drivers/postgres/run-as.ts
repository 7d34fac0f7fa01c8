import { spawn } from "node:child_process";
import type { ServerUser } from "./server-user.ts";

/** Nothing of our environment: a stray PGDATA or LC_ALL must not change what the server does. */
export const serverEnvironment = { PATH: "/usr/bin:/bin", LC_ALL: "C", TZ: "UTC" };

export const idsOf = (user: ServerUser) =>
  user.uid === undefined || user.gid === undefined ? {} : { uid: user.uid, gid: user.gid };

/** Runs a program of PostgreSQL to its end and gives its exit code and all it said. */
export function runAs(
  user: ServerUser,
  command: string,
  args: readonly string[],
  { input = "", cwd = "/" }: { readonly input?: string; readonly cwd?: string } = {},
): Promise<{ code: number; output: string }> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { ...idsOf(user), cwd, env: serverEnvironment, stdio: "pipe" });
    let output = "";
    const collect = (chunk: Buffer): void => {
      output = (output + chunk).slice(-65_536);
    };
    child.stdout.on("data", collect);
    child.stderr.on("data", collect);
    child.once("error", (error) => resolve({ code: -1, output: `error: ${command}: ${error.message}` }));
    child.once("close", (code) => resolve({ code: code ?? -1, output }));
    // A program that ends early closes its input; its exit code tells.
    child.stdin.on("error", () => undefined);
    child.stdin.end(input);
  });
}
