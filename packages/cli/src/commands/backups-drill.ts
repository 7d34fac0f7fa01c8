import { resolve } from "node:path";
import { type Command, exitCodes, text } from "../command.ts";
import { keyOptions, keysOf, runBackupJob } from "../local/backup-program.ts";
import { describeCheck } from "../local/describe-backup.ts";
import { findBackup, waitForCheck } from "../local/follow-backup.ts";

export const backupsDrill: Command = {
  name: "backups drill",
  summary: "restore a backup on the side, look whether all of it is there and works, and remove that again",
  arguments: [{ name: "[id]", help: "id, or its first or last characters (default: the newest)" }],
  options: [
    { flags: "--from <folder>", help: "folder of this machine that holds it; uses this machine's database server" },
    ...keyOptions.map((option) => ({ ...option, help: `with --from: ${option.help}` })),
  ],
  examples: ["pave backups drill", "pave backups drill --from /mnt/backups --identity-file key.txt"],
  async run(context, [id], options) {
    const from = text(options.from);
    const absolute = (path: string) => resolve(context.folder, path);
    if (from !== undefined) {
      const job = { do: "drill", target: absolute(from), ...(id ? { id } : {}), ...keysOf(options, absolute) };
      const result = await runBackupJob(context, job, { title: "Restoring it on the side" });
      return {
        data: result,
        text: [`Backup ${result.id}`, ...(result.findings ?? []).map((one) => `  ✔ ${one}`)].join("\n"),
      };
    }
    const client = await context.client();
    const backup = await findBackup(client, id);
    const asked = await client.checkBackup({ params: { backup: backup.id }, body: { kind: "drill" } });
    const data = await waitForCheck(context, client, asked);
    return { data, text: describeCheck(data), exitCode: data.state === "passed" ? exitCodes.ok : exitCodes.failed };
  },
};
