import { hostSchema, nameSchema, terminalClientId } from "@pave/contract";
import type { Ctx } from "../../db/context.ts";
import type { ProtocolRequest } from "../../http/protocol.ts";
import { pollDevice, redeemCode, type TerminalToken } from "../../modules/terminals/index.ts";
import { type ExchangeDeps, exchangeAssertion } from "../../modules/trusts/index.ts";
import { OauthError } from "./oauth-error.ts";

export const grantTypes = {
  code: "authorization_code",
  device: "urn:ietf:params:oauth:grant-type:device_code",
  exchange: "urn:ietf:params:oauth:grant-type:token-exchange",
} as const;

const accessTokenType = "urn:ietf:params:oauth:token-type:access_token";
/** Both are what a CI calls its token. */
const subjectTypes = ["urn:ietf:params:oauth:token-type:id_token", "urn:ietf:params:oauth:token-type:jwt"];

export interface GrantsDeps extends ExchangeDeps {
  readonly terminalTokenMs: number;
}

export type Grant = (ctx: Ctx, form: Form, request: ProtocolRequest, deps: GrantsDeps) => Promise<object>;

/** A form's fields; each at most once. */
export interface Form {
  optional(name: string): string | undefined;
  required(name: string): string;
}

export const grants: Readonly<Record<string, Grant>> = {
  async [grantTypes.code](ctx, form, { address }, { terminalTokenMs }) {
    assertClient(form);
    const issued = await redeemCode(ctx, {
      code: form.required("code"),
      verifier: form.required("code_verifier"),
      redirectUri: form.required("redirect_uri"),
      address,
      expiresInMs: terminalTokenMs,
    });
    if (issued) return tokenOf(ctx, issued);
    throw new OauthError(
      "invalid_grant",
      "The code is not good: it is unknown, used, too old or another terminal's",
      again,
    );
  },
  async [grantTypes.device](ctx, form, { address }, { terminalTokenMs }) {
    assertClient(form);
    const polled = await pollDevice(ctx, {
      deviceCode: form.required("device_code"),
      address,
      expiresInMs: terminalTokenMs,
    });
    if (typeof polled === "object") return tokenOf(ctx, polled);
    throw devicePolls[polled]();
  },
  async [grantTypes.exchange](ctx, form, { address }, deps) {
    const type = form.required("subject_token_type");
    if (!subjectTypes.includes(type))
      throw new OauthError(
        "invalid_request",
        `subject_token_type: expected ${subjectTypes.join(" or ")}, found ${type.slice(0, 100)}`,
        "Correct it.",
      );
    const project = nameSchema.safeParse(form.required("project"));
    if (!project.success)
      throw new OauthError(
        "invalid_request",
        "project: expected the name of a project",
        "Send the `name` of its pave.yaml.",
      );
    const { token, expiresAt, scopes } = await exchangeAssertion(
      ctx,
      { assertion: form.required("subject_token"), project: project.data, address },
      deps,
    );
    return { ...tokenOf(ctx, { token, expiresAt }), issued_token_type: accessTokenType, scope: scopes.join(" ") };
  },
};

const again = "Start again with `pave login URL`.";
const devicePolls = {
  waiting: () => new OauthError("authorization_pending", "Nobody has answered yet", "Type the code in the portal."),
  "slow down": () =>
    new OauthError("slow_down", "The terminal asks too often; it waits five seconds longer each time now", "Wait."),
  denied: () => new OauthError("access_denied", "The person at the browser said no", again),
  over: () =>
    new OauthError("expired_token", "The code is too old, or was used", "Start again with `pave login URL --device`."),
} as const;

const tokenOf = (ctx: Ctx, { token, expiresAt }: TerminalToken) => ({
  access_token: token,
  token_type: "Bearer",
  expires_in: Math.floor((expiresAt.getTime() - ctx.clock.now().getTime()) / 1000),
});

/** A public client: what it proves is that it holds the verifier or the device code. */
export function assertClient(form: Form): void {
  const id = form.required("client_id");
  if (id !== terminalClientId)
    throw new OauthError(
      "invalid_client",
      `client_id: expected ${terminalClientId}, found ${id.slice(0, 100)}`,
      "Programs use a token: `pave tokens create`.",
    );
}

export function hostOf(form: Form): string {
  const host = hostSchema.safeParse(form.required("host"));
  if (host.success) return host.data;
  throw new OauthError(
    "invalid_request",
    "host: expected the name of a machine, of at most 100 characters",
    "Correct it.",
  );
}
