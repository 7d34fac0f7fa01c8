import { type Command, projectOption, text } from "../command.ts";
import { trustedJobs } from "../local/describe-trust.ts";
import { projectName } from "../local/project-folder.ts";
import { ago, table } from "../output.ts";

export const trustsList: Command = {
  name: "trusts list",
  summary: "list jobs of CI that may act in the project",
  options: [projectOption],
  examples: ["pave trusts list"],
  async run(context, _args, options) {
    const project = await projectName(context.folder, text(options.project));
    const data = await (await context.client()).listTrusts({ params: { project } });
    const rows = data.items.map((trust) => [
      // the first characters of ids that were made together are the same
      trust.id.slice(0, 13),
      new URL(trust.issuer).host,
      trust.repository,
      trustedJobs(trust),
      trust.serviceAccount.name,
      trust.role ?? `${trust.scopes.length} permissions`,
      ago(trust.lastUsedAt),
    ]);
    const head = ["id", "issuer", "repository", "jobs", "act as", "may", "used"];
    return { data, text: table(head, rows, "No jobs of CI are trusted. `pave trusts add` does it.") };
  },
};
