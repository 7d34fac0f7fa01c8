import type { Command } from "../command.ts";
import { describeBackup, describeCheck } from "../local/describe-backup.ts";
import { findBackup } from "../local/follow-backup.ts";

export const backupsShow: Command = {
  name: "backups show",
  summary: "show a backup and what came of looking at it",
  arguments: [{ name: "[id]", help: "id, or its first or last characters (default: the newest)" }],
  examples: ["pave backups show"],
  async run(context, [id]) {
    const client = await context.client();
    const data = await client.getBackup({ params: { backup: (await findBackup(client, id)).id } });
    return { data, text: [describeBackup(data), ...data.checks.map(describeCheck)].join("\n\n") };
  },
};
