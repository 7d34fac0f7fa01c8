import type { Import } from "@pave/contract";
import { type Ctx, inTransaction } from "../../db/context.ts";
import type { Handlers } from "../../http/handlers.ts";
import { newId } from "../../kernel/ids.ts";
import { must } from "../../kernel/pave-error.ts";
import { resolveProject } from "../access/index.ts";
import { recordEvent } from "../ledger/index.ts";
import type { SourceArtifacts } from "../models/index.ts";
import { experimentKey, importExperiment } from "./import-experiment.ts";
import { type ImportFilesDeps, importFile, listImportedFiles, nameImportedFile } from "./import-files.ts";
import { finishLoggedModel, finishModel, importLoggedModel, importModel, importVersion } from "./import-models.ts";
import { assertItems, finishRuns, importPoints, importRuns } from "./import-runs.ts";
import { findItems, putItems } from "./imported-items-store.ts";
import { findImport, findImports, type ImportRow, insertImport, updateImport } from "./imports-store.ts";
import { getImport, getOpenImport } from "./open-import.ts";

export type ImportsRoutesDeps = ImportFilesDeps & { readonly artifacts: SourceArtifacts };

/** What `pave import` calls. Every call may be repeated: a thing that is there is not made twice. */
export function importsRoutes(deps: ImportsRoutesDeps) {
  const open = (ctx: Ctx, params: { readonly project: string; readonly import: string }) =>
    getOpenImport(ctx, params.project, params.import);
  return {
    async listImports(ctx, { params }) {
      const project = await resolveProject(ctx, params.project);
      return { items: (await findImports(ctx, project.id)).map(toImport) };
    },
    getImport: async (ctx, { params }) => toImport(await getImport(ctx, params.project, params.import)),
    async startImport(ctx, { params, body }) {
      const project = await resolveProject(ctx, params.project);
      const row = { id: newId(), projectId: project.id, source: body.source, sourceVersion: body.version };
      return inTransaction(ctx, async (ctx) => {
        await insertImport(ctx, row);
        await tell(ctx, "import.started", row, { version: body.version });
        return toImport(must(await findImport(ctx, project.id, row.id), "the import just begun"));
      });
    },
    async findImportedItems(ctx, { params, body }) {
      const project = await resolveProject(ctx, params.project);
      const stored = (key: string) => (body.kind === "experiment" ? experimentKey(body, key) : key);
      const items = await findItems(ctx, project.id, body.kind, body.keys.map(stored));
      return {
        items: body.keys.flatMap((key) => {
          const item = items.get(stored(key));
          return item ? [{ key, state: item.state, digest: item.digest }] : [];
        }),
      };
    },
    importExperiment: async (ctx, { params, body }) => importExperiment(ctx, await open(ctx, params), body),
    importRuns: async (ctx, { params, body }) => ({
      skipped: await importRuns(ctx, await open(ctx, params), body.runs),
    }),
    async importPoints(ctx, { params, body }) {
      await importPoints(ctx, await open(ctx, params), body);
      return { ok: true };
    },
    listImportedFiles: async (ctx, { params, query }) => ({
      items: await listImportedFiles(ctx, await open(ctx, params), query.root),
    }),
    async importFile(ctx, { params, query }, io) {
      const size = query.size === undefined ? undefined : Number(query.size);
      const file = { root: query.root, path: query.path, size };
      await importFile(ctx, deps, await open(ctx, params), file, io);
      return { ok: true };
    },
    nameImportedFile: async (ctx, { params, body }) => ({
      isHere: await nameImportedFile(ctx, await open(ctx, params), body),
    }),
    async markRunsCopied(ctx, { params, body }) {
      const row = await open(ctx, params);
      const items = body.runs.map(({ runId, digest }) => ({ key: runId, digest }));
      await assertItems(
        ctx,
        row,
        "run",
        items.map(({ key }) => key),
      );
      await putItems(ctx, row, "run", "copied", items);
      await updateImport(ctx, row.id, {});
      return { ok: true };
    },
    finishRuns: async (ctx, { params, body }) => ({
      unlinked: await finishRuns(ctx, await open(ctx, params), body.runs),
    }),
    importLoggedModel: async (ctx, { params, body }) => ({
      skipped: (await importLoggedModel(ctx, await open(ctx, params), body)) ?? null,
    }),
    async finishLoggedModel(ctx, { params, body }) {
      await finishLoggedModel(ctx, await open(ctx, params), body);
      return { ok: true };
    },
    importModel: async (ctx, { params, body }) => ({
      skipped: (await importModel(ctx, await open(ctx, params), body)) ?? null,
    }),
    importVersion: async (ctx, { params, body }) => ({
      skipped: (await importVersion(ctx, deps.artifacts, await open(ctx, params), body)) ?? null,
    }),
    finishModel: async (ctx, { params, body }) => ({
      skipped: await finishModel(ctx, await open(ctx, params), body),
    }),
    async endImport(ctx, { params, body }) {
      const row = await open(ctx, params);
      return inTransaction(ctx, async (ctx) => {
        await updateImport(ctx, row.id, { state: body.result, report: body.report });
        await tell(ctx, "import.ended", row, { counts: body.report.counts }, body.result === "done" ? "ok" : "failed");
        return toImport(must(await findImport(ctx, row.projectId, row.id), "the import just ended"));
      });
    },
  } satisfies Partial<Handlers>;
}

const tell = (
  ctx: Ctx,
  type: string,
  row: Pick<ImportRow, "id" | "projectId" | "source">,
  data: Record<string, unknown>,
  result = "ok",
): Promise<string> =>
  recordEvent(ctx, {
    type,
    subjectType: "import",
    subjectId: row.id,
    projectId: row.projectId,
    result,
    data: { source: row.source, ...data },
  });

const toImport = ({ projectId: _, startedAt, lastAt, ...row }: ImportRow): Import => ({
  ...row,
  startedAt: startedAt.toISOString(),
  lastAt: lastAt.toISOString(),
});
