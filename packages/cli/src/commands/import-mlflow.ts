import { CliError, type Command, type CommandContext, exitCodes, list, projectOption, text } from "../command.ts";
import { environment } from "../environment.ts";
import type { CopyContext } from "../import-mlflow/copy-context.ts";
import { copyServer, type Selection } from "../import-mlflow/copy-server.ts";
import { dryRun } from "../import-mlflow/dry-run.ts";
import { createImportProgress } from "../import-mlflow/import-progress.ts";
import { createSource, type Source } from "../import-mlflow/source.ts";
import { sourceAuthorization } from "../import-mlflow/source-credentials.ts";
import { SourceAnswer } from "../import-mlflow/source-errors.ts";
import { sourceUrl } from "../import-mlflow/source-url.ts";
import { createTally, reportText, skippedOf, type Tally } from "../import-mlflow/tally.ts";
import { createTarget } from "../import-mlflow/target.ts";
import { projectName } from "../local/project-folder.ts";

export const importMlflow: Command = {
  name: "import mlflow",
  summary:
    "copy a running MLflow server's content into a project, once or again; ends with 1 when something was skipped",
  options: [
    projectOption,
    {
      flags: "--from <url>",
      help: "the server, as MLFLOW_TRACKING_URI has it; signed in to by PAVE_IMPORT_TOKEN, or PAVE_IMPORT_USERNAME and PAVE_IMPORT_PASSWORD",
    },
    { flags: "--experiment <name>", help: "only this one, with the versions of its runs", repeatable: true },
    { flags: "--model <name>", help: "only this registered model, with its versions", repeatable: true },
    { flags: "--files", help: "read files that the server names by a path from this machine's disk" },
    { flags: "--new-only", help: "leave what was copied before as it is, unseen" },
    { flags: "--dry-run", help: "count, and copy nothing" },
  ],
  examples: [
    "pave import mlflow --from http://127.0.0.1:5000 --project churn --dry-run",
    "pave import mlflow --from https://mlflow.example.org --project churn --experiment retention",
  ],
  async run(context, _args, options) {
    const from = text(options.from);
    if (from === undefined)
      throw new CliError("From where?", { fix: "Give --from URL, the address of the server of MLflow." });
    const url = sourceUrl(from);
    const project = await projectName(context.folder, text(options.project));
    const selection = { experiments: list(options.experiment), models: list(options.model) };
    const source = createSource({ url, authorization: sourceAuthorization(environment()), signal: context.signal });
    const version = await sourceVersion(source);
    const flags = { localFiles: options.files === true, newOnly: options.newOnly === true };
    const tally = createTally();
    const run = { context, project, source, selection, tally, ...flags };
    if (options.dryRun === true) return dry(run);
    return copy(run, version);
  },
};

interface ImportRun {
  readonly context: CommandContext;
  readonly project: string;
  readonly source: Source;
  readonly selection: Selection;
  readonly tally: Tally;
  readonly localFiles: boolean;
  readonly newOnly: boolean;
}

/** Of an old server that does not say it: none. Also the first request, which finds out whether the address is right. */
async function sourceVersion(source: Source): Promise<string> {
  const said = await source.text("/version").catch((error: unknown) => {
    if (error instanceof SourceAnswer) return "";
    throw error;
  });
  return /^\d[\w.+-]{0,50}$/.test(said.trim()) ? said.trim() : "unknown";
}

async function contextOf(run: ImportRun, id: string): Promise<CopyContext> {
  const { context, project, source, tally } = run;
  const client = await context.client();
  const { signal, output, json } = context;
  const write = (line: string) => void process.stderr.write(`${line}\n`);
  return {
    source,
    target: createTarget({ client, project, source: source.url, id, signal }),
    tally,
    progress: createImportProgress({ output, json, write }, tally),
    signal,
    incomplete: new Set(),
    localFiles: run.localFiles,
    newOnly: run.newOnly,
  };
}

async function dry(run: ImportRun) {
  const copied = await contextOf(run, "");
  await dryRun(copied, run.selection).finally(() => copied.progress.stop());
  const report = run.tally.report();
  return { data: { source: run.source.url, dryRun: true, ...report }, text: reportText(report) };
}

async function copy(run: ImportRun, version: string) {
  const { context, project, source, tally } = run;
  const client = await context.client();
  const { id } = await client.startImport({ params: { project }, body: { source: source.url, version } });
  const params = { project, import: id };
  const copied = await contextOf(run, id);
  tally.note(
    "Experiments have ids of this platform's own here; those of the source are in the tag pave.import.experiment-id.",
  );
  try {
    await copyServer(copied, run.selection);
  } catch (error) {
    copied.progress.stop();
    // what stopped it is the news, not that the report of it could not be kept
    await client.endImport({ params, body: { result: "stopped", report: tally.report() } }).catch(() => undefined);
    throw error;
  }
  copied.progress.stop();
  const report = tally.report();
  const ended = await client.endImport({ params, body: { result: "done", report } });
  const skipped = skippedOf(report);
  return {
    data: ended,
    text: `${reportText(report)}\nFrom now on: export MLFLOW_TRACKING_URI=${(await context.connection()).url}`,
    ...(skipped > 0 ? { exitCode: exitCodes.failed } : {}),
  };
}
