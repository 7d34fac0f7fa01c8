import { type Command, text } from "../command.ts";

export const principalsCreate: Command = {
  name: "principals create",
  summary: "create a user, team, service account or agent (platform admins)",
  arguments: [{ name: "<name>", help: "lower-case name" }],
  options: [
    { flags: "--kind <kind>", help: "user, team, service-account or agent", fallback: "user" },
    { flags: "--admin", help: "a platform admin" },
    { flags: "--email <address>", help: "e-mail address" },
  ],
  examples: ["pave principals create grace", "pave principals create ci --kind service-account"],
  async run(context, [name], options) {
    const email = text(options.email);
    const data = await (await context.client()).createPrincipal({
      body: {
        name: name ?? "",
        kind: text(options.kind) as "user",
        platformAdmin: options.admin === true,
        ...(email ? { email } : {}),
      },
    });
    return {
      data,
      text: `Created ${data.kind} ${data.name}. Give a role with \`pave members set ${data.name} developer\`; a sign-in link with \`pave open --principal ${data.name}\`.`,
    };
  },
};
