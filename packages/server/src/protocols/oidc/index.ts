import type { Ctx } from "../../db/context.ts";
import { guardedCookie } from "../../http/guarded-cookie.ts";
import type { Protocol, ProtocolAnswer, ProtocolRequest } from "../../http/protocol.ts";
import { renderError } from "../../http/render-error.ts";
import { isPaveError, PaveError } from "../../kernel/pave-error.ts";
import { sessionCookie, sessionMs } from "../../modules/access/index.ts";
import { type People, signInMs } from "../../modules/people/index.ts";

export interface OidcDeps {
  readonly people: People;
  readonly secureCookies: boolean;
  portalUrl(): string;
}

/**
 * Where browsers go to the OpenID provider and come back from it, and where the provider itself says that somebody
 * signed out. Nothing is answered to a browser but redirects to our own pages: what went wrong is a code there.
 */
export const createOidc = (deps: OidcDeps): Protocol => ({
  name: "oidc",
  prefixes: ["/oidc"],
  routes: [
    {
      method: "GET",
      path: "/oidc/start",
      permission: "public",
      handle: (ctx, request) => toPage(deps, () => start(deps, ctx, request), ctx),
    },
    {
      method: "GET",
      path: "/oidc/callback",
      permission: "public",
      handle: (ctx, request) => toPage(deps, () => callback(deps, ctx, request), ctx),
    },
    {
      method: "POST",
      path: "/oidc/logout",
      permission: "public",
      body: "text",
      bodyLimitBytes: 64 * 1024,
      async handle(ctx, { text, remoteAddress }) {
        const token = new URLSearchParams(text).get("logout_token") ?? "";
        await deps.people.logout(ctx, { token, address: remoteAddress });
        return { status: 200, headers: { "cache-control": "no-store" }, body: "" };
      },
    },
  ],
  notFound: (method, path) =>
    new PaveError("request.not_found", `There is no ${method} ${path}`, { fix: "Sign in at /sign-in." }),
  renderError: (error, log, correlationId) => ({
    ...renderError(error, log, correlationId),
    headers: { "cache-control": "no-store" },
  }),
});

async function start(deps: OidcDeps, ctx: Ctx, request: ProtocolRequest): Promise<ProtocolAnswer> {
  const portal = new URL(deps.portalUrl());
  const query = new URLSearchParams(request.query);
  // the cookie must be of the host that the provider sends the browser back to
  if (request.headers.host !== portal.host && !query.has("moved")) {
    // once only: a proxy may hide the name that the browser knows
    query.set("moved", "1");
    return redirect(`${portal.origin}/oidc/start?${query}`);
  }
  const input = { returnTo: query.get("to") ?? "/", address: request.remoteAddress };
  const { url, cookie } = await deps.people.begin(ctx, input);
  return redirect(url, [setCookie(deps, cookie.name, cookie.value, "Lax", "/oidc", signInMs / 1000)]);
}

async function callback(deps: OidcDeps, ctx: Ctx, request: ProtocolRequest): Promise<ProtocolAnswer> {
  const cookies = cookiesOf(request.headers.cookie);
  const from = { address: request.remoteAddress, userAgent: request.headers["user-agent"] ?? "" };
  const { session, returnTo } = await deps.people.finish(
    ctx,
    { query: request.query, cookie: (name) => cookies.get(name) },
    from,
  );
  const used = [...cookies.keys()].filter((name) => name.startsWith("pave_oidc_"));
  return redirect(`${new URL(deps.portalUrl()).origin}${returnTo}`, [
    setCookie(deps, guardedCookie(sessionCookie, deps.secureCookies), session, "Strict", "/", sessionMs / 1000),
    ...used.map((name) => setCookie(deps, name, "", "Lax", "/oidc", 0)),
  ]);
}

/** Whatever goes wrong, the browser lands on our own sign-in page, which words the code; the log has the cause under the id. */
async function toPage(deps: OidcDeps, act: () => Promise<ProtocolAnswer>, ctx: Ctx): Promise<ProtocolAnswer> {
  try {
    return await act();
  } catch (error) {
    if (!isPaveError(error)) throw error;
    const { cause } = error;
    ctx.log.warn(
      { code: error.code, correlationId: ctx.correlationId, cause: cause instanceof Error ? cause.message : undefined },
      error.message,
    );
    const query = new URLSearchParams({ problem: error.code, id: ctx.correlationId });
    return redirect(`${new URL(deps.portalUrl()).origin}/sign-in?${query}`);
  }
}

const redirect = (location: string, cookies: string[] = []): ProtocolAnswer => ({
  status: 302,
  headers: {
    location,
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
    ...(cookies.length > 0 ? { "set-cookie": cookies } : {}),
  },
  body: "",
});

const setCookie = (
  deps: OidcDeps,
  name: string,
  value: string,
  sameSite: "Lax" | "Strict",
  path: string,
  maxAge: number,
): string =>
  [
    `${name}=${value}`,
    `Path=${path}`,
    `Max-Age=${maxAge}`,
    "HttpOnly",
    `SameSite=${sameSite}`,
    ...(deps.secureCookies ? ["Secure"] : []),
  ].join("; ");

const cookiesOf = (header = ""): Map<string, string> =>
  new Map(
    header.split(";").flatMap((part) => {
      const [name = "", ...value] = part.trim().split("=");
      return name ? [[name, value.join("=")] as const] : [];
    }),
  );
