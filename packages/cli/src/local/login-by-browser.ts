import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { terminalClientId } from "@pave/contract";
import { CliError, exitCodes } from "../command.ts";
import { type OauthToken, postForm } from "./oauth.ts";

export interface BrowserLogin {
  readonly host: string;
  readonly signal: AbortSignal;
  /** Shows the address to the person, and opens it where there is a browser. */
  show(url: string): void;
  readonly timeoutMs?: number;
}

/**
 * The code flow: the browser, where the person is signed in, asks whether this terminal may act as them, and brings a
 * code back to a port that only this machine reaches. What is intercepted on the way is worth nothing without the
 * verifier that stays here (PKCE).
 */
export async function loginByBrowser(url: string, options: BrowserLogin): Promise<OauthToken> {
  const [state, verifier] = [randomBytes(24).toString("base64url"), randomBytes(48).toString("base64url")];
  const listening = await listen();
  const redirectUri = `http://127.0.0.1:${(listening.address() as AddressInfo).port}/callback`;
  try {
    const answer = waitForAnswer(listening, { state, timeoutMs: options.timeoutMs ?? 300_000, signal: options.signal });
    const query = new URLSearchParams({
      response_type: "code",
      client_id: terminalClientId,
      redirect_uri: redirectUri,
      code_challenge: createHash("sha256").update(verifier).digest("base64url"),
      code_challenge_method: "S256",
      state,
      host: options.host,
    });
    options.show(`${url}/authorize?${query.toString()}`);
    return await postForm<OauthToken>(url, "/oauth/token", {
      grant_type: "authorization_code",
      client_id: terminalClientId,
      code: await answer,
      code_verifier: verifier,
      redirect_uri: redirectUri,
    });
  } finally {
    listening.close();
    listening.closeAllConnections();
  }
}

function listen(): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => resolve(server));
  });
}

interface Wait {
  readonly state: string;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** The code of the answer that carries our state. Others, which any page could send here, are told so and not heard. */
function waitForAnswer(server: Server, { state, timeoutMs, signal }: Wait): Promise<string> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(late(timeoutMs)), timeoutMs);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      reject(new DOMException("interrupted", "AbortError"));
    });
    server.on("request", (request, response) => {
      const url = new URL(request.url ?? "/", "http://127.0.0.1");
      if (request.method !== "GET" || url.pathname !== "/callback") return page(response, 404, "Nothing is here.");
      if (!isSame(url.searchParams.get("state") ?? "", state))
        return page(
          response,
          400,
          "This is not the answer that the terminal waits for. Go back to it and start again.",
        );
      clearTimeout(timer);
      const code = url.searchParams.get("code");
      if (code === null) {
        page(response, 200, "Nothing was allowed. You can close this page.");
        return reject(refused());
      }
      page(response, 200, "You are signed in: go back to your terminal. You can close this page.");
      resolve(code);
    });
  });
}

const isSame = (found: string, expected: string): boolean => {
  const [a, b] = [Buffer.from(found), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
};

const style =
  "body{font:15px/1.5 system-ui,sans-serif;display:grid;place-items:center;min-height:90vh;margin:0 24px;color-scheme:light dark}";

function page(response: ServerResponse, status: number, text: string): void {
  response
    .writeHead(status, {
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'",
      "referrer-policy": "no-referrer",
      connection: "close",
    })
    .end(`<!doctype html><html lang="en"><title>Pave</title><style>${style}</style><p>${text}</p></html>`);
}

const late = (timeoutMs: number): CliError =>
  new CliError(`Nobody answered in the browser within ${Math.round(timeoutMs / 60_000)} minutes`, {
    fix: "Start again; where this machine has no browser, use `pave login URL --device`.",
    exitCode: exitCodes.denied,
  });

const refused = (): CliError =>
  new CliError("You said no in the browser: nothing was allowed", {
    fix: "Start again if you did not mean it.",
    exitCode: exitCodes.denied,
  });
