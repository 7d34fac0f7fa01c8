import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";
import { afterEach, expect, test } from "vitest";
import { type CallerServer, type CallerServerOptions, createCallerServer } from "./caller-server.ts";

let listener: Server;
let callers: CallerServer;
let port: number;

async function listen(options: CallerServerOptions = {}, answerAfterMs = 0) {
  callers = createCallerServer((request, response) => {
    request.resume().on("end", () => setTimeout(() => response.end("done"), answerAfterMs));
  }, options);
  listener = createServer((socket: Socket) => callers.take(socket)).listen(0, "127.0.0.1");
  await once(listener, "listening");
  const address = listener.address();
  port = typeof address === "object" && address ? address.port : 0;
}
afterEach(async () => {
  listener.close();
  await callers.drain(0);
});

/** Everything that comes until the connection is closed. */
async function talk(text: string): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  let answer = "";
  socket.on("data", (chunk) => {
    answer += chunk;
  });
  socket.write(text);
  await once(socket, "end");
  return answer;
}

const head = "POST / HTTP/1.1\r\nhost: x\r\n";

test("a caller who never finishes the headers is cut off", async () => {
  await listen({ headersTimeoutMs: 200 });
  expect(await talk(head)).toMatch(/^HTTP\/1\.1 408 /);
});

test("a caller who never finishes the body is cut off", async () => {
  await listen({ headersTimeoutMs: 200, requestTimeoutMs: 300 });
  expect(await talk(`${head}content-length: 10\r\n\r\nhalf`)).toMatch(/^HTTP\/1\.1 408 /);
});

test("what is no HTTP is answered with 400", async () => {
  await listen();
  expect(await talk("hello\r\n\r\n")).toMatch(/^HTTP\/1\.1 400 /);
});

test("draining answers who had asked before it began, also where nothing of it was read yet", async () => {
  await listen();
  const accepted = Promise.withResolvers<Socket>();
  const paused = createServer({ pauseOnConnect: true }, accepted.resolve).listen(0, "127.0.0.1");
  await once(paused, "listening");
  const address = paused.address();
  port = typeof address === "object" && address ? address.port : 0;
  const asked = talk(`${head}content-length: 0\r\n\r\n`);
  const socket = await accepted.promise;
  // what the caller wrote lies in the system until somebody reads it
  await new Promise((resolve) => setTimeout(resolve, 50));
  callers.take(socket);
  socket.resume();
  await callers.drain(5000);
  expect(await asked).toContain("done");
  paused.close();
});

test("draining answers what was asked and closes idle connections at once", async () => {
  await listen({}, 150);
  const idle = connect(port, "127.0.0.1").resume();
  const busy = talk(`${head}content-length: 0\r\n\r\n`);
  await expect.poll(() => callers.connections).toBe(2);
  const closed = once(idle, "close");
  const started = performance.now();
  await new Promise((resolve) => setTimeout(resolve, 50));
  await callers.drain(5000);
  expect(performance.now() - started).toBeLessThan(2000);
  expect(await busy).toContain("done");
  await closed;
});
