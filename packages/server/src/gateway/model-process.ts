/**
 * A process for one model: `node model-process.ts <model folder> <socket>`. Loads the model, scores its reference rows
 * so that the first caller pays for nothing, then listens. Ends on SIGTERM, or when its gateway is gone, as soon as no
 * worker is connected.
 */
import { openModel } from "./model/open-model.ts";
import { warm } from "./model/reference.ts";
import { RuntimeServer } from "./runtime/serve-runtime.ts";

const [folder, socket] = process.argv.slice(2);
if (folder === undefined || socket === undefined) {
  process.stderr.write("usage: node model-process.ts <model folder> <socket>\n");
  process.exit(2);
}
// Ctrl-C reaches the whole process group; the gateway is the one to say when.
process.on("SIGINT", () => {});

const model = await openModel(folder);
await warm(model, folder);
const server = new RuntimeServer(model.runtime);
let isEnding = false;
const end = (withinMs: number) => {
  if (isEnding) return;
  isEnding = true;
  setTimeout(() => process.exit(0), withinMs);
  setInterval(() => {
    if (server.isUnused) process.exit(0);
  }, 50);
};
// the longest that a worker may hold on to a version that was replaced: while its successor loads
process.on("SIGTERM", () => end(600_000));
server.onUnwatched = () => end(10_000);
await server.listen(socket);
