import type { Command } from "../command.ts";
import { findBackup } from "../local/follow-backup.ts";

export const backupsRemove: Command = {
  name: "backups remove",
  summary: "remove a backup, and the bytes that no other needs",
  arguments: [{ name: "<id>", help: "id, or its first or last characters" }],
  examples: ["pave backups remove 0190ab12"],
  async run(context, [id]) {
    const client = await context.client();
    const { id: backup } = await findBackup(client, id ?? "-");
    const data = await client.removeBackup({ params: { backup } });
    return { data, text: `Removing ${backup}.` };
  },
};
