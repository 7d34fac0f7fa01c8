import type { IncomingMessage } from "node:http";
import { PaveError } from "../../kernel/pave-error.ts";

/** Throws 405 for any other verb; HEAD counts as GET. */
export function onlyMethod(method: "GET" | "POST", request: IncomingMessage) {
  const asked = request.method === "HEAD" ? "GET" : request.method;
  if (asked !== method)
    throw new PaveError("request.method_not_allowed", `expected ${method}, found ${request.method}`, {
      fix: `use ${method}`,
    });
}
