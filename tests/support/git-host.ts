import { spawn } from "node:child_process";
import { createHmac } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";

export interface PostedStatus {
  readonly commit: string;
  readonly state: string;
  readonly description: string;
  readonly target_url: string;
}

/** A host of git repositories. */
export interface GitHost {
  /** Without a slash at its end. */
  readonly url: string;
  readonly statuses: readonly PostedStatus[];
  /** Tells Pave of a push, signed as Gitea does. */
  push(
    hook: { url: string; secret: string },
    body: object,
    options?: { signature?: string; delivery?: string },
  ): Promise<Response>;
  close(): Promise<void>;
}

/**
 * Serves the repositories below a folder by git's own `http-backend`, to who has the token. The hosts themselves are no
 * packages: what takes commit statuses here has the form of Gitea's API, and keeps what it was told.
 */
export async function startGitHost(options: { folder: string; token: string }): Promise<GitHost> {
  const statuses: PostedStatus[] = [];
  const server = createServer((request, response) => {
    const path = request.url ?? "";
    const answer = /^\/api\/v1\/repos\/.+\/statuses\/([0-9a-f]{40})$/.exec(path);
    const work = answer ? takeStatus(answer[1] ?? "", request, response) : serveGit(request, response);
    work.catch((error: unknown) => response.writeHead(500).end(String(error)));
  });
  const takeStatus = async (commit: string, request: IncomingMessage, response: ServerResponse) => {
    if (request.headers.authorization !== `token ${options.token}`) return void response.writeHead(401).end();
    statuses.push({ commit, ...JSON.parse((await buffer(request)).toString("utf8")) });
    response.writeHead(201).end("{}");
  };
  const serveGit = async (request: IncomingMessage, response: ServerResponse) => {
    const expected = `Basic ${Buffer.from(`${options.token}:x-oauth-basic`).toString("base64")}`;
    if (request.headers.authorization !== expected)
      return void response.writeHead(401, { "www-authenticate": "Basic" }).end();
    const [path = "", query = ""] = (request.url ?? "").split("?");
    const backend = spawn("git", ["http-backend"], {
      env: {
        ...{ PATH: process.env.PATH, GIT_PROJECT_ROOT: options.folder, GIT_HTTP_EXPORT_ALL: "1", PATH_INFO: path },
        ...{ QUERY_STRING: query, REQUEST_METHOD: request.method, CONTENT_TYPE: request.headers["content-type"] ?? "" },
        ...{
          GIT_PROTOCOL: String(request.headers["git-protocol"] ?? ""),
          HTTP_CONTENT_ENCODING: String(request.headers["content-encoding"] ?? ""),
        },
      },
      stdio: ["pipe", "pipe", "inherit"],
    });
    request.pipe(backend.stdin);
    const output = await buffer(backend.stdout);
    const end = output.indexOf("\r\n\r\n");
    const head = output.subarray(0, end).toString("utf8").split("\r\n");
    const headers = Object.fromEntries(head.map((line) => line.split(/: (.*)/).slice(0, 2)));
    const { Status = "200", ...rest } = headers;
    response.writeHead(Number.parseInt(Status, 10), rest).end(output.subarray(end + 4));
  };
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    statuses,
    push({ url, secret }, body, { signature, delivery = crypto.randomUUID() } = {}) {
      const text = JSON.stringify(body);
      const mac = createHmac("sha256", secret).update(text).digest("hex");
      const headers = { "x-gitea-event": "push", "x-gitea-delivery": delivery, "x-gitea-signature": signature ?? mac };
      return fetch(url, { method: "POST", headers: { ...headers, "content-type": "application/json" }, body: text });
    },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
