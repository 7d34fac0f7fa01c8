/**
 * A worker process of the gateway: answers requests with the models it holds. It is started by the supervisor, gets
 * routes and callers' sockets from it, and holds nothing that matters: no token, no disk, counters of a quarter second.
 */
import { writeSync } from "node:fs";
import { flushCompileCache } from "node:module";
import type { Socket } from "node:net";
import { messageOf } from "../kernel/pave-error.ts";
import { createCallerServer } from "./worker/caller-server.ts";
import { Counters } from "./worker/counters.ts";
import { requestHandler } from "./worker/handle-request.ts";
import { KeyTable } from "./worker/key-table.ts";
import { MetricsDesk } from "./worker/metrics-desk.ts";
import { ProfileCounter } from "./worker/profile-counter.ts";
import { RequestLog } from "./worker/request-log.ts";
import { RouteTable } from "./worker/route-table.ts";
import { type FromWorker, lastRunDescriptor, type ToWorker, type WorkerRoutes } from "./worker-messages.ts";

const tell = (message: FromWorker) => {
  if (process.connected) process.send?.(message);
};
let noted = "";
let linesLeft = 10;
/** A model that fails on every request must not fill the log: ten lines in a quarter second are enough. */
const logError = (message: string) => {
  linesLeft -= 1;
  if (linesLeft >= 0) tell({ type: "log", level: "error", message });
};
const profiles = new ProfileCounter(logError);
const counters = new Counters(profiles);
const keys = new KeyTable();
const routes = new RouteTable(tell, noteRun);
const requestLog = new RequestLog();
const metrics = new MetricsDesk(tell);
const callers = createCallerServer(requestHandler({ routes, keys, counters, requestLog, metrics, logError }));
const reporting = setInterval(() => report(), 250);
let reports = 0;
let isReady = false;
let isDraining = false;

process.on("message", (message: ToWorker, socket?: unknown) => {
  switch (message.type) {
    case "connection":
      // undefined when the caller left on the way here
      if (socket) callers.take(socket as Socket);
      return tell({ type: "accepted", connections: callers.connections });
    case "ping":
      return tell({ type: "pong", id: message.id });
    case "certificate":
      return callers.serveCertificate(message);
    case "contact":
      keys.contactAtMs = message.atMs;
      return;
    case "routes":
      keys.contactAtMs = message.contactAtMs;
      return applyRoutes(message.routes);
    case "metrics":
      return metrics.deliver(message.id, message.text);
    case "drain":
      return void drain();
  }
});
// Without a supervisor there will be no more callers and nobody to count for.
process.on("disconnect", () => void drain());
// Ctrl-C reaches the whole process group; the supervisor is the one to say when.
process.on("SIGINT", () => {});

function applyRoutes(next: WorkerRoutes) {
  keys.replace(next.keys);
  profiles.apply(next);
  routes
    .apply(next)
    .then(() => {
      if (isReady) return;
      isReady = true;
      tell({ type: "ready" });
      // now rather than at the end, which may come by force
      flushCompileCache();
    })
    .catch((error: unknown) => logError(`routes could not be applied: ${messageOf(error)}`));
}

/** Costs nothing while one release runs again and again, some microseconds when it is another one's turn. */
function noteRun(releaseId: string) {
  if (releaseId === noted) return;
  noted = releaseId;
  writeSync(lastRunDescriptor, `${releaseId}\n`.padEnd(64), 0);
}

/** Profiles have hundreds of cells, so they are told of every other second only. */
const reportsPerProfiles = 8;

function report(isLast = false) {
  linesLeft = 10;
  reports += 1;
  const taken = counters.take(isLast || reports % reportsPerProfiles === 0);
  tell({ type: "counters", connections: callers.connections, counters: taken });
  const logged = requestLog.take();
  if (logged) tell({ type: "requests", logged });
}

async function drain(): Promise<void> {
  if (isDraining) return;
  isDraining = true;
  await callers.drain(5000);
  clearInterval(reporting);
  report(true);
  if (process.connected) process.disconnect();
  setTimeout(() => process.exit(0), 100);
}
