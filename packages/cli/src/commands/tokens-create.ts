import { type Command, text } from "../command.ts";
import { wholeNumber } from "../local/parse-vars.ts";

export const tokensCreate: Command = {
  name: "tokens create",
  summary: "create a token; it is shown once",
  arguments: [{ name: "<name>", help: "what it is for" }],
  options: [
    { flags: "-p, --project <name>", help: "good for this project only" },
    { flags: "--principal <name>", help: "for a service account that you look after (others: platform admins)" },
    {
      flags: "--scope <permission>",
      help: "limit it to permissions, or a preset: ci, read or predict",
      repeatable: true,
    },
    { flags: "--role <role>", help: "for `pave serve`: runner or gateway (platform admins)" },
    { flags: "--days <n>", help: "days until it expires", fallback: "90" },
  ],
  examples: [
    "export PAVE_ROLE_TOKEN=$(pave tokens create second-runner --role runner --json | jq -r .token)",
    "pave tokens create scoring -p flight-delays --scope predict --days 30",
    "export PAVE_TOKEN=$(pave tokens create shell --json | jq -r .token)",
  ],
  async run(context, [name], options) {
    const scopes = options.scope;
    const [project, principal, role] = [text(options.project), text(options.principal), text(options.role)];
    const data = await (await context.client()).createToken({
      body: {
        name: name ?? "",
        expiresInDays: wholeNumber("--days", options.days),
        ...(project ? { project } : {}),
        ...(role ? { role: role as "runner" } : {}),
        ...(principal ? { principal } : {}),
        ...(Array.isArray(scopes) ? { scopes } : {}),
      },
    });
    return { data, text: `${data.token}\nIt is not shown again. Expires ${data.record.expiresAt.slice(0, 10)}.` };
  },
};
