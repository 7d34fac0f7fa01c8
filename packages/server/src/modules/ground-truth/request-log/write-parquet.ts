import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { entryFile } from "@pave/contract/installation";

const patienceMs = 120_000;
const script = "packages/server/src/modules/ground-truth/request-log/parquet-child";

/** JSON lines of logged requests to Parquet, in a process of its own that sees nothing but the two files. */
export async function writeParquet(from: string, to: string): Promise<void> {
  const child = spawn(process.execPath, [entryFile(script), from, to], {
    env: { LANG: "C.UTF-8" },
    stdio: ["ignore", "ignore", "pipe"],
    timeout: patienceMs,
    killSignal: "SIGKILL",
  });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  const said = await text(child.stderr);
  const code = await ended;
  if (code !== 0)
    throw new Error(`the request log could not be written as Parquet (code ${code}): ${said.slice(-500)}`);
}
