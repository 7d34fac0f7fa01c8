import type { Backup, BackupCheck, BackupSummary } from "@pave/contract";
import { counted } from "@pave/contract";
import { ago, colors, facts, state } from "../output.ts";

/** `1.5 GiB`: for people. */
export function bytes(value: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let power = 0;
  let left = value;
  while (left >= 1024 && power < units.length - 1) {
    left /= 1024;
    power += 1;
  }
  return `${Number(left.toFixed(left < 10 ? 1 : 0))} ${units[power]}`;
}

const sealed = {
  no: "not encrypted: who has it has the platform, the ledger's signing key included",
  recipient: "encrypted for a key",
  passphrase: "encrypted with a passphrase",
};

export const describeSummary = (summary: BackupSummary): (readonly [string, string])[] => [
  [
    "holds",
    `${counted(summary.rows, "row")} of ${counted(summary.tables, "table")}, ${counted(summary.blobs, "artifact file")}`,
  ],
  [
    "size",
    `${bytes(summary.bytes)}, of which new ${bytes(summary.newBytes)} (${counted(summary.newBlobs, "artifact file")})`,
  ],
  ["made by", `Pave ${summary.pave}, migration ${summary.migration}, ledger up to event ${summary.events}`],
  ["encryption", sealed[summary.encrypted]],
  ...summary.warnings.map((warning) => [colors.yellow("warning"), warning] as const),
];

export const describeBackup = (backup: Backup): string =>
  facts([
    ["backup", backup.id],
    [
      "state",
      `${state(backup.state)}${backup.progress ? `, ${backup.progress.text} ${backup.progress.done} of ${backup.progress.total}` : ""}`,
    ],
    [
      "asked for",
      `${backup.kind === "found" ? "lay in the folder" : (backup.requestedBy ?? "by the schedule")}, ${ago(backup.createdAt)}`,
    ],
    ...(backup.summary ? describeSummary(backup.summary) : []),
    ...(backup.error ? [["error", backup.error.message] as const, ["fix", backup.error.fix ?? ""] as const] : []),
  ]);

export const describeCheck = (check: BackupCheck): string =>
  [
    `${check.kind} ${state(check.state)} ${ago(check.createdAt)}`,
    ...check.findings.map((finding) => `  ✔ ${finding}`),
    ...(check.error ? [`  ✖ ${check.error.message}`, `    ${check.error.fix ?? ""}`] : []),
  ].join("\n");
