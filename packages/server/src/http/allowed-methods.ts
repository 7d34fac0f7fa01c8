import { type RouteDefinition, routes } from "@pave/contract";

/** The methods that routes of the API take at this path; none where there is no such path. */
export function allowedMethods(path: string): readonly string[] {
  const found = new Set(patterns.flatMap(({ pattern, method }) => (pattern.test(path) ? [method] : [])));
  return [...found].flatMap((method) => (method === "GET" ? ["GET", "HEAD"] : [method]));
}

const patterns = Object.values<RouteDefinition>(routes).map(({ method, path }) => ({
  method,
  pattern: new RegExp(`^/api/v1${path.replace(/:\w+/g, "[^/]+")}$`),
}));
