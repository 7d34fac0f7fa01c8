import { type Command, text } from "../command.ts";

export const principalsDisable: Command = {
  name: "principals disable",
  summary: "disable a principal and revoke its tokens (platform admins)",
  arguments: [{ name: "<name>", help: "name" }],
  options: [{ flags: "--to <successor>", help: "who takes over what it alone holds" }],
  examples: ["pave principals disable grace", "pave principals disable grace --to ada"],
  async run(context, [name], options) {
    const to = text(options.to);
    const client = await context.client();
    const data = await client.disablePrincipal({
      params: { principal: name ?? "" },
      body: to === undefined ? {} : { to },
    });
    return { data, text: `Disabled ${data.name}; its tokens are revoked.` };
  },
};
