import type { Client, Deployment } from "@pave/contract";
import { CliError } from "../command.ts";

/** The deployment of that name, or the only one of the environment. */
export async function findDeployment(
  client: Client,
  project: string,
  environment: string,
  name: string | undefined,
): Promise<Deployment> {
  const { items } = await client.listDeployments({ params: { project } });
  const here = items.filter((item) => item.environment === environment && (name === undefined || item.name === name));
  if (here.length === 1 && here[0]) return here[0];
  const all = items.map((item) => `${item.environment}/${item.name}`).join(", ");
  if (here.length === 0)
    throw new CliError(`${project} has no deployment ${name ?? ""} in ${environment}`.replace("  ", " "), {
      fix: all
        ? `It has ${all}.`
        : "Release a model first: `pave deploy --to staging`, then `pave promote staging production`.",
    });
  throw new CliError(`Which deployment? ${environment} has ${here.map((item) => item.name).join(", ")}`);
}
