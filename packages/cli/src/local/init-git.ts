import { execFile } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Makes the folder a git repository with one commit. Says false where git is not to be had; nothing depends on it. */
export async function initGit(folder: string, message: string): Promise<boolean> {
  try {
    await run("git", ["-C", folder, "init", "--quiet", "--initial-branch=main"]);
    await run("git", ["-C", folder, "add", "--all"]);
    const identity = await run("git", ["-C", folder, "config", "user.email"]).catch(() => undefined);
    const fallback = identity ? [] : ["-c", "user.name=Pave", "-c", "user.email=pave@localhost"];
    await run("git", ["-C", folder, ...fallback, "commit", "--quiet", "--message", message]);
    return true;
  } catch {
    return false;
  }
}
