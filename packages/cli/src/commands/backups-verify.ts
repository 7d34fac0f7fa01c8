import { resolve } from "node:path";
import { type Command, exitCodes, text } from "../command.ts";
import { runBackupJob } from "../local/backup-program.ts";
import { describeCheck } from "../local/describe-backup.ts";
import { findBackup, waitForCheck } from "../local/follow-backup.ts";

export const backupsVerify: Command = {
  name: "backups verify",
  summary: "read every byte of a backup and hold it against what was written; with --from without any server",
  arguments: [{ name: "[id]", help: "id, or its first or last characters (default: the newest)" }],
  options: [
    { flags: "--from <folder>", help: "folder of this machine that holds it" },
    { flags: "--trust-key <file>", help: "with --from: public key of the ledger that must have signed it" },
  ],
  examples: ["pave backups verify", "pave backups verify --from /mnt/backups"],
  async run(context, [id], options) {
    const from = text(options.from);
    if (from !== undefined) {
      const trust = text(options.trustKey);
      const job = {
        ...{ do: "verify", target: resolve(context.folder, from) },
        ...(id ? { id } : {}),
        ...(trust ? { trustKeyFile: resolve(context.folder, trust) } : {}),
      };
      const result = await runBackupJob(context, job, { title: "Reading it" });
      return { data: result, text: `Backup ${result.id}: ${(result.findings ?? []).join("; ")}.` };
    }
    const client = await context.client();
    const backup = await findBackup(client, id);
    const asked = await client.checkBackup({ params: { backup: backup.id }, body: { kind: "verify" } });
    const data = await waitForCheck(context, client, asked);
    return { data, text: describeCheck(data), exitCode: data.state === "passed" ? exitCodes.ok : exitCodes.failed };
  },
};
