/**
 * The gateway with everything on (authentication, checks against the signature, prediction ids, counters, rows counted in a
 * reference profile, a supervisor)
 * against a bare node:http + onnxruntime server with the same batching, one serving process each, taking turns on the
 * same machine:
 *
 *     node bench/serving/bench-serving.ts [seconds per measurement] [rounds]
 *
 * Prints a table and the ratio of the medians. The aim is at least 0.8. Where other programs keep the machine busy, the
 * CPU time that the serving process takes for a request says more than the requests it gets done in a second.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ProfileBuilder } from "@pave/contract/drift";
import { startGateway } from "../../packages/server/src/gateway/run-gateway.ts";
import { endpointOf, FakeApi, fixtureFolder, releaseOf } from "../../packages/server/src/gateway/testing/fake-api.ts";
import { createLogger } from "../../packages/server/src/kernel/logger.ts";
import { generateLoad, hasWrk, type LoadResult } from "./generate-load.ts";

const seconds = Number(process.argv[2] ?? 4);
const rounds = Number(process.argv[3] ?? 5);
const body = JSON.stringify({ origin: "ORD", hour: 17, distance: 733, wind: 25.5 });

const folder = mkdtempSync(join(tmpdir(), "pave-bench-"));
const stopping = new AbortController();
const api = new FakeApi();
await api.start();
const release = { ...releaseOf("late-1", "1"), profile: profileFile() };
api.publish([endpointOf([release])]);
const gateway = await startGateway({
  host: "127.0.0.1",
  port: 0,
  workers: 1,
  api: { apiUrl: api.url, token: "gateway-token" },
  dataFolder: folder,
  log: createLogger({ level: "warn" }),
  signal: stopping.signal,
});
await api.reported(release.releaseId, "ready");
const bare = await startBare();

const servers = [
  { name: "bare", port: bare.port, path: "/", pid: bare.child.pid },
  {
    name: "gateway",
    port: gateway.port,
    path: "/production/flights/late/predict",
    pid: gateway.status().workers[0]?.pid,
  },
];
interface Measured extends LoadResult {
  readonly cpuUs: number;
}
console.log(`load by ${hasWrk ? "wrk" : "sockets in this process"}, ${seconds} s a measurement, median of ${rounds}\n`);
console.log("connections  server   requests/s   p50 ms   p99 ms   CPU us/request   failed");
for (const connections of [1, 8, 32, 128]) {
  const results = new Map<string, Measured[]>(servers.map(({ name }) => [name, []]));
  for (const server of servers) await measure(server, connections, 1);
  for (let round = 0; round < rounds; round += 1) {
    for (const server of servers) results.get(server.name)?.push(await measure(server, connections, seconds));
  }
  const medians = servers.map(({ name }) => ({ name, ...summary(results.get(name) ?? []) }));
  for (const { name, requestsPerSecond, p50Ms, p99Ms, cpuUs, failed } of medians) {
    const cells = [
      requestsPerSecond.toFixed(0).padStart(11),
      p50Ms.toFixed(2).padStart(8),
      p99Ms.toFixed(2).padStart(8),
      cpuUs.toFixed(1).padStart(16),
      String(failed).padStart(8),
    ];
    console.log(`${String(connections).padStart(11)}  ${name.padEnd(7)} ${cells.join(" ")}`);
  }
  const [plain, ours] = medians;
  if (plain && ours)
    console.log(
      `             ratio   ${(ours.requestsPerSecond / plain.requestsPerSecond).toFixed(2).padStart(11)} ${(plain.cpuUs / ours.cpuUs).toFixed(2).padStart(34)}\n`,
    );
}

bare.child.kill();
stopping.abort();
await gateway.stopped;
await api.stop();
rmSync(folder, { recursive: true });

async function measure(
  { port, path, pid }: { port: number; path: string; pid: number | undefined },
  connections: number,
  seconds: number,
): Promise<Measured> {
  const before = cpuSecondsOf(pid);
  const result = await generateLoad({ port, path, body, token: "secret", connections, seconds });
  return { ...result, cpuUs: ((cpuSecondsOf(pid) - before) * 1e6) / (result.requestsPerSecond * seconds) };
}

/** User and system time so far; not a number where there is no /proc. */
function cpuSecondsOf(pid: number | undefined): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
      .replace(/^.*\) /, "")
      .split(" ");
    return (Number(fields[11]) + Number(fields[12])) / 100;
  } catch {
    return Number.NaN;
  }
}

async function startBare(): Promise<{ child: ChildProcess; port: number }> {
  const port = await freePort();
  const child = spawn(
    process.execPath,
    [join(import.meta.dirname, "bare-server.ts"), join(fixtureFolder("late-1"), "model.onnx"), String(port)],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  await once(child.stdout, "data");
  return { child, port };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  return typeof address === "object" && address ? address.port : 0;
}

function summary(results: readonly Measured[]): Measured {
  const median = (pick: (result: Measured) => number) =>
    results.map(pick).sort((a, b) => a - b)[Math.floor(results.length / 2)] ?? 0;
  return {
    requestsPerSecond: median((result) => result.requestsPerSecond),
    p50Ms: median((result) => result.p50Ms),
    p99Ms: median((result) => result.p99Ms),
    cpuUs: median((result) => result.cpuUs),
    failed: results.reduce((sum, { failed }) => sum + failed, 0),
  };
}

/** What the rows of the load are counted in. */
function profileFile() {
  const kinds = { origin: "categorical", hour: "numeric", distance: "numeric", wind: "numeric" } as const;
  const columns = Object.entries(kinds).map(([name, kind]) => ({ name, kind }));
  const builder = new ProfileBuilder(columns, { prediction: "numeric" });
  for (let row = 0; row < 5000; row += 1)
    builder.add({ origin: ["ORD", "ATL"][row % 2], hour: row % 24, distance: row, wind: row % 60 }, row / 5000);
  const text = JSON.stringify(builder.build());
  const digest = createHash("sha256").update(text).digest("hex");
  api.files.set(`/files/profiles/${digest}`, text);
  const url = `/files/profiles/${digest}?signature=good`;
  return { path: "profile.json", digest: `sha256:${digest}`, size: Buffer.byteLength(text), url };
}
