import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Command, projectOption, text } from "../command.ts";
import { projectFolder, projectName } from "../local/project-folder.ts";
import { pushRevision } from "../local/push-revision.ts";
import { colors } from "../output.ts";

export const lock: Command = {
  name: "lock",
  summary: "pin what the project uses (components, Python lock) by digest in pave.lock",
  options: [projectOption, { flags: "--dry-run", help: "print the file instead of writing it" }],
  examples: ["pave lock", "pave lock --dry-run | diff pave.lock -"],
  async run(context, _args, options) {
    const client = await context.client();
    const folder = await projectFolder(context.folder);
    const project = await projectName(context.folder, text(options.project));
    const revision = await pushRevision(client, { project, folder, output: context.output });
    const made = await client.lockRevision({ params: { project, revision: revision.id } });
    const path = join(folder, made.path);
    const changed = (await readFile(path, "utf8").catch(() => undefined)) !== made.content;
    const data = { ...made, changed };
    if (options.dryRun === true) return { data, text: made.content.trimEnd() };
    if (!changed) return { data, text: `${made.path} is up to date` };
    await writeFile(path, made.content);
    return { data, text: `${colors.green("✔")} Wrote ${made.path}. Commit it with the rest of the project.` };
  },
};
