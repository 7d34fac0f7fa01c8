/** A runner as a process of its own, to be killed by tests: `node runner-process.ts <api url> <data folder> <PATH>`. */
import { join } from "node:path";
import { createLogger } from "../../kernel/logger.ts";
import { runRunner } from "../run-runner.ts";

const [apiUrl = "", dataFolder = "", PATH] = process.argv.slice(2);
const stopping = new AbortController();
process.on("SIGTERM", () => stopping.abort());

await runRunner({
  apiUrl,
  token: "runner",
  dataFolder,
  capacity: 4,
  builtinsFolder: join(import.meta.dirname, "..", "..", "..", "..", ".."),
  environment: { PATH },
  heartbeatMs: 200,
  log: createLogger({ level: "warn" }),
  signal: stopping.signal,
});
process.exit(0);
