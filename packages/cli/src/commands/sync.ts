import { lstat, rm, symlink } from "node:fs/promises";
import { join } from "node:path";
import type { PythonEnvironment } from "@pave/contract";
import { type Command, projectOption, text } from "../command.ts";
import { makeEnvironment } from "../local/make-environment.ts";
import { exists, projectFolder, projectName } from "../local/project-folder.ts";
import { pushRevision } from "../local/push-revision.ts";

export const sync: Command = {
  name: "sync",
  summary: "make the locked Python environment and link it as .venv",
  options: [projectOption],
  examples: ["pave sync", "pave sync && .venv/bin/python -m pytest"],
  async run(context, _args, options) {
    const client = await context.client();
    const folder = await projectFolder(context.folder);
    const project = await projectName(context.folder, text(options.project));
    const revision = await pushRevision(client, { project, folder, output: context.output });
    const environment = await makeEnvironment(context, client, { project, revision: revision.id });
    const linked = await link(folder, environment);
    return { data: environment, text: `${environment.digest ?? ""}\n${linked}` };
  },
};

/** Links the environment as `.venv`, unless the folder has one of its own. It is read-only: runs use the same one. */
async function link(folder: string, environment: PythonEnvironment): Promise<string> {
  const path = join(folder, ".venv");
  if (!environment.path || !(await exists(environment.path)))
    return `It is at ${environment.path ?? "another machine"}.`;
  const found = await lstat(path).catch(() => undefined);
  if (found && !found.isSymbolicLink()) return `It is at ${environment.path}; your own .venv was left alone.`;
  if (found) await rm(path);
  await symlink(environment.path, path);
  return `.venv -> ${environment.path} (read-only; runs use the same one)`;
}
