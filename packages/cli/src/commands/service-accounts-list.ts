import { type Command, projectOption, text } from "../command.ts";
import { projectName } from "../local/project-folder.ts";
import { ago, table } from "../output.ts";

export const serviceAccountsList: Command = {
  name: "service-accounts list",
  summary: "list the project's service accounts",
  options: [projectOption, { flags: "--all", help: "of the whole platform (platform admins)" }],
  examples: ["pave service-accounts list", "pave service-accounts list --all"],
  async run(context, _args, options) {
    const client = await context.client();
    const data =
      options.all === true
        ? await client.listAllServiceAccounts()
        : await client.listServiceAccounts({
            params: { project: await projectName(context.folder, text(options.project)) },
          });
    const rows = data.items.map((account) => [
      account.name,
      account.project ?? "the platform",
      account.roles.map(({ project, role }) => `${role} of ${project}`).join(", ") || "none",
      account.tokens,
      ago(account.lastUsedAt),
      account.disabledAt ? "disabled" : "",
    ]);
    return { data, text: table(["name", "of", "roles", "tokens", "used", ""], rows, "No service accounts.") };
  },
};
