import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { z } from "zod";
import type { SettingGroup } from "./setting.ts";

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
  logLevel: {
    env: "PAVE_LOG_LEVEL",
    type: z.enum(["debug", "info", "warn", "error"]).default("info"),
    help: "How much is logged.",
  },
} as const satisfies SettingGroup;
