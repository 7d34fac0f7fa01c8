import type { LogFilter } from "./use-notification-queries.ts";

const states = ["waiting", "delivered", "failed"] as const;

/** What the log is narrowed to; the URL says it. */
export function parseLogSearch(search: Record<string, unknown>): LogFilter {
  const state = states.find((one) => one === search.state);
  return {
    ...(typeof search.target === "string" && search.target !== "" ? { target: search.target } : {}),
    ...(state ? { state } : {}),
  };
}
