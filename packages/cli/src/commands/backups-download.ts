import { resolve } from "node:path";
import type { Command } from "../command.ts";
import { findBackup } from "../local/follow-backup.ts";
import { saveBackup } from "../local/save-backup.ts";

export const backupsDownload: Command = {
  name: "backups download",
  summary: "get a backup off the server, as one tar",
  arguments: [
    { name: "<file>", help: "file to write" },
    { name: "[id]", help: "id, or its first or last characters (default: the newest)" },
  ],
  examples: ["pave backups download pave.tar && mkdir backup && tar -xf pave.tar -C backup && pave restore backup"],
  async run(context, [file = "", id]) {
    const client = await context.client();
    const backup = await findBackup(client, id);
    const path = resolve(context.folder, file);
    await saveBackup(client, backup.id, path);
    return { data: { backup: backup.id, path }, text: `Wrote ${path}` };
  },
};
