import { resolve } from "node:path";
import { type Command, text } from "../command.ts";
import { dataFolder } from "../connection.ts";
import { keyOptions, keysOf, runBackupJob } from "../local/backup-program.ts";
import { facts } from "../output.ts";

export const restore: Command = {
  name: "restore",
  summary: "restore a backup into an empty data folder, or the empty database of PAVE_DATABASE_URL",
  arguments: [
    { name: "<from>", help: "folder that backups were written to, or that of one backup" },
    { name: "[id]", help: "which one (default: the newest)" },
  ],
  options: [
    { flags: "--to <folder>", help: "data folder to restore into (default: PAVE_HOME)" },
    ...keyOptions,
    { flags: "--trust-key <file>", help: "public key of the ledger that must have signed the backup (ledger-key.pem)" },
    { flags: "--replace", help: "remove the platform that is there" },
  ],
  examples: [
    "pave restore /mnt/backups && pave up",
    "pave restore /mnt/backups --to /srv/pave --passphrase-file passphrase.txt",
  ],
  async run(context, [from = "", id], options) {
    const to = text(options.to);
    const folder = to === undefined ? dataFolder() : resolve(context.folder, to);
    const trust = text(options.trustKey);
    const absolute = (path: string) => resolve(context.folder, path);
    const job = {
      do: "restore",
      target: absolute(from),
      ...(id ? { id } : {}),
      ...(trust ? { trustKeyFile: absolute(trust) } : {}),
      ...(options.replace === true ? { replace: true } : {}),
      ...keysOf(options, absolute),
    };
    const result = await runBackupJob(context, job, { title: "Restoring", dataFolder: folder });
    const start = folder === dataFolder() ? "pave up" : `PAVE_HOME=${folder} pave up`;
    return {
      data: result,
      text: `${facts([
        ["backup", result.id],
        ["data folder", folder],
        ...(result.findings ?? []).map((finding) => ["restored", finding] as const),
      ])}\nStart it with \`${start}\`. Everybody signs in anew; tokens are as they were.`,
    };
  },
};
