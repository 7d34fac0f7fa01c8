import type { Protocol, ProtocolRequest } from "../../http/protocol.ts";
import { PaveError } from "../../kernel/pave-error.ts";
import { startDevice } from "../../modules/terminals/index.ts";
import { assertClient, type Form, type GrantsDeps, grants, grantTypes, hostOf } from "./grants.ts";
import { OauthError, renderOauthError } from "./oauth-error.ts";

export interface OauthDeps extends GrantsDeps {
  /** Origin of API and portal. */
  portalUrl(): string;
}

const bodyLimitBytes = 64 * 1024;

/**
 * OAuth 2.0 for those who come without a browser's session: `pave login` (RFC 6749 with PKCE, RFC 8628) and jobs of CI
 * (RFC 8693). What a person decides meanwhile is a route of the API.
 */
export const createOauth = (deps: OauthDeps): Protocol => ({
  name: "oauth",
  prefixes: ["/oauth"],
  routes: [
    {
      method: "GET",
      path: "/.well-known/oauth-authorization-server",
      permission: "public",
      handle: async () => ({ status: 200, body: metadata(deps.portalUrl()) }),
    },
    {
      method: "POST",
      path: "/oauth/token",
      permission: "public",
      body: "text",
      bodyLimitBytes,
      async handle(ctx, request) {
        const form = formOf(request);
        const type = form.required("grant_type");
        const grant = Object.hasOwn(grants, type) ? grants[type] : undefined;
        if (!grant)
          throw new OauthError(
            "unsupported_grant_type",
            `grant_type: expected ${Object.values(grantTypes).join(", ")}, found ${type.slice(0, 100)}`,
            "Correct it.",
          );
        const body = await grant(ctx, form, request, deps);
        return { status: 200, headers: { "cache-control": "no-store" }, body };
      },
    },
    {
      method: "POST",
      path: "/oauth/device_authorization",
      permission: "public",
      body: "text",
      bodyLimitBytes,
      async handle(ctx, request) {
        const form = formOf(request);
        assertClient(form);
        const started = await startDevice(ctx, { host: hostOf(form), address: request.address });
        const page = `${deps.portalUrl()}/device`;
        return {
          status: 200,
          headers: { "cache-control": "no-store" },
          body: {
            device_code: started.deviceCode,
            user_code: started.userCode,
            verification_uri: page,
            verification_uri_complete: `${page}?code=${started.userCode}`,
            expires_in: started.expiresInSeconds,
            interval: started.intervalSeconds,
          },
        };
      },
    },
  ],
  notFound: (method, path) =>
    new PaveError("request.not_found", `There is no ${method} ${path}`, {
      fix: "See /.well-known/oauth-authorization-server for what there is.",
    }),
  renderError: renderOauthError,
});

const metadata = (url: string) => ({
  issuer: url,
  authorization_endpoint: `${url}/authorize`,
  token_endpoint: `${url}/oauth/token`,
  device_authorization_endpoint: `${url}/oauth/device_authorization`,
  grant_types_supported: Object.values(grantTypes),
  response_types_supported: ["code"],
  code_challenge_methods_supported: ["S256"],
  token_endpoint_auth_methods_supported: ["none"],
});

function formOf({ text, headers }: ProtocolRequest): Form {
  const type = headers["content-type"]?.split(";")[0]?.trim().toLowerCase();
  if (type !== "application/x-www-form-urlencoded")
    throw new OauthError(
      "invalid_request",
      `The body must be a form, found the content type ${type ?? "none"}`,
      "Send it as application/x-www-form-urlencoded.",
    );
  const fields = new URLSearchParams(text);
  const optional = (name: string) => {
    const values = fields.getAll(name);
    if (values.length > 1)
      throw new OauthError("invalid_request", `${name} is there ${values.length} times`, "Send it once.");
    return values[0] || undefined;
  };
  return {
    optional,
    required(name) {
      const value = optional(name);
      if (value === undefined) throw new OauthError("invalid_request", `${name} is missing`, `Send ${name}.`);
      return value;
    },
  };
}
