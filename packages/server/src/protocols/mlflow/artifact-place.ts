import type { ProtocolRequest } from "../../http/protocol.ts";
import { everyDecoding } from "../../kernel/every-decoding.ts";
import { invalid, MlflowError } from "./mlflow-error.ts";

/** What an artifact path of the protocol is about: files of a run or a logged model, or an artifact of ours. */
export type ArtifactPlace =
  | { readonly in: "run"; readonly runId: string; readonly path: string }
  | { readonly in: "model"; readonly modelId: string; readonly path: string }
  | { readonly in: "artifact"; readonly artifactId: string; readonly path: string };

/**
 * `<experiment>/<run>/artifacts/…`, `<experiment>/models/<model>/artifacts/…` or `artifacts/<artifact>/…`, decoded.
 * Paths are keys in a table and never touch a disk of ours, but clients write them to theirs.
 */
export function artifactPlace(path: string): ArtifactPlace {
  const plain = plainPath(path);
  const run = /^\d+\/([0-9a-f]{32})\/artifacts(?:\/(.*))?$/.exec(plain);
  if (run) return { in: "run", runId: run[1] ?? "", path: plainPath(run[2] ?? "") };
  const model = /^\d+\/models\/(m-[0-9a-f]{32})\/artifacts(?:\/(.*))?$/.exec(plain);
  if (model) return { in: "model", modelId: model[1] ?? "", path: plainPath(model[2] ?? "") };
  const artifact = /^artifacts\/([0-9a-f-]{36})(?:\/(.*))?$/.exec(plain);
  if (artifact) return { in: "artifact", artifactId: artifact[1] ?? "", path: plainPath(artifact[2] ?? "") };
  throw new MlflowError(
    "RESOURCE_DOES_NOT_EXIST",
    `There is nothing at '${plain}': files lie below a run, a logged model or a registered version`,
  );
}

const maxPath = 1000;
/** Files are found by their path, and no index takes a longer one. */
const maxPathBytes = 2500;

/** Of a request whose path is that of a file. A query would be the rest of a name that was not encoded. */
export function requestedPlace({ params, query }: Pick<ProtocolRequest, "params" | "query">): ArtifactPlace {
  if (query !== "")
    throw invalid(
      `Invalid path: ${JSON.stringify(`?${query.slice(0, 200)}`)} is no part of a name, which must not have a ? in it`,
    );
  return artifactPlace(params["*"] ?? "");
}

/** The path without a slash at its end; throws where it is no plain path within a folder, however often encoded. */
export function plainPath(path: string): string {
  const plain = path.replace(/\/+$/, "");
  for (const [round, decoded] of everyDecoding(plain).entries()) {
    const problem = problemOf(decoded);
    if (problem !== undefined)
      throw invalid(
        `Invalid path: ${JSON.stringify(path.slice(0, 200))} ${problem}${round > 0 ? ", once it is decoded" : ""}`,
      );
  }
  return plain;
}

/** Which rule a path breaks. */
function problemOf(path: string): string | undefined {
  if (path === "") return undefined;
  if (path.length > maxPath) return `has more than ${maxPath} characters`;
  if (Buffer.byteLength(path) > maxPathBytes) return `has more than ${maxPathBytes} bytes`;
  if (path.startsWith("/")) return "must not begin with /";
  if (/^[a-zA-Z]:/.test(path)) return "must not begin with a letter and a colon, as a drive does";
  if (/^[a-z][a-z0-9+.-]*:\//i.test(path)) return "must not begin as a URI does";
  const sign = /[\\#?]/.exec(path)?.[0];
  if (sign !== undefined) return `must not have a ${sign} in it`;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  if (/[\u0000-\u001f\u007f]/.test(path)) return "must not have control characters in it";
  const parts = path.split("/");
  if (parts.includes("")) return "must not have empty parts";
  if (parts.includes(".") || parts.includes("..")) return "must not have the parts . and ..";
  return parts.some((part) => Buffer.byteLength(part) > 255) ? "has a name of more than 255 bytes" : undefined;
}
