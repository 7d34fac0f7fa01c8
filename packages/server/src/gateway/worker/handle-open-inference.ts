import type { IncomingMessage, ServerResponse } from "node:http";
import { PaveError } from "../../kernel/pave-error.ts";
import { version as paveVersion } from "../../kernel/version.ts";
import { binaryRefusal, openInference } from "../protocols/open-inference.ts";
import { answerJson } from "./answer.ts";
import { tensorOf } from "./describe-endpoint.ts";
import { handleInference, notReady } from "./handle-inference.ts";
import type { Parts } from "./handle-request.ts";
import type { LoadedRelease } from "./loaded-release.ts";
import { onlyMethod } from "./only-method.ts";
import { type Endpoint, pickRelease } from "./route-table.ts";

interface Target {
  readonly endpoint: Endpoint;
  /** Decoded, and starting behind `v2`. */
  readonly segments: readonly string[];
  readonly path: string;
  readonly parts: Parts;
}

/** Everything below `/{endpoint}/v2`. */
export function handleOpenInference(request: IncomingMessage, response: ServerResponse, target: Target) {
  const { endpoint, segments } = target;
  const { stable, loaded } = endpoint;
  switch (segments.join("/")) {
    case "":
      onlyMethod("GET", request);
      return answer(response, 200, { name: "pave", version: paveVersion, extensions: [] });
    case "health/live":
      onlyMethod("GET", request);
      return answer(response, 200, { live: true });
    case "health/ready":
      onlyMethod("GET", request);
      return answer(response, stable ? 200 : 503, { ready: stable !== undefined });
    case "models":
      onlyMethod("GET", request);
      return answer(response, 200, { models: [...new Set(loaded.map(({ modelName }) => modelName))] });
    case "repository/index":
      onlyMethod("POST", request);
      return answer(
        response,
        200,
        loaded.map(({ modelName, modelVersion }) => ({
          name: modelName,
          version: modelVersion,
          state: "READY",
          reason: "",
        })),
      );
  }
  const model = modelPathOf(segments);
  if (!model)
    throw new PaveError("request.not_found", `${target.path}: there is nothing here`, {
      fix: "see the Open Inference Protocol v2 for what there is below /v2",
    });
  handleModel(request, response, target, model);
}

interface ModelPath {
  readonly name: string;
  readonly version: string | undefined;
  readonly action: "metadata" | "ready" | "infer";
}

/** `models/{name}[/versions/{version}][/ready|/infer]` */
function modelPathOf(segments: readonly string[]): ModelPath | undefined {
  const [models, name, ...rest] = segments;
  if (models !== "models" || !name) return undefined;
  const hasVersion = rest[0] === "versions";
  const version = hasVersion ? rest[1] : undefined;
  const [action = "metadata", ...more] = hasVersion ? rest.slice(2) : rest;
  if (more.length > 0 || (hasVersion && !version)) return undefined;
  return action === "metadata" || action === "ready" || action === "infer" ? { name, version, action } : undefined;
}

function handleModel(
  request: IncomingMessage,
  response: ServerResponse,
  { endpoint, parts }: Target,
  { name, version, action }: ModelPath,
) {
  onlyMethod(action === "infer" ? "POST" : "GET", request);
  const model = findModel(endpoint, name, version);
  if (!model && endpoint.loaded.length > 0) throw unknownModel(endpoint, name, version);
  if (action === "ready") return answer(response, model ? 200 : 503, { name, ready: model !== undefined });
  if (action === "metadata") {
    if (!model) throw notReady(endpoint);
    return answer(response, 200, metadataOf(endpoint, model));
  }

  if (request.headers["inference-header-content-length"] !== undefined)
    throw binaryRefusal("header Inference-Header-Content-Length");
  const pick = () => {
    const current = parts.routes.find(endpoint.path);
    return version === undefined ? pickRelease(current) : current && findModel(current, name, version);
  };
  handleInference(request, response, {
    counters: parts.counters,
    requestLog: parts.requestLog,
    logError: parts.logError,
    endpoint,
    protocol: openInference,
    pick,
  });
}

/** Without a version the stable one; other loaded versions (a candidate, the one before) can be asked for by name. */
function findModel({ stable, loaded }: Endpoint, name: string, version: string | undefined): LoadedRelease | undefined {
  if (version === undefined) return [stable, ...loaded].find((release) => release?.modelName === name);
  return loaded.find((release) => release.modelName === name && release.modelVersion === version);
}

function metadataOf({ loaded }: Endpoint, { modelName, model }: LoadedRelease) {
  const versions = loaded.filter((release) => release.modelName === modelName).map(({ modelVersion }) => modelVersion);
  return {
    name: modelName,
    versions,
    platform: model.platform,
    inputs: model.inputs.map(tensorOf),
    outputs: model.outputs.map(tensorOf),
  };
}

function unknownModel({ loaded }: Endpoint, name: string, version: string | undefined): PaveError {
  const there = loaded.map(({ modelName, modelVersion }) => `${modelName} version ${modelVersion}`).join(", ");
  return new PaveError(
    "model.not_found",
    `model "${name}"${version === undefined ? "" : ` version "${version}"`} is not served here`,
    { fix: `this endpoint has ${there}` },
  );
}

const answer = (response: ServerResponse, status: number, body: unknown) =>
  answerJson(response, status, JSON.stringify(body));
