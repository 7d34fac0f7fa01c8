import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { type Client, parseModelReference } from "@pave/contract";
import { CliError, type CommandContext, exitCodes } from "../command.ts";
import { findProjectFolder } from "./project-folder.ts";
import { readSpec } from "./read-spec.ts";

/**
 * What a client has just registered is loaded and scored before it can be released: waits for that. What came of it, and
 * names that mean nothing, the plan tells.
 */
export async function waitForChecks(
  client: Client,
  { output, signal, folder }: Pick<CommandContext, "output" | "signal" | "folder">,
  { project, models }: { readonly project: string; readonly models: readonly string[] },
): Promise<void> {
  for (const { model, version } of await named(client, { project, models, folder })) {
    const stateOf = async () => {
      const params = { project, model, version };
      return (await client.getModelVersion({ params }).catch(() => undefined))?.serving.state;
    };
    if ((await stateOf()) !== "running") continue;
    const progress = output.progress(`A runner loads and scores ${model} ${version}`);
    while ((await stateOf()) === "running") {
      if (signal.aborted) {
        progress.stop();
        throw new CliError(`${model} ${version} is being checked without this terminal`, {
          fix: `Look with \`pave models show ${model}@${version}\`, and deploy it then.`,
          exitCode: exitCodes.interrupted,
        });
      }
      await delay(500);
    }
    progress.done(`${model} ${version} was checked`);
  }
}

interface Asked {
  readonly project: string;
  readonly models: readonly string[];
  readonly folder: string;
}

/** Versions by number or alias: those that are named, else the newest of each model that the folder's pave.yaml names. */
async function named(client: Client, asked: Asked): Promise<{ readonly model: string; readonly version: string }[]> {
  const { project, models } = asked;
  const references = models.flatMap((text) => parseModelReference(text) ?? []);
  const served = models.length > 0 ? [] : await servedModels(client, asked);
  const wanted = [...references, ...served.map((model) => ({ model, version: "latest" }))];
  return Promise.all(
    wanted.map(async ({ model, version }) => {
      if (version !== "latest") return { model, version };
      // `latest` is the newest that has passed: what was registered a moment ago is not yet
      const page = { params: { project, model }, query: { limit: 1 } };
      const newest = (await client.listModelVersions(page).catch(() => undefined))?.items[0];
      return { model, version: newest?.version ?? version };
    }),
  );
}

/** Read loosely: the server reads the file itself. */
async function servedModels(client: Client, { project, folder }: Asked): Promise<string[]> {
  const home = await findProjectFolder(folder);
  const spec = home === undefined ? "" : await readSpec(join(home, "pave.yaml")).catch(() => "");
  if (!/^serve:/m.test(spec)) return [];
  const { items } = await client.listModels({ params: { project } });
  return items.flatMap(({ name }) => (spec.includes(`model: ${name}`) ? [name] : []));
}
