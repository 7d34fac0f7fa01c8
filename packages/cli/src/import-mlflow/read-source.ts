import { z } from "zod";
import { CliError, exitCodes } from "../command.ts";
import type { Query, Source } from "./source.ts";
import {
  type ExperimentRecord,
  experimentRecord,
  type LoggedModelRecord,
  loggedModelRecord,
  type ModelRecord,
  modelRecord,
  type RunRecord,
  runRecord,
  type VersionRecord,
  versionRecord,
} from "./source-records.ts";

const api = "/api/2.0/mlflow";

/** All pages of a list. A server that gives the same token twice would never come to an end. */
export async function* pages<T extends z.ZodType>(
  source: Source,
  ask: (token: string | undefined) => Promise<unknown>,
  list: string,
  item: T,
): AsyncGenerator<z.output<T>[]> {
  const seen = new Set<string>();
  let token: string | undefined;
  do {
    const answer = z
      .looseObject({ [list]: z.array(item).default([]), next_page_token: z.string().optional() })
      .safeParse(await ask(token));
    if (!answer.success) throw strange(source, list, answer.error);
    yield (answer.data as Record<string, unknown>)[list] as z.output<T>[];
    token = (answer.data as { next_page_token?: string }).next_page_token || undefined;
    if (token !== undefined && seen.has(token))
      throw new CliError(`${source.url} gives the same page of ${list} again and again`, {
        fix: "Copy by a server that runs a release of MLflow on the same database.",
        exitCode: exitCodes.failed,
      });
    if (token !== undefined) seen.add(token);
  } while (token !== undefined);
}

function strange(source: Source, list: string, error: z.ZodError): CliError {
  const [issue] = error.issues;
  return new CliError(
    `${source.url} answers with ${list} that are none of MLflow's: ${issue?.path.join(".") ?? ""}: ${issue?.message ?? ""}`,
    { fix: "Give the address of a server of MLflow 2.0 or newer.", exitCode: exitCodes.failed },
  );
}

const posted = (source: Source, path: string, body: object) => (token: string | undefined) =>
  source.post(`${api}${path}`, { ...body, ...(token === undefined ? {} : { page_token: token }) });
const asked = (source: Source, path: string, query: Query) => (token: string | undefined) =>
  source.get(`${api}${path}`, { ...query, page_token: token });

export const experimentPages = (source: Source): AsyncGenerator<ExperimentRecord[]> =>
  pages(
    source,
    posted(source, "/experiments/search", { max_results: 1000, view_type: "ALL" }),
    "experiments",
    experimentRecord,
  );

/** Oldest first, so that what is logged meanwhile comes at the end. */
export const runPages = (source: Source, experimentId: string): AsyncGenerator<RunRecord[]> =>
  pages(
    source,
    posted(source, "/runs/search", {
      experiment_ids: [experimentId],
      run_view_type: "ALL",
      max_results: 1000,
      order_by: ["attributes.start_time ASC"],
    }),
    "runs",
    runRecord,
  );

export const loggedModelPages = (source: Source, experimentId: string): AsyncGenerator<LoggedModelRecord[]> =>
  pages(
    source,
    posted(source, "/logged-models/search", { experiment_ids: [experimentId], max_results: 50 }),
    "models",
    loggedModelRecord,
  );

export async function readLoggedModel(source: Source, modelId: string): Promise<LoggedModelRecord> {
  const answer = await source.get(`${api}/logged-models/${encodeURIComponent(modelId)}`, { allow_deleted: "true" });
  return z.object({ model: loggedModelRecord }).parse(answer).model;
}

export async function readRun(source: Source, runId: string): Promise<RunRecord> {
  return z.object({ run: runRecord }).parse(await source.get(`${api}/runs/get`, { run_id: runId })).run;
}

export const modelPages = (source: Source): AsyncGenerator<ModelRecord[]> =>
  pages(source, asked(source, "/registered-models/search", { max_results: 100 }), "registered_models", modelRecord);

export const versionPages = (source: Source, model: string): AsyncGenerator<VersionRecord[]> => {
  const quote = model.includes("'") ? '"' : "'";
  const filter = `name = ${quote}${model}${quote}`;
  return pages(
    source,
    asked(source, "/model-versions/search", { max_results: 1000, filter }),
    "model_versions",
    versionRecord,
  );
};

export async function downloadUri(source: Source, model: string, version: number): Promise<string> {
  const answer = await source.get(`${api}/model-versions/get-download-uri`, { name: model, version });
  return z.object({ artifact_uri: z.string() }).parse(answer).artifact_uri;
}
