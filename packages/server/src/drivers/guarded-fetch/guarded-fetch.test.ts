import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage, type RequestListener, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createGuardedFetch } from "./guarded-fetch.ts";

const folder = mkdtempSync(join(tmpdir(), "pave-guarded-"));
const asked: IncomingMessage[] = [];
let plain: Server;
let tls: Server;
let port = 0;
let tlsPort = 0;
let ca = "";

const answer: RequestListener = async (request, response) => {
  asked.push(request);
  switch (request.url) {
    case "/hang":
      return;
    case "/drip":
      response.writeHead(200);
      setInterval(() => response.write("."), 20).unref();
      return;
    case "/megabytes":
      response.writeHead(200);
      for (let index = 0; index < 64; index += 1) response.write(Buffer.alloc(65_536, 97));
      return void response.end();
    case "/redirect":
      return void response.writeHead(302, { location: "http://169.254.169.254/latest/meta-data" }).end();
    case "/half":
      response.writeHead(200, { "content-length": "100" }).write("half");
      return void setTimeout(() => response.destroy(), 20);
    default:
      response.writeHead(200, { "x-host": request.headers.host ?? "" }).end(`${request.method} ${await text(request)}`);
  }
};

beforeAll(async () => {
  const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
  execFileSync(
    "openssl",
    [
      ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"],
      ...["-keyout", key, "-out", cert, "-subj", "/CN=hooks.example", "-addext", "subjectAltName=DNS:hooks.example"],
    ],
    { stdio: "ignore" },
  );
  ca = readFileSync(cert, "utf8");
  plain = createServer(answer);
  tls = createTlsServer({ key: readFileSync(key), cert: ca }, answer);
  const listen = (server: Server) =>
    new Promise<number>((resolve) =>
      server.listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port)),
    );
  [port, tlsPort] = [await listen(plain), await listen(tls)];
});
afterAll(async () => {
  for (const server of [plain, tls]) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
  rmSync(folder, { recursive: true });
});

const loopback = { allow: ["127.0.0.1"], http: false };
const guarded = createGuardedFetch(loopback);
const at = (path: string) => `http://127.0.0.1:${port}${path}`;

describe("a guarded request", () => {
  it("sends what it was given and gives back what came", async () => {
    const response = await guarded(at("/echo?x=1"), { method: "POST", body: "grüße", headers: { "x-y": "z" } });
    expect([response.status, response.body.toString(), response.isCut]).toEqual([200, "POST grüße", false]);
    expect(asked.at(-1)?.headers).toMatchObject({ "x-y": "z", "content-length": "7" });
  });

  it("does not follow a redirect", async () => {
    expect(await guarded(at("/redirect"))).toMatchObject({ status: 302 });
  });

  it("goes only to the address that was looked at, whatever the name means a moment later", async () => {
    const answers = [["127.0.0.1"], ["10.255.255.1"]];
    const looked: string[] = [];
    const resolve = async (host: string) => {
      looked.push(host);
      return answers.shift() ?? [];
    };
    const changing = createGuardedFetch({ ...loopback, http: true, resolve });
    const response = await changing(`http://hooks.example:${port}/`);
    expect([response.headers["x-host"], looked]).toEqual([`hooks.example:${port}`, ["hooks.example"]]);
    await expect(changing(`http://hooks.example:${port}/`)).rejects.toMatchObject({ code: "network.refused" });
    expect(looked).toHaveLength(2);
  });

  it.each([
    ["no URL at all", "hooks.example/x", "no URL of http or https"],
    ["a file", "file:///etc/passwd", "no URL of http or https"],
    ["http to a host that nobody allowed", "http://hooks.example/secret", "expected https"],
    ["a name and a password", "https://ada:hidden@hooks.example/", "has a name and a password"],
    ["a private address", "https://10.0.0.1/secret", "no public address"],
  ])("refuses %s, and repeats no more of it than the host", async (_, url, message) => {
    const error = await guarded(url).catch((error: Error) => error);
    expect(error).toMatchObject({ code: "network.refused", message: expect.stringContaining(message) });
    expect(`${error}`).not.toMatch(/secret|hidden|passwd/);
  });
});

describe("a host that does not behave", () => {
  it.each(["/hang", "/drip"])("%s is given up at the deadline", async (path) => {
    const began = performance.now();
    await expect(guarded(at(path), { timeoutMs: 150 })).rejects.toThrow("127.0.0.1 did not answer within 0.15 s");
    expect(performance.now() - began).toBeLessThan(2000);
  });

  it("answers with megabytes: an error, or only the beginning is read", async () => {
    await expect(guarded(at("/megabytes"), { maxBytes: 1000 })).rejects.toThrow("answered with more than 1000 bytes");
    const { body, isCut } = await guarded(at("/megabytes"), { maxBytes: 1000, beyond: "cut" });
    expect([body.length, isCut]).toEqual([1000, true]);
  });

  it("closes in the middle, or is not there", async () => {
    await expect(guarded(at("/half"))).rejects.toMatchObject({ code: "network.failed" });
    await expect(guarded("http://127.0.0.1:1/secret")).rejects.toThrow(/^127.0.0.1:1 cannot be asked: .*ECONNREFUSED/);
  });

  it("can be given up by the caller", async () => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 30);
    await expect(guarded(at("/hang"), { signal: controller.signal })).rejects.toThrow("the request was given up");
  });
});

describe("certificates", () => {
  const resolve = async () => ["127.0.0.1"];
  it("are checked against the name, though the address is pinned", async () => {
    const trusting = createGuardedFetch({ ...loopback, resolve, ca });
    expect((await trusting(`https://hooks.example:${tlsPort}/`)).status).toBe(200);
    await expect(trusting(`https://other.example:${tlsPort}/`)).rejects.toThrow("ERR_TLS_CERT_ALTNAME_INVALID");
  });

  it("that nobody vouches for are refused, with what to do", async () => {
    await expect(
      createGuardedFetch({ ...loopback, resolve })(`https://hooks.example:${tlsPort}/`),
    ).rejects.toMatchObject({
      code: "network.failed",
      message: expect.stringContaining("certificate that cannot be trusted"),
      fix: expect.stringContaining("NODE_EXTRA_CA_CERTS"),
    });
  });
});
