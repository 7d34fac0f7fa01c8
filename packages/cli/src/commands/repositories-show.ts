import { type Command, projectOption, text } from "../command.ts";
import { projectName } from "../local/project-folder.ts";
import { ago, facts, state, table } from "../output.ts";

export const repositoriesShow: Command = {
  name: "repositories show",
  summary: "show the connected git repository and its last pushes",
  options: [projectOption],
  examples: ["pave repositories show"],
  async run(context, _args, options) {
    const project = await projectName(context.folder, text(options.project));
    const client = await context.client();
    const { repository } = await client.getRepository({ params: { project } });
    if (!repository)
      return {
        data: { repository: null, pushes: [] },
        text: `${project} has no repository connected: pave repositories connect URL --to staging`,
      };
    const { items } = await client.listRepositoryPushes({ params: { project }, query: { limit: 20 } });
    const lines = facts([
      ["repository", `${repository.url} (${repository.provider})`],
      ["branch", `${repository.branch}${repository.folder ? `, folder ${repository.folder}` : ""}`],
      ["a push", repository.deployTo ? `is run and released to ${repository.deployTo}` : "is run"],
      ["webhook", repository.webhookUrl],
      ["access token", repository.hasAccessToken ? "yes" : "none: only public repositories, no commit statuses"],
      ["acts as", repository.actsAs.name],
    ]);
    const rows = items.map((push) => [
      push.commit.slice(0, 12),
      push.branch,
      state(push.state),
      push.detail,
      push.status === null ? "–" : (push.status.error ?? (push.status.posted ? "posted" : "waits")),
      ago(push.receivedAt),
    ]);
    const pushes = table(
      ["commit", "branch", "state", "what came of it", "commit status", "when"],
      rows,
      "No push has come yet.",
    );
    return { data: { repository, pushes: items }, text: `${lines}\n\n${pushes}` };
  },
};
