import { CliError, type Command, projectOption, text } from "../command.ts";
import { projectName } from "../local/project-folder.ts";
import { subjectOf } from "../local/subject-of.ts";
import { subjectArguments } from "./comments-list.ts";

export const commentsAdd: Command = {
  name: "comments add",
  summary: "say something about a run, a plan, a model version or an alert; @name tells that person or team",
  arguments: subjectArguments,
  options: [
    projectOption,
    { flags: "-m, --message <text>", help: "Markdown" },
    { flags: "--reply-to <comment>", help: "id of the comment that it answers" },
  ],
  examples: ["pave comments add plan 3 -m '@grace why is the threshold lower?'"],
  async run(context, [kind, name], options) {
    const project = await projectName(context.folder, text(options.project));
    const message = text(options.message);
    if (message === undefined)
      throw new CliError("What is to be said? There is no --message", { fix: "Give one with -m." });
    const replyTo = text(options.replyTo);
    const data = await (await context.client()).addComment({
      params: { project },
      body: { subject: subjectOf(kind, name), text: message, ...(replyTo === undefined ? {} : { replyTo }) },
    });
    return {
      data,
      text: [
        `Said${data.mentioned.length > 0 ? `; told ${data.mentioned.map((ref) => ref.name).join(", ")}` : ""}.`,
        ...data.notMentioned.map((one) => `Not told: ${one.name}, ${one.why}.`),
      ].join("\n"),
    };
  },
};
