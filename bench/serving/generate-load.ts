import { execFile, spawnSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

export interface Load {
  readonly port: number;
  readonly path: string;
  readonly body: string;
  readonly token: string;
  readonly connections: number;
  readonly seconds: number;
}

export interface LoadResult {
  readonly requestsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly failed: number;
}

export const hasWrk = spawnSync("wrk", ["--version"]).error === undefined;

/** One closed loop of requests per connection, with wrk where it is installed and with sockets of our own otherwise. */
export function generateLoad(load: Load): Promise<LoadResult> {
  return hasWrk ? withWrk(load) : withSockets(load);
}

async function withWrk({ port, path, body, token, connections, seconds }: Load): Promise<LoadResult> {
  const script = join(mkdtempSync(join(tmpdir(), "pave-bench-")), "load.lua");
  writeFileSync(
    script,
    `wrk.method = "POST"
wrk.body = ${JSON.stringify(body)}
wrk.headers["authorization"] = "Bearer ${token}"
done = function(summary, latency)
  local e = summary.errors
  io.write(string.format('RESULT {"requestsPerSecond":%f,"p50Ms":%f,"p99Ms":%f,"failed":%d}\\n',
    summary.requests / summary.duration * 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
    e.connect + e.read + e.write + e.status + e.timeout))
end
`,
  );
  const args = ["-t1", `-c${connections}`, `-d${seconds}`, "-s", script, `http://127.0.0.1:${port}${path}`];
  const { stdout, stderr } = await promisify(execFile)("wrk", args);
  const result = /RESULT (.*)/.exec(stdout)?.[1];
  if (result === undefined) throw new Error(`wrk gave no result: ${stdout}${stderr}`);
  return JSON.parse(result) as LoadResult;
}

async function withSockets({ port, path, body, token, connections, seconds }: Load): Promise<LoadResult> {
  const head = `POST ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer ${token}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n`;
  const request = Buffer.from(head + body);
  const times: number[] = [];
  let failed = 0;
  const until = performance.now() + seconds * 1000;
  const loop = () =>
    new Promise<void>((resolve) => {
      let sentAt = 0;
      let answer = "";
      const send = () => {
        if (performance.now() > until) return void socket.destroy();
        sentAt = performance.now();
        socket.write(request);
      };
      const socket = connect(port, "127.0.0.1", send).setNoDelay(true);
      socket.on("close", () => resolve()).on("error", () => (failed += 1));
      socket.on("data", (chunk: Buffer) => {
        answer += chunk.toString("latin1");
        const end = answer.indexOf("\r\n\r\n");
        const length = Number(/content-length: (\d+)/i.exec(answer)?.[1] ?? -1);
        if (end < 0 || answer.length < end + 4 + length) return;
        if (!answer.startsWith("HTTP/1.1 200")) failed += 1;
        times.push(performance.now() - sentAt);
        answer = "";
        send();
      });
    });
  await Promise.all(Array.from({ length: connections }, loop));
  times.sort((a, b) => a - b);
  const at = (q: number) => times[Math.min(times.length - 1, Math.floor(times.length * q))] ?? 0;
  return { requestsPerSecond: times.length / seconds, p50Ms: at(0.5), p99Ms: at(0.99), failed };
}
