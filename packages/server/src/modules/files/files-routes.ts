import type { Ctx } from "../../db/context.ts";
import type { Handlers } from "../../http/handlers.ts";
import { resolveProject } from "../access/index.ts";
import { type Artifacts, requireBlob, sendBlob } from "../artifacts/index.ts";
import { findPlace } from "./find-place.ts";
import { previewFile } from "./preview-file.ts";
import { shownHeaders } from "./shown-headers.ts";

export interface FilesRoutesDeps {
  readonly artifacts: Pick<Artifacts, "getArtifactOf" | "openBlob" | "readBlob">;
}

/** A folder of more than that has a tool of its own. */
const mostListed = 2000;

export function filesRoutes({ artifacts }: FilesRoutesDeps): Handlers {
  const placeOf = async (ctx: Ctx, params: { readonly project: string; readonly place: string }) =>
    findPlace(ctx, artifacts, await resolveProject(ctx, params.project), params.place);
  return {
    async listFiles(ctx, { params, query }) {
      const entries = await (await placeOf(ctx, params)).list(query.path.replace(/\/+$/, ""));
      const sorted = entries.toSorted((a, b) => Number(b.isFolder) - Number(a.isFolder) || compare(a.name, b.name));
      return { items: sorted.slice(0, mostListed).map((entry) => ({ ...entry })), total: sorted.length };
    },
    async previewFile(ctx, { params, query }) {
      const file = await (await placeOf(ctx, params)).file(query.path);
      return { path: file.path, size: file.size, preview: await previewFile(ctx, artifacts, file) };
    },
    async getFile(ctx, { params, query }, io) {
      const file = await (await placeOf(ctx, params)).file(query.path);
      const headers = query.as === "shown" ? shownHeaders(file.path) : undefined;
      await sendBlob(ctx, artifacts, io, await requireBlob(ctx, file.digest), file.path, headers ?? asDownload);
      return undefined;
    },
  };
}

/** Saved, never opened, whatever the browser thinks that it is. */
const asDownload = { "content-type": "application/octet-stream", disposition: "attachment" } as const;

const byName = new Intl.Collator("en", { numeric: true });
const compare = (a: string, b: string): number => byName.compare(a, b);
