import { resolve } from "node:path";
import { z } from "zod";
import { parseSchedule } from "../kernel/schedule.ts";
import { days, type SettingGroup } from "./setting.ts";

const schedule = z.string().transform((text, issues) => {
  const value = parseSchedule(text);
  if (value === undefined) issues.addIssue("expected a time of day such as 02:30, an interval such as 6h, or off");
  return value ?? z.NEVER;
});

/** How backups are made and proved. */
export const backupSettings = {
  backupFolder: {
    env: "PAVE_BACKUP_FOLDER",
    type: z
      .string()
      .default("")
      .transform((path) => (path === "" ? "" : resolve(path))),
    help: "Folder of the server that backups are written to, best on another disk; backups in the data folder unless told otherwise.",
  },
  backupSchedule: {
    env: "PAVE_BACKUP_SCHEDULE",
    type: schedule.prefault("off"),
    help: "When a backup is made by itself: a time of day in UTC such as 02:30, an interval such as 6h, or off.",
  },
  backupKeepDaily: {
    env: "PAVE_BACKUP_KEEP_DAILY",
    type: days.default(7),
    help: "Of how many days the last scheduled backup is kept.",
  },
  backupKeepWeekly: {
    env: "PAVE_BACKUP_KEEP_WEEKLY",
    type: z.coerce.number().int().min(0).max(520).default(4),
    help: "Of how many weeks, beside those days.",
  },
  backupRecipient: {
    env: "PAVE_BACKUP_RECIPIENT",
    type: z
      .string()
      .refine((text) => text === "" || /^age1[a-z0-9]+$/.test(text), "expected a public key of age such as age1…")
      .default(""),
    help: "Public key of age that backups are encrypted for, of `age-keygen`; the server itself cannot read them then.",
  },
  backupPassphraseFile: {
    env: "PAVE_BACKUP_PASSPHRASE_FILE",
    type: z.string().default(""),
    help: "File with the passphrase that backups are encrypted with, instead of a recipient.",
  },
  backupIdentityFile: {
    env: "PAVE_BACKUP_IDENTITY_FILE",
    type: z.string().default(""),
    help: "File with the private key of PAVE_BACKUP_RECIPIENT, for drills only; without it they are done by hand where the key is.",
  },
  backupDrillEvery: {
    env: "PAVE_BACKUP_DRILL_EVERY",
    type: schedule.prefault("7d"),
    help: "How often the last scheduled backup is restored on the side to prove it, such as 7d, or off.",
  },
} as const satisfies SettingGroup;
