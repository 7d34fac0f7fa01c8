import { createServer, type IncomingMessage, type Server } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createRelay, type Relay } from "./relay.ts";

interface Heard {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

let api: Server;
let other: Server;
let relay: Relay;
const heard: Heard[] = [];
let strayed = 0;

beforeAll(async () => {
  api = createServer(async (request, response) => {
    let body = "";
    for await (const part of request) body += part;
    heard.push({ method: request.method ?? "", url: request.url ?? "", headers: request.headers, body });
    response.writeHead(200, { "content-type": "text/plain", "x-forwarded-host": "x", connection: "keep-alive" });
    response.end(`heard ${body.length}`);
  });
  other = createServer((_, response) => {
    strayed += 1;
    response.end("secret");
  });
  for (const server of [api, other]) await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  relay = createRelay(`http://127.0.0.1:${portOf(api)}`);
  await new Promise<void>((resolve) => relay.server.listen(0, "127.0.0.1", resolve));
});
afterAll(async () => {
  await relay.close();
  for (const server of [api, other]) server.close();
});

const portOf = (server: Server): number => (server.address() as AddressInfo).port;

/** What comes back for bytes as a step may write them. */
const raw = (text: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = connect(portOf(relay.server), "127.0.0.1");
    let answer = "";
    socket.setTimeout(3_000, () => socket.end());
    socket.on("data", (chunk) => {
      answer += chunk;
    });
    socket.on("error", reject);
    socket.on("close", () => resolve(answer));
    socket.write(text);
  });
const statusOf = (answer: string): number => Number(answer.split(" ")[1]);
const last = (): Heard => heard.at(-1) as Heard;

it("passes a request with its token, and writes the host over", async () => {
  const answer = await raw(
    `POST /api/2.0/mlflow/runs/create?x=1 HTTP/1.1\r\nHost: 127.0.0.1:${portOf(other)}\r\nAuthorization: Bearer t\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}`,
  );
  expect(statusOf(answer)).toBe(200);
  expect(answer).toContain("heard 2");
  expect(answer).not.toContain("x-forwarded-host");
  expect(last()).toMatchObject({ method: "POST", url: "/api/2.0/mlflow/runs/create?x=1", body: "{}" });
  expect(last().headers).toMatchObject({ authorization: "Bearer t", host: `127.0.0.1:${portOf(api)}` });
});

it("adds nothing that speaks for the step, and takes away what claims to come from somebody else", async () => {
  await raw(
    "GET /version HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 10.0.0.1\r\nX-Forwarded-User: admin\r\nForwarded: for=10.0.0.1\r\nX-Real-IP: 10.0.0.1\r\nCookie: pave_session=x\r\nOrigin: http://a\r\nX-Mine: 1\r\nConnection: close, X-Mine\r\n\r\n",
  );
  expect(Object.keys(last().headers).sort()).toEqual(["connection", "host"]);
});

it.each([
  ["an absolute address", (port: number) => `GET http://127.0.0.1:${port}/x HTTP/1.1\r\nHost: a\r\n\r\n`, 400],
  ["a tunnel", (port: number) => `CONNECT 127.0.0.1:${port} HTTP/1.1\r\nHost: a\r\n\r\n`, 405],
  ["an upgrade", () => "GET /version HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n", 501],
  ["no path", () => "OPTIONS * HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", 400],
  ["two hosts", () => "GET /version HTTP/1.1\r\nHost: a\r\nHost: b\r\nConnection: close\r\n\r\n", 200],
  [
    "a length and chunks",
    () =>
      "POST /version HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\n\r\n",
    400,
  ],
  ["two lengths", () => "POST /version HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 9\r\n\r\nx", 400],
  ["an odd coding", () => "POST /version HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", 400],
  ["a folded header", () => "GET /version HTTP/1.1\r\nHost: a\r\nX: 1\r\n Authorization: x\r\n\r\n", 400],
  ["a bare newline", () => "GET /version HTTP/1.1\nHost: a\nX: 1\n\n", 400],
  ["too long headers", () => `GET /version HTTP/1.1\r\nHost: a\r\nX: ${"x".repeat(40_000)}\r\n\r\n`, 431],
])("refuses or writes over %s", async (_, text, status) => {
  const before = heard.length;
  expect(statusOf(await raw(text(portOf(other))))).toBe(status);
  if (status !== 200) expect(heard).toHaveLength(before);
  expect(heard.filter(({ url }) => url.includes("smuggled"))).toEqual([]);
  expect(strayed).toBe(0);
});

it.each([
  "/api/2.0/mlflow/runs/get?run_id=http://a",
  "/ajax-api/2.0/mlflow/x",
  "/api/3.0/mlflow/server-info",
  "/health",
])("passes the path %s to its one origin as it is", async (path) => {
  await raw(`GET ${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
  expect(last().url).toBe(path);
  expect(strayed).toBe(0);
});

it("passes names of artifacts that only look odd", async () => {
  const path = "/api/2.0/mlflow-artifacts/artifacts/1/x/artifacts/a..b/.hidden/c%20d.%2e";
  expect(statusOf(await raw(`PUT ${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`))).toBe(200);
  expect(last().url).toBe(path);
});

it.each([
  ...[
    "/",
    "/api/v1/sign-in/password",
    "/oauth/token",
    "/metrics",
    "/docs",
    "/versions",
    "/version/x",
    "/api/2.0",
    "/api/v1",
  ],
  ...["//127.0.0.1:1/x", "/../../x", "/%2e%2e/x", "/\\evil", "/x?u=/api/2.0/mlflow/", "/@127.0.0.1/"],
  ...[
    "/api/2.0/mlflow/../../v1/session",
    "/api/2.0/mlflow/%2E./x",
    "/api/2.0/mlflow/a%2f..%2fb",
    "/api/2.0/mlflow/\\..\\x",
  ],
])("answers %s itself: the rest of the API is not the step's", async (path) => {
  const before = heard.length;
  const answer = await raw(`POST ${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
  expect(statusOf(answer)).toBe(404);
  expect(answer).toContain("ENDPOINT_NOT_FOUND");
  expect(heard).toHaveLength(before);
});

it("does not mix the requests of a connection that says two", async () => {
  const before = heard.length;
  await raw(
    "POST /api/2.0/mlflow/one HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\nGET /api/2.0/mlflow/two HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
  );
  expect(heard.slice(before).map(({ url, body }) => [url, body])).toEqual([
    ["/api/2.0/mlflow/one", "ab"],
    ["/api/2.0/mlflow/two", ""],
  ]);
});

it("answers in mlflow's form while the API is away", async () => {
  const away = createRelay("http://127.0.0.1:9");
  await new Promise<void>((resolve) => away.server.listen(0, "127.0.0.1", resolve));
  const response = await fetch(`http://127.0.0.1:${portOf(away.server)}/api/2.0/mlflow/runs/get`);
  expect(response.status).toBe(503);
  expect(await response.json()).toEqual({
    error_code: "TEMPORARILY_UNAVAILABLE",
    message: "the tracking server cannot be reached at the moment",
  });
  await away.close();
});
