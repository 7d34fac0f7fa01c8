import { type Command, projectOption, text } from "../command.ts";
import { projectName } from "../local/project-folder.ts";

export const serviceAccountsDisable: Command = {
  name: "service-accounts disable",
  summary: "disable a service account of the project and revoke its tokens",
  arguments: [{ name: "<name>", help: "name" }],
  options: [projectOption, { flags: "--platform", help: "of no project: the platform's (platform admins)" }],
  examples: ["pave service-accounts disable flights-batch"],
  async run(context, [name = ""], options) {
    const client = await context.client();
    if (options.platform === true) await client.disablePrincipal({ params: { principal: name }, body: {} });
    else {
      const project = await projectName(context.folder, text(options.project));
      await client.disableServiceAccount({ params: { project, account: name } });
    }
    return { data: { disabled: name }, text: `Disabled ${name}; its tokens are revoked.` };
  },
};
