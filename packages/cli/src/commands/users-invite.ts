import { type Role, roles } from "@pave/contract";
import { CliError, type Command, text } from "../command.ts";

export const usersInvite: Command = {
  name: "users invite",
  summary: "invite a person; prints the link to send them (platform admins)",
  arguments: [{ name: "<email>", help: "e-mail address" }],
  options: [
    { flags: "--name <name>", help: "lower-case name; made from the address otherwise" },
    { flags: "--team <team>", help: "a team they join", repeatable: true },
    { flags: "--role <project=role>", help: "a role on a project", repeatable: true },
    { flags: "--admin", help: "a platform admin" },
  ],
  examples: [
    "pave users invite grace@example.com --team team-ops",
    "pave users invite ada@example.com --name ada --role flight-delays=reviewer",
  ],
  async run(context, [email = ""], options) {
    const name = text(options.name);
    const data = await (await context.client()).invitePerson({
      body: {
        email,
        teams: many(options.team),
        roles: rolesOf(many(options.role)),
        platformAdmin: options.admin === true,
        ...(name ? { name } : {}),
      },
    });
    return { data, text: invitationText(data) };
  },
};

/** The link and for how long it is good; of a new invitation and of one sent again. */
export const invitationText = ({
  invitation,
  url,
}: {
  readonly invitation: { readonly email: string; readonly name: string; readonly expiresAt: string };
  readonly url: string;
}): string =>
  `${url}\nSend this link to ${invitation.email}: it is shown once, works once, and until ${invitation.expiresAt.slice(0, 10)}. They will be ${invitation.name}.`;

const many = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);

function rolesOf(given: readonly string[]): Record<string, Role> {
  const found: Record<string, Role> = {};
  for (const one of given) {
    const [, project, role] = /^([^=]+)=(.+)$/.exec(one) ?? [];
    if (project === undefined || !roles.some((known) => known === role))
      throw new CliError(`--role ${one}: expected PROJECT=ROLE, with the role ${roles.join(", ")}`, {
        fix: "For example: --role flight-delays=developer",
      });
    found[project] = role as Role;
  }
  return found;
}
