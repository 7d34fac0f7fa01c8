import { docsOf, type ErrorBody } from "@pave/contract";
import type { ProtocolAnswer } from "../../http/protocol.ts";
import { renderError } from "../../http/render-error.ts";
import type { Logger } from "../../kernel/logger.ts";

/** Codes of RFC 6749 (5.2), RFC 8628 (3.5) and RFC 8693 (2.2.2). */
export type OauthCode =
  | "invalid_request"
  | "invalid_client"
  | "invalid_grant"
  | "unsupported_grant_type"
  | "access_denied"
  | "authorization_pending"
  | "slow_down"
  | "expired_token";

/** An error that only this protocol has. */
export class OauthError extends Error {
  override readonly name = "OauthError";
  readonly code: OauthCode;
  readonly fix: string;
  constructor(code: OauthCode, message: string, fix: string) {
    super(message);
    this.code = code;
    this.fix = fix;
  }
}

const codes: Readonly<Record<string, string>> = {
  "access.assertion_invalid": "invalid_grant",
  "access.assertion_used": "invalid_grant",
  "access.not_trusted": "access_denied",
  "access.denied": "access_denied",
  "access.issuer_unavailable": "temporarily_unavailable",
  "request.rate_limited": "slow_down",
};

/** `error` and `error_description` as OAuth has them; beside them what every error of ours says. */
export function renderOauthError(error: unknown, log: Logger, correlationId: string): ProtocolAnswer {
  if (error instanceof OauthError)
    return answer(400, error.code, {
      code: "request.invalid",
      message: error.message,
      fix: error.fix,
      docs: docsOf("request.invalid"),
    });
  const { status, body } = renderError(error, log, correlationId);
  const code = codes[body.error.code] ?? (status >= 500 ? "server_error" : "invalid_request");
  return answer(status, code, body.error);
}

const answer = (status: number, error: string, details: ErrorBody): ProtocolAnswer => ({
  status,
  headers: { "cache-control": "no-store" },
  body: { error, error_description: details.message, pave: details },
});
