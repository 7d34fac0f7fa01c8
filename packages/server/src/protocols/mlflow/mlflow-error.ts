import { type ErrorCode, errorStatus } from "@pave/contract";
import type { ProtocolAnswer } from "../../http/protocol.ts";
import { renderError } from "../../http/render-error.ts";
import type { Logger } from "../../kernel/logger.ts";
import { isPaveError } from "../../kernel/pave-error.ts";

/** MLflow's error codes that we answer, with the status that its own server gives them. Clients branch on the code. */
const statuses = {
  INVALID_PARAMETER_VALUE: 400,
  BAD_REQUEST: 400,
  RESOURCE_ALREADY_EXISTS: 400,
  UNAUTHENTICATED: 401,
  PERMISSION_DENIED: 403,
  RESOURCE_DOES_NOT_EXIST: 404,
  ENDPOINT_NOT_FOUND: 404,
  INTERNAL_ERROR: 500,
  NOT_IMPLEMENTED: 501,
  TEMPORARILY_UNAVAILABLE: 503,
} as const;
export type MlflowCode = keyof typeof statuses;

/** Thrown by this translation for what only its clients can do wrong; modules throw PaveErrors. */
export class MlflowError extends Error {
  override readonly name = "MlflowError";
  readonly code: MlflowCode;

  constructor(code: MlflowCode, message: string) {
    super(message);
    this.code = code;
  }
}

export const invalid = (message: string): MlflowError => new MlflowError("INVALID_PARAMETER_VALUE", message);

/** Whether something is not there, or not the caller's to see. */
export const isMissing = (error: unknown): boolean =>
  error instanceof MlflowError
    ? error.code === "RESOURCE_DOES_NOT_EXIST"
    : isPaveError(error) && errorStatus[error.code] === 404;

/** Codes of ours that are not told by their status alone. */
const codes: Partial<Record<ErrorCode, MlflowCode>> = {
  "tracking.exists": "RESOURCE_ALREADY_EXISTS",
  "model.exists": "RESOURCE_ALREADY_EXISTS",
  "request.not_found": "ENDPOINT_NOT_FOUND",
  "artifact.corrupt": "INTERNAL_ERROR",
};

/**
 * Whatever went wrong as clients of MLflow read it. Never 408, 429 or 5xx for what the user did: clients try those
 * again for minutes.
 */
export function renderMlflowError(error: unknown, log: Logger, correlationId: string): ProtocolAnswer {
  if (error instanceof MlflowError) return answer(error.code, error.message);
  const { status, body } = renderError(error, log, correlationId);
  const { code, message, fix } = body.error;
  const text = fix === undefined ? message : `${message.replace(/\.$/, "")}. ${fix}`;
  // with their own status: these are not tried again, as 500 is, and a full disk is still full a minute later
  if (status === 413 || status === 507) return { ...answer(codeOf(status), text), status };
  return answer(codes[code] ?? codeOf(status), text);
}

function codeOf(status: number): MlflowCode {
  if (status === 401) return "UNAUTHENTICATED";
  if (status === 403) return "PERMISSION_DENIED";
  if (status === 404) return "RESOURCE_DOES_NOT_EXIST";
  if (status < 500) return "INVALID_PARAMETER_VALUE";
  return status === 503 ? "TEMPORARILY_UNAVAILABLE" : "INTERNAL_ERROR";
}

/** Clients wait so long before they ask again, instead of by a guess of their own. */
const retryAfterSeconds = "5";

const answer = (code: MlflowCode, message: string): ProtocolAnswer => ({
  status: statuses[code],
  ...(statuses[code] === 503 ? { headers: { "retry-after": retryAfterSeconds } } : {}),
  body: { error_code: code, message },
});
