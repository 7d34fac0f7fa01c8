import type { Command } from "../command.ts";

export const principalsDisable: Command = {
  name: "principals disable",
  summary: "disable a principal and revoke its tokens (platform admins)",
  arguments: [{ name: "<name>", help: "name" }],
  examples: ["pave principals disable grace"],
  async run(context, [name]) {
    const data = await (await context.client()).disablePrincipal({ params: { principal: name ?? "" } });
    return { data, text: `Disabled ${data.name}; its tokens are revoked.` };
  },
};
