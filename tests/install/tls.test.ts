import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { Agent, request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { getCACertificates, setDefaultCACertificates, type TLSSocket } from "node:tls";
import type { Plan } from "@pave/contract";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  createAuthority,
  type TestAuthority,
} from "../../packages/server/src/drivers/tls/testing/make-certificates.ts";
import { eventually } from "../support/eventually.ts";
import { freePorts } from "../support/free-ports.ts";
import { startPlatform, type TestPlatform } from "../support/platform.ts";
import { type TinyProject, tinyProject } from "../support/tiny-project.ts";

const haproxy = "/usr/sbin/haproxy";

describe("a platform with a certificate of its own", { timeout: 120_000 }, () => {
  let folder: string;
  let authority: TestAuthority;
  let platform: TestPlatform;
  let project: TinyProject;
  const live = () => ({ certFile: join(folder, "live.pem"), keyFile: join(folder, "live.key") });
  const put = async (name: string) => {
    const pair = authority.issue(name, { names: ["DNS:localhost", "DNS:pave.test", "IP:127.0.0.1"] });
    await cp(pair.certFile, live().certFile);
    await cp(pair.keyFile, live().keyFile);
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "pave-tls-e2e-"));
    authority = createAuthority(folder);
    await put("first");
    setDefaultCACertificates([...getCACertificates("default"), await readFile(authority.file, "utf8")]);
    platform = await startPlatform({
      environment: {
        PAVE_TLS_CERT_FILE: live().certFile,
        PAVE_TLS_KEY_FILE: live().keyFile,
        NODE_EXTRA_CA_CERTS: authority.file,
      },
    });
    project = await tinyProject(platform, "tiny");
  }, 120_000);
  afterAll(async () => {
    await platform?.remove();
    await rm(folder, { recursive: true, force: true });
  });

  it("is called by the certificate's name, also in links", () => {
    expect(platform.url).toMatch(/^https:\/\/localhost:\d+$/);
    expect(platform.gatewayUrl).toMatch(/^https:\/\/localhost:\d+$/);
    expect(platform.signInUrl.startsWith(`${platform.url}/sign-in#`)).toBe(true);
  });

  it("runs, deploys and predicts: clients, runner and gateway find each other", async () => {
    await project.json(["run"]);
    expect(await project.json<Plan>(["deploy", "--to", "staging"])).toMatchObject({ state: "applied" });
    expect(JSON.stringify(await project.json(["predict", "staging"]))).toContain("probabilit");
    const detail = await platform.pave(["doctor"], { text: true });
    expect(detail.stdout).toContain("gateway connected, runner connected");
  });

  it("is reached from elsewhere by whoever trusts the authority; others are told what to do", async () => {
    const elsewhere = { PAVE_HOME: join(folder, "nobody"), PAVE_URL: platform.url, PAVE_TOKEN: platform.token };
    const known = await platform.pave(["projects", "list"], { environment: elsewhere });
    expect(known.data).toMatchObject({ items: [{ name: "tiny" }] });
    const unknown = await platform.pave(["projects", "list"], {
      environment: { ...elsewhere, NODE_EXTRA_CA_CERTS: "" },
    });
    expect([unknown.code, unknown.data]).toMatchObject([
      4,
      {
        error: {
          message: expect.stringMatching(/^The certificate at https:.* is not trusted: .*authority is not known here/),
          fix: expect.stringContaining("Set NODE_EXTRA_CA_CERTS"),
        },
      },
    ]);
  });

  it("is found by a gateway and a runner of other machines, which say so where they lack the authority", async () => {
    for (const [role, known] of [
      ["gateway", /"msg":"config received"/],
      ["runner", /"msg":"the runner is ready"/],
    ] as const) {
      const made = await platform.json<{ token: string }>([
        "tokens",
        "create",
        `tls-${role}`,
        "--role",
        role,
        "--days",
        "1",
      ]);
      const start = (home: string, authorities: string) =>
        platform.pave(["serve", "--role", role], {
          timeoutMs: 6_000,
          environment: {
            PAVE_HOME: join(folder, `${home}-${role}`),
            PAVE_API_URL: platform.url,
            PAVE_ROLE_TOKEN: made.token,
            NODE_EXTRA_CA_CERTS: authorities,
          },
        });
      const [trusting, other] = await Promise.all([start("trusting", authority.file), start("other", "")]);
      expect(trusting.stderr).toMatch(known);
      expect(trusting.stderr).not.toMatch(/not trusted|not known|failed/);
      expect(other.stderr).toMatch(/authority is not known here.*Set NODE_EXTRA_CA_CERTS/);
    }
  });

  it("speaks TLS 1.2 and newer only, and tells browsers to stay with it", async () => {
    for (const url of [platform.url, platform.gatewayUrl]) {
      const old = ask(url, "/", { minVersion: "TLSv1", maxVersion: "TLSv1.1", ciphers: "DEFAULT@SECLEVEL=0" });
      await expect(old).rejects.toThrow(/protocol version|no protocols available/i);
    }
    const named = await ask(platform.url, "/api/v1/health", {
      servername: "pave.test",
      headers: { host: "pave.test" },
    });
    expect([named.status, named.headers["strict-transport-security"]]).toEqual([200, "max-age=31536000"]);
    const foreign = await ask(platform.url, "/api/v1/health", {
      servername: "localhost",
      headers: { host: "evil.test" },
    });
    expect(foreign.status).toBe(400);
  });

  it("gives cookies to TLS only", async () => {
    const [, link = ""] = platform.signInUrl.split("#");
    const response = await fetch(`${platform.url}/api/v1/sign-in`, {
      method: "POST",
      headers: { "content-type": "application/json", origin: platform.url },
      body: JSON.stringify({ link }),
    });
    expect([response.status, response.headers.get("set-cookie")]).toEqual([200, expect.stringContaining("; Secure")]);
  });

  it("serves a new certificate without a restart, and drops no connection for it", async () => {
    for (const url of [platform.url, platform.gatewayUrl]) {
      const path = url === platform.url ? "/api/v1/health" : "/healthz";
      const kept = new Agent({ keepAlive: true, maxSockets: 1 });
      const before = await ask(url, path, { agent: kept });
      await put(`next-${new URL(url).port}`);
      await eventually(
        "the new certificate",
        () => ask(url, path),
        ({ serial }) => serial !== before.serial,
      );
      const again = await ask(url, path, { agent: kept });
      expect([again.status, again.serial, again.localPort]).toEqual([200, before.serial, before.localPort]);
      kept.destroy();
    }
  });

  it("does not start with a key that is not the certificate's, and says so", async () => {
    const wrong = authority.issue("wrong");
    const environment = { PAVE_HOME: join(folder, "wrong-home"), PAVE_TLS_KEY_FILE: wrong.keyFile };
    const { code, data } = await platform.pave(["up", "--detach"], { environment });
    expect([code, data]).toMatchObject([1, { error: { message: expect.stringContaining("is not the key of") } }]);
  });
});

