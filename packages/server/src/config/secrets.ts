import { z } from "zod";
import type { SettingGroup } from "./setting.ts";

const argv = z.string().transform((text, issues): string[] => {
  const words = z.array(z.string().min(1)).min(1).safeParse(jsonOf(text));
  if (!words.success) issues.addIssue('expected program and arguments as JSON, such as ["/opt/kms-wrap"]');
  return words.data ?? [];
});

/** What secrets are sealed with. */
export const secretSettings = {
  masterKeyFile: {
    env: "PAVE_MASTER_KEY_FILE",
    type: z.string().default(""),
    help: "File of the master keys that secrets are sealed with, one a line in base64, the newest first; master-keys in the data folder unless told otherwise, made at the first start.",
  },
  masterKey: {
    env: "PAVE_MASTER_KEY",
    type: z.string().default(""),
    help: "The master key itself, 32 random bytes in base64; seals instead of the file, whose keys still open.",
    secret: true,
  },
  masterKeyCommand: {
    env: "PAVE_MASTER_KEY_COMMAND",
    type: argv.default([]),
    help: 'Program and arguments as JSON, such as ["/opt/kms-wrap","--key","pave"]; with `wrap` or `unwrap` as its last argument it answers for a key management service, standard input to output, base64. Seals before all others.',
  },
} as const satisfies SettingGroup;

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
