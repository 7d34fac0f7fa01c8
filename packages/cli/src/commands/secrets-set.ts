import { type Command, projectOption, text } from "../command.ts";
import { projectName } from "../local/project-folder.ts";
import { readStandardInput } from "../local/standard-input.ts";

export const environmentOption = {
  flags: "-e, --environment <name>",
  help: "for runs of this environment alone (default: for every run that has no value of its own environment)",
};

export const secretsSet: Command = {
  name: "secrets set",
  summary: "set a secret from standard input; it is never shown again",
  arguments: [{ name: "<name>", help: "name, written as an environment variable's: API_TOKEN" }],
  options: [projectOption, environmentOption],
  examples: ["pave secrets set API_TOKEN < token.txt", "pass show warehouse | pave secrets set API_TOKEN -e staging"],
  async run(context, [name = ""], options) {
    const client = await context.client();
    const project = await projectName(context.folder, text(options.project));
    const value = await readStandardInput(`the value of ${name}`, context);
    const environment = text(options.environment);
    const data = await client.setSecret({
      params: { project, secret: name },
      body: { value, ...(environment ? { environment } : {}) },
    });
    return { data, text: `Secret ${data.name}${of(data.environment)} is set, version ${data.version}.` };
  },
};

export const of = (environment: string | null): string => (environment === null ? "" : ` of ${environment}`);
