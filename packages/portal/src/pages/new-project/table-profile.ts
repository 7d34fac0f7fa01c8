import { nameFrom } from "@pave/contract/checkout";
import { z } from "zod";

/** What is shown of the report that `pave/profile-table` writes. */
const columnSchema = z.object({
  name: z.string(),
  type: z.string(),
  missingShare: z.number(),
  distinct: z.number().optional(),
  min: z.unknown().optional(),
  max: z.unknown().optional(),
  mean: z.number().nullish(),
  quantiles: z.record(z.string(), z.number()).nullish(),
  top: z.array(z.object({ value: z.string(), rows: z.number() })).nullish(),
  rows: z.number().optional(),
  flags: z.array(z.object({ flag: z.string(), reason: z.string() })).default([]),
});
export type ProfileColumn = z.infer<typeof columnSchema>;

const profileSchema = z.object({
  rows: z.number(),
  sampledRows: z.number().optional(),
  columns: z.array(columnSchema),
  target: z
    .object({
      name: z.string(),
      classes: z.array(z.object({ value: z.string(), share: z.number() })).default([]),
      problems: z.array(z.string()).default([]),
    })
    .nullish(),
  suggestions: z
    .object({ splitBy: z.string().nullable(), exclude: z.array(z.string()) })
    .default({ splitBy: null, exclude: [] }),
});
export type TableProfile = z.infer<typeof profileSchema>;

export const parseTableProfile = (profile: unknown): TableProfile => profileSchema.parse(profile);

/** Columns with two values come first: those are what can be predicted so far. */
export function targetChoices(profile: TableProfile): { value: string; label: string }[] {
  const isLikely = ({ distinct, type }: ProfileColumn) => distinct === 2 || type === "boolean";
  const sorted = profile.columns.toSorted((a, b) => Number(isLikely(b)) - Number(isLikely(a)));
  return sorted.map((column) => ({
    value: column.name,
    label: isLikely(column) ? `${column.name} (two values)` : column.name,
  }));
}

/** `My Flights (May).csv` as a project's name. */
export const nameFromFile = (filename: string): string =>
  nameFrom(filename.replace(/\.(csv|tsv|parquet|jsonl|ndjson|json)(\.gz)?$/i, ""));
