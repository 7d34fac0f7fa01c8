import { z } from "zod";
import { parseBytes } from "../kernel/time.ts";

export interface Setting {
  readonly env: string;
  readonly type: z.ZodType;
  readonly help: string;
  /** Never printed. */
  readonly secret?: boolean;
}

/** Settings of one subject, by the name that the program knows each by. */
export type SettingGroup = Readonly<Record<string, Setting>>;

/** Words between commas. */
export const list = z.string().transform((text) =>
  text
    .split(",")
    .map((part) => part.trim())
    .filter(Boolean),
);

/** Such as `1Gi` or `500M`; in bytes. */
export const bytes = z.string().transform((text, issues) => {
  const value = parseBytes(text);
  if (value === undefined) issues.addIssue("expected a size such as 1Gi or 500M");
  return value ?? z.NEVER;
});

/** Whole days that something is kept. */
export const days = z.coerce.number().int().min(1).max(3650);
