import type { Command } from "../command.ts";
import { bytes } from "../local/describe-backup.ts";
import { ago, facts, state, table } from "../output.ts";

export const backupsList: Command = {
  name: "backups list",
  summary: "list the server's backups, newest first, and when the next is due",
  examples: ["pave backups list", "pave backups list --json"],
  async run(context) {
    const data = await (await context.client()).listBackups();
    const { settings, items } = data;
    const rows = items.map((backup) => [
      backup.id,
      state(backup.state),
      backup.kind,
      backup.summary ? bytes(backup.summary.bytes) : "",
      backup.summary ? bytes(backup.summary.newBytes) : "",
      ago(backup.createdAt),
      backup.lastCheck ? `${backup.lastCheck.kind} ${backup.lastCheck.state}` : "",
    ]);
    const next = settings.nextAt ? `, next ${settings.nextAt.slice(0, 16).replace("T", " ")} UTC` : "";
    const head = facts([
      ["folder", settings.folder],
      ["schedule", `${settings.schedule}${next}`],
      ["kept", `the last of ${settings.keepDaily} days and ${settings.keepWeekly} weeks`],
      ["encryption", settings.encryption],
      ["drill", settings.drillEvery],
    ]);
    const empty = "No backup yet. Make one with `pave backup`.";
    return {
      data,
      text: `${head}\n\n${table(["backup", "state", "kind", "size", "new", "when", "last check"], rows, empty)}`,
    };
  },
};
