import { createReadStream } from "node:fs";
import { copyFile, mkdir, open, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { Readable } from "node:stream";
import type { Client, RenderedProject } from "@pave/contract";
import { CliError, type Command, list, text } from "../command.ts";
import { checkName } from "../local/check-name.ts";
import { confirm } from "../local/confirm.ts";
import { initGit } from "../local/init-git.ts";
import { parseVars } from "../local/parse-vars.ts";
import { hashFile } from "../local/project-files.ts";
import { pushRevision } from "../local/push-revision.ts";
import { readSpec, valuesIn } from "../local/read-spec.ts";
import { colors } from "../output.ts";

export const newProject: Command = {
  name: "new",
  summary: "start a project from a template and a table of data",
  arguments: [{ name: "<name>", help: "name of the project and its folder" }],
  options: [
    { flags: "-t, --template <name>", help: "template", fallback: "tabular-classification" },
    { flags: "--data <file>", help: "CSV, TSV, Parquet or JSON lines" },
    { flags: "--target <column>", help: "column to predict" },
    {
      flags: "--sql <file>",
      help: "query over a table `source` that gives features and target (default: all columns)",
    },
    { flags: "--answers <file>", help: "further answers to the template's questions, as YAML or JSON" },
    { flags: "--set <name=value>", help: "one answer", repeatable: true },
    { flags: "--owner <team>", help: "owning team (default: yours, else platform)" },
    { flags: "-y, --yes", help: "do not ask" },
    { flags: "--dry-run", help: "show what would be created" },
  ],
  examples: [
    "pave new churn --data customers.csv --target churned",
    "pave new flights --data flights.parquet --sql features.sql --target late --yes",
  ],
  async run(context, [given = ""], options) {
    const name = checkName(given, "pave new");
    const client = await context.client();
    const folder = join(context.folder, name);
    if ((await readdir(folder).catch(() => [])).length > 0)
      throw new CliError(`${folder} exists and is not empty`, {
        fix: "Choose another name, or go there and use `pave init`.",
      });
    const data = text(options.data);
    const sql = text(options.sql)
      ? await readText(resolve(context.folder, text(options.sql) ?? ""), "--sql")
      : undefined;
    const target = text(options.target);
    const answers: Record<string, unknown> = {
      ...(await answersFile(context.folder, text(options.answers))),
      ...parseVars(list(options.set), "--set"),
    };
    if (target) answers.target = target;
    if (sql) answers.sql = sql;
    if (text(options.owner)) answers.owner = text(options.owner);
    if (data) answers.data = `data/${basename(data)}`;
    const profile = data
      ? await profileOf(
          client,
          resolve(context.folder, data),
          typeof answers.target === "string" ? answers.target : undefined,
          sql,
          context.output.progress("Looking at the data"),
        )
      : undefined;
    if (profile !== undefined && answers.target === undefined) throw whichTarget(data ?? "", profile);
    const rendered = await client.renderTemplate({
      body: { name, template: text(options.template) ?? "", answers, ...(profile === undefined ? {} : { profile }) },
    });
    context.output.note(describe(rendered, folder));
    if (options.dryRun === true) return { data: withoutContent(rendered), text: "" };
    await confirm(options.yes === true, context.output.isTerminal);
    await write(rendered, folder, data ? resolve(context.folder, data) : undefined);
    const owner = typeof rendered.answers.owner === "string" ? { owner: rendered.answers.owner } : {};
    const project = await client
      .createProject({ body: { name, ...owner, template: { ...rendered.template, answers: rendered.answers } } })
      .catch(async (error: unknown) => {
        // what was written a moment ago would stand in the way of the next try
        await rm(folder, { recursive: true, force: true });
        throw error;
      });
    await initGit(folder, `Start ${name} from ${rendered.template.name} ${rendered.template.version}`);
    const revision = await pushRevision(client, {
      project: name,
      folder,
      message: `from template ${rendered.template.name} ${rendered.template.version}`,
      output: context.output,
    });
    return {
      data: { project, revision, folder, warnings: rendered.warnings },
      text: `${colors.green("✔")} ${name} is in ${folder}\n  Next: cd ${name} && pave run`,
    };
  },
};

async function profileOf(
  client: Client,
  path: string,
  target: string | undefined,
  sql: string | undefined,
  progress: { done(text: string): void; fail(text: string): void },
): Promise<unknown> {
  const found = await stat(path).catch(() => undefined);
  if (!found?.isFile()) {
    progress.fail("No data");
    throw new CliError(`--data ${path}: there is no such file`, {
      fix: "Name a CSV, TSV, Parquet or JSON lines file.",
    });
  }
  const digest = await hashFile(await open(path));
  await client.uploadData(
    { params: { digest } },
    { bytes: Readable.toWeb(createReadStream(path)) as ReadableStream<Uint8Array> },
  );
  try {
    const { profile } = await client.profileData({
      body: { digest, filename: basename(path), ...(target ? { target } : {}), ...(sql ? { sql } : {}) },
    });
    progress.done(`Looked at ${basename(path)}`);
    return profile;
  } catch (error) {
    progress.fail(`${basename(path)} cannot be used`);
    throw error;
  }
}

function whichTarget(data: string, profile: unknown): CliError {
  const columns = ((profile as { columns?: { name: string }[] } | null)?.columns ?? []).map(({ name }) => name);
  return new CliError(`Which column shall be predicted? ${basename(data)} has ${columns.join(", ")}`, {
    fix: `Name it, for example: --target ${columns.at(-1) ?? "late"}`,
  });
}

function describe(rendered: RenderedProject, folder: string): string {
  return [
    `${colors.bold("This will create")} ${folder}`,
    ...rendered.creates.map((line) => `  ${colors.green("+")} ${line}`),
    ...rendered.warnings.map((line) => `  ${colors.yellow("!")} ${line}`),
  ].join("\n");
}

async function write(rendered: RenderedProject, folder: string, data: string | undefined): Promise<void> {
  for (const file of rendered.files) {
    const path = join(folder, file.path);
    if (!path.startsWith(`${folder}/`))
      throw new CliError(`${file.path}: the template names a file outside of the folder`);
    await mkdir(join(path, ".."), { recursive: true });
    await writeFile(path, Buffer.from(file.contentBase64, "base64"), { mode: file.executable ? 0o755 : 0o644 });
  }
  if (data) {
    await mkdir(join(folder, "data"), { recursive: true });
    await copyFile(data, join(folder, "data", basename(data)));
  }
}

async function answersFile(folder: string, file: string | undefined): Promise<Record<string, unknown>> {
  if (!file) return {};
  const answers = valuesIn(await readSpec(resolve(folder, file), `--answers ${file}`), `--answers ${file}`);
  if (typeof answers !== "object" || answers === null || Array.isArray(answers))
    throw new CliError(`--answers ${file}: expected a mapping of names to values`);
  return answers as Record<string, unknown>;
}

const readText = (path: string, option: string): Promise<string> =>
  readFile(path, "utf8").catch(() => {
    throw new CliError(`${option} ${path}: there is no such file`, { fix: "Correct the path." });
  });

const withoutContent = (rendered: RenderedProject) => ({
  ...rendered,
  files: rendered.files.map(({ path, executable }) => ({ path, executable })),
});
