import { ApiError } from "@pave/contract";

/** The API understood and said no; saying the same again will not help. Anything else may pass: keep trying. */
export function isRefused(error: unknown): error is ApiError {
  if (!(error instanceof ApiError)) return false;
  return error.status >= 400 && error.status < 500 && ![401, 403, 408, 425, 429].includes(error.status);
}

/** The work is another's by now, or over. */
export const isLost = (error: unknown): boolean =>
  error instanceof ApiError && (error.code === "work.lease_lost" || error.code === "work.not_found");
