import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { isPaveError, messageOf, PaveError } from "../../kernel/pave-error.ts";
import { namedFeatures } from "../protocols/named-features.ts";
import { openInference } from "../protocols/open-inference.ts";
import { answerError, answerJson } from "./answer.ts";
import type { Counters } from "./counters.ts";
import { describeEndpoint } from "./describe-endpoint.ts";
import { gatewayFault, handleInference, notReady } from "./handle-inference.ts";
import { handleOpenInference } from "./handle-open-inference.ts";
import { assertMayCall, type KeyTable } from "./key-table.ts";
import type { MetricsDesk } from "./metrics-desk.ts";
import { onlyMethod } from "./only-method.ts";
import type { RequestLog } from "./request-log.ts";
import { type Endpoint, pickRelease, type RouteTable } from "./route-table.ts";

export interface Parts {
  readonly routes: RouteTable;
  readonly keys: KeyTable;
  readonly counters: Counters;
  readonly requestLog: RequestLog;
  readonly metrics: Pick<MetricsDesk, "ask">;
  readonly logError: (message: string) => void;
}

/** The gateway's whole surface: `/healthz`, `/metrics`, and below `/{environment}/{project}/{deployment}` its endpoints. */
export function requestHandler(parts: Parts): RequestListener {
  return (request, response) => {
    try {
      route(request, response, parts);
    } catch (thrown) {
      const isV2 = /^(\/[^/]+){3}\/v2(\/|\?|$)/.test(request.url ?? "");
      if (!isPaveError(thrown)) parts.logError(messageOf(thrown));
      answerError(response, isPaveError(thrown) ? thrown : gatewayFault(thrown), isV2 ? openInference : namedFeatures);
    }
  };
}

function route(request: IncomingMessage, response: ServerResponse, parts: Parts) {
  const path = pathOf(request.url ?? "/");
  if (path === "/healthz") {
    onlyMethod("GET", request);
    return answerJson(response, 200, '{"status":"ok"}');
  }
  const { routes, keys } = parts;
  if (path === "/metrics") {
    onlyMethod("GET", request);
    keys.assertReadsMetrics(request.headers.authorization);
    return parts.metrics.ask(request, response);
  }
  if (!routes.hasConfig) {
    throw new PaveError("server.unavailable", "this gateway has not heard from Pave yet and knows no endpoints", {
      fix: "start Pave (`pave up`) and try again",
    });
  }
  const key = keys.authenticate(request.headers.authorization);
  const end = endOfEndpoint(path);
  const endpoint = routes.find(path.slice(1, end));
  if (!endpoint)
    throw new PaveError("deployment.not_found", `${path}: there is no endpoint here`, {
      fix: "`pave deployments list` shows the endpoints there are",
    });
  assertMayCall(key, endpoint.deploymentId);
  // a slash at the end means the same as none
  const rest = path.slice(end + 1, path.endsWith("/") ? -1 : undefined);
  dispatch(request, response, { endpoint, rest, path, parts });
}

interface Target {
  readonly endpoint: Endpoint;
  /** Behind the endpoint's own path and a slash. */
  readonly rest: string;
  readonly path: string;
  readonly parts: Parts;
}

function dispatch(request: IncomingMessage, response: ServerResponse, { endpoint, rest, path, parts }: Target) {
  if (rest === "predict") {
    onlyMethod("POST", request);
    return handleInference(request, response, {
      counters: parts.counters,
      requestLog: parts.requestLog,
      logError: parts.logError,
      endpoint,
      protocol: namedFeatures,
      pick: () => pickRelease(parts.routes.find(endpoint.path)),
    });
  }
  if (rest === "") {
    onlyMethod("GET", request);
    if (!endpoint.stable) throw notReady(endpoint);
    return answerJson(response, 200, describeEndpoint(endpoint, endpoint.stable));
  }
  const [first, ...segments] = segmentsOf(rest);
  if (first === "v2") return handleOpenInference(request, response, { endpoint, segments, path, parts });
  throw new PaveError("request.not_found", `${path}: there is nothing here`, {
    fix: `use POST /${endpoint.path}/predict, or Open Inference below /${endpoint.path}/v2`,
  });
}

/** Index of the slash behind the third segment. */
function endOfEndpoint(path: string): number {
  let end = 0;
  for (let slashes = 0; slashes < 3; slashes += 1) {
    end = path.indexOf("/", end + 1);
    if (end < 0) return path.length;
  }
  return end;
}

function pathOf(url: string): string {
  const query = url.indexOf("?");
  return query < 0 ? url : url.slice(0, query);
}

function segmentsOf(path: string): string[] {
  const segments = path.split("/");
  if (!path.includes("%")) return segments;
  try {
    return segments.map(decodeURIComponent);
  } catch {
    throw new PaveError("request.invalid", `${path}: expected a path with valid percent-encoding`, {
      fix: "encode the path as UTF-8",
    });
  }
}
