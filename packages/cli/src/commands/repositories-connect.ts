import { type RepositoryProvider, repositoryProviders } from "@pave/contract";
import { CliError, type Command, projectOption, text } from "../command.ts";
import { projectName } from "../local/project-folder.ts";
import { readStandardInput } from "../local/standard-input.ts";
import { colors } from "../output.ts";

export const repositoriesConnect: Command = {
  name: "repositories connect",
  summary: "run and release what is pushed to a git repository",
  arguments: [{ name: "<url>", help: "https address to fetch from" }],
  options: [
    projectOption,
    { flags: "--provider <name>", help: "github, gitlab or gitea (default: by the address)" },
    { flags: "--branch <name>", help: "pushes to it are run and released; to others only checked", fallback: "main" },
    { flags: "--folder <path>", help: "where pave.yaml lies in the repository (default: its root)" },
    { flags: "--pipeline <name>", help: "pipeline that a push runs (default: the only one)" },
    { flags: "--to <environment>", help: "environment that is released to (default: none, pushes only run)" },
    { flags: "--token <->", help: "read an access token from standard input: to fetch, and to post commit statuses" },
  ],
  examples: [
    "pave repositories connect https://github.com/acme/flights --to staging",
    "pass show git-token | pave repositories connect https://git.acme.example/ml/flights --provider gitea --to staging --token -",
  ],
  async run(context, [url = ""], options) {
    const project = await projectName(context.folder, text(options.project));
    const ssh = /^(?:ssh:\/\/)?git@([^:/]+)[:/](.+?)(?:\.git)?$/.exec(url);
    if (ssh)
      throw new CliError(`${url} is an address of ssh; the server fetches by https`, {
        fix: `Give https://${ssh[1]}/${ssh[2]}, and where it is private an access token with --token -.`,
      });
    const given = text(options.token);
    if (given !== undefined && given !== "-")
      throw new CliError("--token: expected -, since everybody on this machine can read arguments", {
        fix: "Pipe the token into the command and say --token -.",
      });
    const accessToken = given === undefined ? undefined : await readStandardInput("the access token", context);
    const { repository, webhookSecret } = await (await context.client()).connectRepository({
      params: { project },
      body: {
        url,
        provider: providerOf(text(options.provider), url),
        branch: text(options.branch) ?? "main",
        folder: text(options.folder) ?? "",
        pipeline: text(options.pipeline) ?? null,
        deployTo: text(options.to) ?? null,
        ...(accessToken === undefined ? {} : { accessToken }),
      },
    });
    const then = repository.deployTo === null ? "is run" : `is run and released to ${repository.deployTo}`;
    return {
      data: { repository, webhookSecret },
      text: [
        `${colors.green("✔")} What is pushed to ${repository.branch} of ${repository.url} ${then}.`,
        "  Set up a webhook there, for pushes, as JSON:",
        `    URL     ${repository.webhookUrl}`,
        `    secret  ${webhookSecret}  (shown this once)`,
      ].join("\n"),
    };
  },
};

function providerOf(given: string | undefined, url: string): RepositoryProvider {
  const host = URL.canParse(url) ? new URL(url).hostname : "";
  const found = given ?? repositoryProviders.find((provider) => host.includes(provider));
  if (repositoryProviders.some((provider) => provider === found)) return found as RepositoryProvider;
  throw new CliError(given === undefined ? `Which kind of host is ${host || url}?` : `--provider: found ${given}`, {
    fix: `Say --provider ${repositoryProviders.join(", ")}.`,
  });
}
