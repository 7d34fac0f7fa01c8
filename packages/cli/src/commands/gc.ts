import { setTimeout as delay } from "node:timers/promises";
import type { Client, Collection } from "@pave/contract";
import { CliError, type Command, type CommandContext, exitCodes } from "../command.ts";
import { confirm } from "../local/confirm.ts";
import { describeFindings, describeRemoved } from "../local/describe-collection.ts";

export const gc: Command = {
  name: "gc",
  summary: "remove what was deleted long enough ago, and bytes that nothing needs any more; looks first, then asks",
  options: [
    { flags: "--dry-run", help: "only say what would go" },
    { flags: "--yes", help: "do not ask" },
    { flags: "--no-wait", help: "only ask the server for it" },
  ],
  examples: ["pave gc --dry-run", "pave gc --yes"],
  async run(context, _args, options) {
    const client = await context.client();
    const looked = await waitFor(context, client, await client.createCollection({ body: { dryRun: true } }), "Looking");
    const findings = describeFindings(looked);
    const nothing = looked.found?.projects.length === 0 && looked.found.blobs === 0;
    if (options.dryRun === true || looked.state === "failed" || nothing)
      return { data: looked, text: findings, ...(looked.state === "failed" ? { exitCode: exitCodes.failed } : {}) };
    if (options.yes !== true) context.output.note(findings);
    await confirm(options.yes === true, context.output.isTerminal, "remove");
    const asked = await client.createCollection({ body: { dryRun: false } });
    if (options.wait === false) return { data: asked, text: `Asked for collection ${asked.id}.` };
    const done = await waitFor(context, client, asked, "Removing");
    return {
      data: done,
      text: describeRemoved(done),
      ...(done.state === "failed" ? { exitCode: exitCodes.failed } : {}),
    };
  },
};

async function waitFor(context: CommandContext, client: Client, asked: Collection, title: string): Promise<Collection> {
  const shown = context.output.progress(title);
  try {
    for (;;) {
      const now = await client.getCollection({ params: { collection: asked.id } });
      if (now.state === "succeeded" || now.state === "failed") return now;
      shown.update(now.progress ? `${title}: ${now.progress}` : title);
      await delay(300, undefined, { signal: context.signal });
    }
  } catch (error) {
    if (context.signal.aborted)
      throw new CliError("No longer waiting; the server goes on with it", { exitCode: exitCodes.interrupted });
    throw error;
  } finally {
    shown.stop();
  }
}
