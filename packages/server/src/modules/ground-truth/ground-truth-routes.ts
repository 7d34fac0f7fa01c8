import { buffer } from "node:stream/consumers";
import { maxLogBodyBytes } from "@pave/contract";
import type { Ctx } from "../../db/context.ts";
import type { Handlers, RequestIo } from "../../http/handlers.ts";
import { PaveError } from "../../kernel/pave-error.ts";
import { resolveProject } from "../access/index.ts";
import type { GroundTruthModule } from "./create-ground-truth.ts";

export function groundTruthRoutes(groundTruth: GroundTruthModule): Handlers {
  const keyOf = async (ctx: Ctx, params: { project: string; environment: string; deployment: string }) => ({
    projectId: (await resolveProject(ctx, params.project)).id,
    environment: params.environment,
    name: params.deployment,
  });
  return {
    postGroundTruth: async (ctx, { params, query }, io) =>
      groundTruth.receive(ctx, await keyOf(ctx, params), { correct: query.correct === "true", body: io.body }),
    getTruth: async (ctx, { params, query }) => groundTruth.show(ctx, await keyOf(ctx, params), query),
    listRequestLog: async (ctx, { params }) => groundTruth.listLog(ctx, await keyOf(ctx, params)),
    async getRequestLogFile(ctx, { params }, io) {
      const { file, bytes } = await groundTruth.openLogFile(ctx, await keyOf(ctx, params), params.file);
      const headers = {
        "content-type": "application/vnd.apache.parquet",
        "content-length": String(file.bytes),
        "content-disposition": `attachment; filename="${file.id}.parquet"`,
        "cache-control": "private, no-store",
      };
      await io.send(200, headers, bytes);
      return undefined;
    },
    gatewayLog: async (ctx, _input, io) => groundTruth.ingestLog(ctx, await bodyText(io)),
  };
}

async function bodyText({ body, headers }: RequestIo): Promise<string> {
  if (Number(headers["content-length"] ?? 0) > maxLogBodyBytes) throw tooLarge();
  return (await buffer(limited(body))).toString("utf8");
}

async function* limited(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > maxLogBodyBytes) throw tooLarge();
    yield chunk;
  }
}

const tooLarge = () =>
  new PaveError(
    "request.too_large",
    `Expected at most ${maxLogBodyBytes} bytes of logged requests at once, found more`,
    {
      fix: "Send fewer parts in one request.",
    },
  );
