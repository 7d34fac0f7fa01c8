import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { z } from "zod";
import { bytes, type SettingGroup } from "./setting.ts";

/** What it keeps where, and how much it says. */
export const dataSettings = {
  dataFolder: {
    env: "PAVE_HOME",
    type: z
      .string()
      .default(join(homedir(), ".pave"))
      .transform((path) => resolve(path)),
    help: "Where the embedded platform keeps its data.",
  },
  databaseUrl: {
    env: "PAVE_DATABASE_URL",
    type: z.string().default("embedded"),
    help: "PostgreSQL 15 or newer as postgres://…, or `embedded`.",
    secret: true,
  },
  diskReserve: {
    env: "PAVE_DISK_RESERVE",
    type: bytes.prefault("1Gi"),
    help: "Disk space that uploads leave free where artifacts lie, such as 1Gi or 500M; a full disk stops the database.",
  },
  logLevel: {
    env: "PAVE_LOG_LEVEL",
    type: z.enum(["debug", "info", "warn", "error"]).default("info"),
    help: "How much is logged.",
  },
} as const satisfies SettingGroup;
