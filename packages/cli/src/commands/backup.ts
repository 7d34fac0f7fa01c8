import { resolve } from "node:path";
import { CliError, type Command, exitCodes, text } from "../command.ts";
import { dataFolder } from "../connection.ts";
import { environment } from "../environment.ts";
import { keyOptions, runBackupJob } from "../local/backup-program.ts";
import { describeBackup, describeSummary } from "../local/describe-backup.ts";
import { waitForBackup } from "../local/follow-backup.ts";
import { saveBackup } from "../local/save-backup.ts";
import { facts } from "../output.ts";

export const backup: Command = {
  name: "backup",
  summary:
    "make a backup of the platform while it goes on; with --to from this machine's data folder, else on the server",
  options: [
    { flags: "--to <folder>", help: "write to this folder of this machine; needs its data folder, no server" },
    { flags: "--encrypt-to <recipient>", help: "with --to: public key of age (age1…) that can open it" },
    ...keyOptions.filter(({ flags }) => flags.startsWith("--passphrase")),
    { flags: "--with-master-keys", help: "with --to and encryption: the vault's master keys too" },
    { flags: "-o, --output <file>", help: "download it as a tar once it is made" },
    { flags: "--no-wait", help: "only ask the server for it" },
  ],
  examples: [
    "pave backup",
    "pave backup --output pave.tar",
    "pave backup --to /mnt/backups --passphrase-file /etc/pave/passphrase",
  ],
  async run(context, _args, options) {
    const to = text(options.to);
    if (to !== undefined) return backupHere(context, resolve(context.folder, to), options);
    const unused = ["encryptTo", "passphraseFile", "withMasterKeys"].find((name) => options[name] !== undefined);
    if (unused)
      throw new CliError("How the server's backups are encrypted is a setting of the server", {
        fix: "Set PAVE_BACKUP_RECIPIENT or PAVE_BACKUP_PASSPHRASE_FILE there, or add --to FOLDER.",
      });
    const client = await context.client();
    const asked = await client.createBackup();
    const output = text(options.output);
    if (options.wait === false && output === undefined) return { data: asked, text: `Asked for backup ${asked.id}.` };
    const made = await waitForBackup(context, client, asked.id);
    if (made.state !== "succeeded") return { data: made, text: describeBackup(made), exitCode: exitCodes.failed };
    if (output === undefined) return { data: made, text: describeBackup(made) };
    const path = resolve(context.folder, output);
    await saveBackup(client, made.id, path);
    return { data: { ...made, path }, text: `${describeBackup(made)}\nWrote ${path}` };
  },
};

async function backupHere(
  context: Parameters<Command["run"]>[0],
  target: string,
  options: Parameters<Command["run"]>[2],
): ReturnType<Command["run"]> {
  const [recipient, passphraseFile] = [text(options.encryptTo), text(options.passphraseFile)];
  const job = {
    do: "create",
    target,
    ...(recipient ? { recipient } : {}),
    ...(passphraseFile ? { passphraseFile: resolve(context.folder, passphraseFile) } : {}),
    ...(options.withMasterKeys === true
      ? { masterKeysFile: environment().PAVE_MASTER_KEY_FILE || resolve(dataFolder(), "master-keys") }
      : {}),
  };
  const result = await runBackupJob(context, job, { title: "Making the backup" });
  return {
    data: result,
    text: facts([
      ["backup", result.id],
      ["folder", result.folder ?? ""],
      ...(result.summary ? describeSummary(result.summary) : []),
    ]),
  };
}
