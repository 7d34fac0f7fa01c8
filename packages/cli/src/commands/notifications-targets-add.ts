import type { CreateTarget, TargetKind } from "@pave/contract";
import { CliError, type Command, type CommandContext, list, type Options, text } from "../command.ts";
import { wholeNumber } from "../local/parse-vars.ts";
import { readStandardInput } from "../local/standard-input.ts";

/** What is secret is read from standard input: arguments are seen by everybody on the machine, and kept by the shell. */
export const notificationsTargetsAdd: Command = {
  name: "notifications targets add",
  summary: "add a target; its URL, or the password of the mail server, comes on standard input",
  arguments: [
    { name: "<name>", help: "how you call it" },
    { name: "<kind>", help: "webhook, slack, teams or email" },
  ],
  options: [
    { flags: "--team <name>", help: "whose it is (default: the platform's, for its admins)" },
    { flags: "--to <address>", help: "email: who gets what routes send", repeatable: true },
    { flags: "--from <address>", help: "email: who it comes from" },
    { flags: "--host <name>", help: "email: the mail server" },
    { flags: "--port <n>", help: "email: its port", fallback: "587" },
    { flags: "--security <how>", help: "email: starttls, tls or none", fallback: "starttls" },
    { flags: "--user <name>", help: "email: to sign in with; its password comes on standard input" },
    { flags: "--for-people", help: "email: mail to single people goes by it, too (platform)" },
  ],
  examples: [
    "cat url.txt | pave notifications targets add ops-hook webhook --team ops",
    "cat url.txt | pave notifications targets add channel slack --team ops",
    "cat password.txt | pave notifications targets add mail email --host smtp.example.com --from pave@example.com --user pave --for-people",
  ],
  async run(context, [name = "", kind = ""], options) {
    const body = await bodyOf(context, name, kind, options);
    const data = await (await context.client()).addNotificationTarget({ body });
    const said = `Added ${data.target.name}, which leads to ${data.target.place}. Send something there with \`pave notifications routes add\`.`;
    const secret = data.signingSecret;
    return {
      data,
      text: secret === null ? said : `${said}\nMessages are signed with ${secret}\nIt is not shown again.`,
    };
  },
};

async function bodyOf(context: CommandContext, name: string, kind: string, options: Options): Promise<CreateTarget> {
  const team = text(options.team);
  const target = { name, ...(team === undefined ? {} : { team }) };
  if (kind !== "email") {
    if (!["webhook", "slack", "teams"].includes(kind))
      throw new CliError(`Expected webhook, slack, teams or email, found ${kind}`);
    const url = (await readStandardInput("the URL", context)).trim();
    return { ...target, kind: kind as Exclude<TargetKind, "email">, url };
  }
  const user = text(options.user);
  return {
    ...target,
    kind,
    host: text(options.host) ?? "",
    port: wholeNumber("--port", options.port),
    security: (text(options.security) ?? "starttls") as "starttls",
    from: text(options.from) ?? "",
    to: list(options.to),
    forPeople: options.forPeople === true,
    ...(user === undefined ? {} : { user, password: await readStandardInput("the password", context) }),
  };
}
