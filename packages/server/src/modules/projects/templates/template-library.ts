import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { Template as TemplateSummary } from "@pave/contract";
import { PaveError } from "../../../kernel/pave-error.ts";
import { suggestion } from "../../../kernel/spec/index.ts";
import { readTemplate, type Template } from "./render-template.ts";

export interface LibraryTemplate extends Template {
  readonly folder: string;
}

/** The golden paths that this program was shipped with, by name. */
export async function readTemplateLibrary(folder: string): Promise<readonly LibraryTemplate[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const folders = entries.filter((entry) => entry.isDirectory()).map((entry) => join(folder, entry.name));
  const templates = await Promise.all(
    folders.sort().map(async (path) => ({ ...(await readTemplate(path)), folder: path })),
  );
  return templates;
}

export function findTemplate(library: readonly LibraryTemplate[], name: string, version?: string): LibraryTemplate {
  const names = library.map((template) => template.name);
  const found = library.find((template) => template.name === name);
  if (!found)
    throw new PaveError("template.not_found", `There is no template ${name}${suggestion(name, names)}`, {
      fix: `Use one of ${names.join(", ")}`,
    });
  if (version === undefined || found.version === version) return found;
  throw new PaveError(
    "template.not_found",
    `There is no version ${version} of template ${name}, only ${found.version}`,
    { fix: "Render the template again" },
  );
}

export const toTemplateSummary = ({ name, version, summary, questions }: LibraryTemplate): TemplateSummary => ({
  name,
  version,
  summary,
  questions: questions.map((question) => ({
    name: question.name,
    type: question.type,
    title: question.title,
    ...(question.description === undefined ? {} : { description: question.description }),
    ...(question.default === undefined ? {} : { default: question.default }),
    ...(question.required === undefined ? {} : { required: question.required }),
    ...(question.choices === undefined ? {} : { choices: [...question.choices] }),
  })),
});
