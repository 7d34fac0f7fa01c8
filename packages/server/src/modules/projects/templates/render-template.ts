import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import type nunjucks from "nunjucks";
import { parse, stringify } from "yaml";
import { suggestion } from "../../../kernel/spec/index.ts";
import type { TemplateNeeds } from "./check-needs.ts";

/**
 * Renders a template: `template.yaml` says what is asked, every file under `files/` is rendered with the answers.
 *
 * Tags are `[[ value ]]`, `[% block %]` and `[# comment #]`, so that `${{ }}` and `{{ }}` of the files stay what they are. A path
 * that starts with `dot-` is written with a dot: a real `.gitignore` in here would act on this repository and on its packages.
 * The same template and answers give the same bytes: no clock, no randomness, no environment.
 */
export async function renderTemplate(templateFolder: string, answers: Answers): Promise<Map<string, RenderedFile>> {
  const template = await readTemplate(templateFolder);
  const complete = completeAnswers(template, answers);
  const renderer = await createRenderer();
  const filesFolder = join(templateFolder, "files");

  const rendered = new Map<string, RenderedFile>();
  for (const path of await listFiles(filesFolder)) {
    const source = join(filesFolder, path);
    const content = renderFile(renderer, path, await readFile(source, "utf8"), complete);
    const executable = ((await stat(source)).mode & 0o100) !== 0;
    rendered.set(withDots(path), { content: Buffer.from(content), executable });
  }
  return new Map([...rendered].sort(([a], [b]) => (a < b ? -1 : 1)));
}

export type Answers = { readonly [name: string]: unknown };

export interface RenderedFile {
  readonly content: Buffer;
  readonly executable: boolean;
}

interface Question {
  readonly name: string;
  readonly type: "string" | "integer" | "number" | "boolean" | "list" | "object" | "value";
  readonly title: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly required?: boolean;
  readonly pattern?: string;
  readonly choices?: readonly string[];
}

export interface Template {
  /** What a table must be like to be learned from; nothing is asked of it where this is left out. */
  readonly needs?: TemplateNeeds;
  readonly name: string;
  readonly version: string;
  readonly summary: string;
  readonly questions: readonly Question[];
}

export async function readTemplate(templateFolder: string): Promise<Template> {
  return parse(await readFile(join(templateFolder, "template.yaml"), "utf8")) as Template;
}

/** Every answer that is missing, unknown or of the wrong kind. */
export function answerProblems(template: Pick<Template, "questions">, answers: Answers): readonly string[] {
  const names = template.questions.map((question) => question.name);
  const unknown = Object.keys(answers)
    .filter((name) => !names.includes(name))
    .map((name) => `answer ${name}: expected one of ${names.join(", ")}${suggestion(name, names)}; remove it`);
  return [...unknown, ...template.questions.flatMap((question) => problemOf(question, answers[question.name]))];
}

/** Fills in the defaults. Throws one error that names every answer that is missing, unknown or of the wrong kind. */
function completeAnswers(template: Template, answers: Answers): Answers {
  const problems = answerProblems(template, answers);
  if (problems.length > 0) throw new Error(`template ${template.name}: ${problems.join("\n  ")}`);
  return Object.fromEntries(
    template.questions.map((question) => [question.name, answers[question.name] ?? question.default]),
  );
}

function problemOf(question: Question, answer: unknown): readonly string[] {
  const place = `answer ${question.name}`;
  if (answer === undefined || answer === null) {
    return question.required === true ? [`${place}: expected ${article(question.type)}, found nothing; give it`] : [];
  }
  if (!hasType(question.type, answer)) {
    return [`${place}: expected ${article(question.type)}, found ${JSON.stringify(answer)}; change it`];
  }
  if (question.choices !== undefined && !question.choices.includes(String(answer))) {
    return [`${place}: expected one of ${question.choices.join(", ")}, found ${JSON.stringify(answer)}; choose one`];
  }
  if (question.pattern !== undefined && !new RegExp(question.pattern).test(String(answer))) {
    return [`${place}: expected text that matches ${question.pattern}, found ${JSON.stringify(answer)}; change it`];
  }
  return [];
}

function hasType(type: Question["type"], answer: unknown): boolean {
  switch (type) {
    case "integer":
      return Number.isInteger(answer);
    case "list":
      return Array.isArray(answer);
    case "object":
      return typeof answer === "object" && !Array.isArray(answer);
    case "value":
      return ["string", "number", "boolean"].includes(typeof answer);
    default:
      return typeof answer === type;
  }
}

const article = (type: string) => (/^[aio]/.test(type) ? `an ${type}` : `a ${type}`);

async function listFiles(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && !entry.parentPath.includes("__pycache__"));
  return files.map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
}

function withDots(path: string): string {
  return path.replace(/(^|\/)dot-/g, "$1.");
}

async function createRenderer(): Promise<nunjucks.Environment> {
  const { default: library } = await import("nunjucks");
  const renderer = new library.Environment(null, {
    autoescape: false,
    throwOnUndefined: true,
    trimBlocks: true,
    lstripBlocks: true,
    tags: {
      blockStart: "[%",
      blockEnd: "%]",
      variableStart: "[[",
      variableEnd: "]]",
      commentStart: "[#",
      commentEnd: "#]",
    },
  });
  renderer.addFilter("yaml", toYaml);
  // Text inside a string of a JSON file, such as the code of a notebook.
  renderer.addFilter("inJson", (text: string) => JSON.stringify(text).slice(1, -1));
  renderer.addFilter("append", (list: readonly unknown[], item: unknown) =>
    item === "" || list.includes(item) ? list : [...list, item],
  );
  return renderer;
}

/** A value on one line, quoted where YAML needs it, fit to stand inside `{ }` and `[ ]` as well. */
function toYaml(value: unknown): string {
  const list = stringify([value], {
    collectionStyle: "flow",
    lineWidth: 0,
    flowCollectionPadding: !Array.isArray(value),
  });
  return list.trimEnd().slice(1, -1).trim();
}

function renderFile(renderer: nunjucks.Environment, path: string, source: string, answers: Answers): string {
  try {
    return renderer.renderString(source, answers);
  } catch (error) {
    const reason =
      error instanceof Error ? error.message.replace("(unknown path)", "").replace(/\s+/g, " ").trim() : String(error);
    throw new Error(`template file ${path}: expected it to render, found ${reason}; fix the template`, {
      cause: error,
    });
  }
}
