import type { Comment } from "@pave/contract";
import { type Command, projectOption, text } from "../command.ts";
import { projectName } from "../local/project-folder.ts";
import { subjectOf } from "../local/subject-of.ts";
import { ago, colors } from "../output.ts";

export const subjectArguments = [
  { name: "<kind>", help: "run, plan, model or alert" },
  { name: "<name>", help: "its number, or NAME/VERSION of a model" },
] as const;

export const commentsList: Command = {
  name: "comments list",
  summary: "show what was said about a run, a plan, a model version or an alert",
  arguments: subjectArguments,
  options: [projectOption],
  examples: ["pave comments list run 12", "pave comments list model flights/2"],
  async run(context, [kind, name], options) {
    const project = await projectName(context.folder, text(options.project));
    const subject = subjectOf(kind, name);
    const data = await (await context.client()).listComments({ params: { project }, query: { subject } });
    return { data, text: describe(data.items) };
  },
};

function describe(items: readonly Comment[]): string {
  if (items.length === 0) return "Nobody has said anything yet.";
  const threads = items.filter(({ replyTo }) => replyTo === null);
  return threads
    .flatMap((thread) => [
      one(thread, ""),
      ...items.filter(({ replyTo }) => replyTo === thread.id).map((item) => one(item, "  ")),
    ])
    .join("\n");
}

function one({ id, author, createdAt, editedAt, deletedAt, resolved, text }: Comment, indent: string): string {
  const notes = [editedAt && !deletedAt ? "edited" : "", resolved ? `resolved by ${resolved.by.name}` : ""].filter(
    Boolean,
  );
  const head = `${colors.bold(author.name)}  ${ago(createdAt)}  ${colors.dim([id, ...notes].join("  "))}`;
  const body = deletedAt ? colors.dim("deleted") : text;
  return [head, ...body.split("\n").map((line) => `  ${line}`)].map((line) => `${indent}${line}`).join("\n");
}
