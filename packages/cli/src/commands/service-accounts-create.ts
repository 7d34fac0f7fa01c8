import { type Command, projectOption, text } from "../command.ts";
import { projectName } from "../local/project-folder.ts";

export const serviceAccountsCreate: Command = {
  name: "service-accounts create",
  summary: "create a service account of the project, for a program (admins of the project)",
  arguments: [{ name: "<name>", help: "lower-case name" }],
  options: [
    projectOption,
    { flags: "--role <role>", help: "viewer or developer: approvals are people's", fallback: "developer" },
    { flags: "--platform", help: "of no project: the platform's (platform admins)" },
  ],
  examples: [
    "pave service-accounts create flights-batch --role viewer",
    "pave service-accounts create scraper --platform",
  ],
  async run(context, [name = ""], options) {
    const client = await context.client();
    if (options.platform === true) {
      const data = await client.createPrincipal({ body: { kind: "service-account", name } });
      return { data, text: `Created ${name}. Give it a role with \`pave members set ${name} developer -p PROJECT\`.` };
    }
    const project = await projectName(context.folder, text(options.project));
    const role = text(options.role) as "developer";
    const data = await client.createServiceAccount({ params: { project }, body: { name, role } });
    return {
      data,
      text: `Created ${name}, ${role} of ${project}. A token: \`pave tokens create NAME --principal ${name} --project ${project}\`.`,
    };
  },
};
