import type { PythonEnvironment } from "@pave/contract";
import { CliError, type Command, exitCodes, projectOption, text } from "../command.ts";
import { makeEnvironment } from "../local/make-environment.ts";
import { openBrowser } from "../local/open-browser.ts";
import { exists, projectFolder, projectName } from "../local/project-folder.ts";
import { pushRevision } from "../local/push-revision.ts";
import { startJupyter } from "../local/start-jupyter.ts";

/** What a notebook may do: read the project, log, and register what it logged. It releases nothing. */
const scopes = ["project.read", "tracking.write", "model.update"];

export const notebook: Command = {
  name: "notebook",
  summary: "open Jupyter in the locked Python environment, with tracking set, until Ctrl-C",
  options: [projectOption, { flags: "--no-open", help: "only print the address" }],
  examples: ["pave notebook", "pave notebook --no-open"],
  async run(context, _args, options) {
    const client = await context.client();
    const folder = await projectFolder(context.folder);
    const project = await projectName(context.folder, text(options.project));
    const revision = await pushRevision(client, { project, folder, output: context.output });
    const environment = await makeEnvironment(context, client, { project, revision: revision.id });
    const [python, module] = [await placeOf(environment), moduleOf(environment)];
    const { token, record } = await client.createToken({
      body: { name: `notebook of ${project}`, project, scopes, expiresInDays: 1 },
    });
    try {
      const { url: trackingUri } = await context.connection();
      const variables = { MLFLOW_TRACKING_URI: trackingUri, MLFLOW_TRACKING_TOKEN: token };
      const jupyter = await startJupyter({ python, module, folder, variables }, context.signal);
      context.output.line(jupyter.url);
      context.output.note("What it logs by MLflow is this project's. Ctrl-C ends it.");
      if (options.open !== false && context.output.isTerminal) openBrowser(jupyter.url);
      context.signal.addEventListener("abort", () => jupyter.stop());
      if (context.signal.aborted) jupyter.stop();
      await jupyter.ended;
    } finally {
      await client.revokeToken({ params: { token: record.id } }).catch(() => undefined);
    }
    return { data: { project, revision: revision.id }, text: "Jupyter has ended; its token is revoked." };
  },
};

async function placeOf({ path }: PythonEnvironment): Promise<string> {
  if (path && (await exists(path))) return path;
  throw new CliError(`The Python environment is at ${path ?? "no known place"}, which is not on this machine`, {
    fix: "Call `pave notebook` where a runner of the platform runs, or start one here: `pave serve --role runner`.",
  });
}

function moduleOf({ packages }: PythonEnvironment): "jupyterlab" | "notebook" {
  const names = new Set(packages.map(({ name }) => name));
  if (names.has("jupyterlab")) return "jupyterlab";
  if (names.has("notebook")) return "notebook";
  throw new CliError("Jupyter is not among the project's Python packages", {
    fix: "Add `jupyterlab` to pyproject.toml or requirements.txt, lock again if you lock (`uv pip compile pyproject.toml --generate-hashes -o requirements.lock`), then `pave notebook`.",
    exitCode: exitCodes.usage,
  });
}