interface Answer {
  readonly status: number;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly serial: string;
  readonly localPort: number;
}

/** Asks this machine, by whatever name. */
function ask(url: string, path: string, options: Record<string, unknown> = {}): Promise<Answer> {
  const { port } = new URL(url);
  return new Promise((resolve, reject) => {
    const sent = request({ host: "127.0.0.1", port, path, agent: false, ...options }, (response) => {
      const socket = response.socket as TLSSocket;
      const { serialNumber: serial = "" } = socket.getPeerCertificate();
      const answer = { status: response.statusCode ?? 0, headers: response.headers, serial };
      response.resume().once("end", () => resolve({ ...answer, localPort: socket.localPort ?? 0 }));
    });
    sent.once("error", reject).end();
  });
}

if (!existsSync(haproxy)) console.log("a proxy in front: skipped, as this test needs haproxy");

describe.skipIf(!existsSync(haproxy))("a platform behind a proxy", { timeout: 120_000 }, () => {
  let folder: string;
  let platform: TestPlatform;
  let proxy: ChildProcess;
  let url: string;
  let api: number;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "pave-proxy-"));
    const authority = createAuthority(folder);
    setDefaultCACertificates([...getCACertificates("default"), await readFile(authority.file, "utf8")]);
    const pair = authority.issue("proxy");
    await writeFile(
      join(folder, "both.pem"),
      `${await readFile(pair.certFile, "utf8")}${await readFile(pair.keyFile, "utf8")}`,
    );
    const [front = 0, back = 0] = await freePorts(2);
    api = back;
    url = `https://localhost:${front}`;
    platform = await startPlatform({
      environment: { PAVE_PORT: String(api), PAVE_PUBLIC_URL: url, PAVE_TRUSTED_PROXIES: "127.0.0.2" },
    });
    await writeFile(join(folder, "haproxy.cfg"), config(front));
    proxy = spawn(haproxy, ["-db", "-f", join(folder, "haproxy.cfg")], { stdio: "ignore" });
    await eventually(
      "the proxy",
      () =>
        fetch(`${url}/api/v1/health`).then(
          ({ status }) => status,
          () => 0,
        ),
      (status) => status === 200,
    );
  }, 120_000);
  afterAll(async () => {
    proxy?.kill("SIGKILL");
    await platform?.remove();
    await rm(folder, { recursive: true, force: true });
  });

  /** Comes to the api from an address of its own, so that it can be told from who goes past it. */
  const config = (front: number) => `
defaults
  mode http
  timeout connect 5s
  timeout client 60s
  timeout server 60s
frontend front
  bind 127.0.0.1:${front} ssl crt ${join(folder, "both.pem")}
  http-request set-header X-Forwarded-Proto https
  http-request set-header X-Forwarded-Host %[req.hdr(host)]
  option forwardfor
  default_backend pave
backend pave
  http-request set-header Host inner.test
  server pave 127.0.0.1:${api} source 127.0.0.2
`;
  const signIn = (to: string, link: string, headers: Record<string, string>) =>
    fetch(`${to}/api/v1/sign-in`, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify({ link }),
    });
  const newLink = async () => {
    const made = await platform.json<{ url: string }>(["open", "--print"], {
      environment: { NODE_EXTRA_CA_CERTS: join(folder, "ca.pem") },
    });
    return made.url;
  };

  it("knows by which name and how it was asked: links lead to the proxy, cookies are for TLS", async () => {
    const link = await newLink();
    expect(link.startsWith(`${url}/sign-in#`)).toBe(true);
    const response = await signIn(url, link.split("#")[1] ?? "", { origin: url });
    expect([response.status, response.headers.get("set-cookie")]).toEqual([200, expect.stringContaining("; Secure")]);
    const cookie = (response.headers.get("set-cookie") ?? "").split(";")[0] ?? "";
    const token = { name: "from-the-portal", days: 1 };
    const change = (origin: string) =>
      fetch(`${url}/api/v1/tokens`, {
        method: "POST",
        headers: { "content-type": "application/json", cookie, origin },
        body: JSON.stringify(token),
      });
    expect((await change("https://evil.test")).status).toBe(403);
    expect((await change(url)).status).toBeLessThan(300);
  });

  it("believes nobody else what a proxy would say", async () => {
    const response = await fetch(`http://127.0.0.1:${api}/api/v1/health`, {
      headers: { "x-forwarded-host": "evil.test", "x-forwarded-proto": "https" },
    });
    expect([response.status, response.headers.get("strict-transport-security")]).toEqual([200, null]);
  });
});
