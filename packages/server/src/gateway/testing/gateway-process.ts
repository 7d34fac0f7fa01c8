/** A gateway in a process of its own, to be killed: `node gateway-process.ts <apiUrl> <port> <dataFolder>`. */
import { silentLogger } from "../../kernel/logger.ts";
import { startGateway } from "../run-gateway.ts";

const [apiUrl = "", port = "0", dataFolder = ""] = process.argv.slice(2);
const stopping = new AbortController();
process.on("SIGTERM", () => stopping.abort());
const gateway = await startGateway({
  host: "127.0.0.1",
  port: Number(port),
  workers: 2,
  api: { apiUrl, token: "gateway-token" },
  dataFolder,
  log: silentLogger,
  signal: stopping.signal,
});
process.stdout.write(`${gateway.port}\n`);
await gateway.stopped;
