/** What a person should know of a column before training on it: a word for programs and a sentence for people. */
import { anyNumber } from "../lib/decimal-commas.ts";
import { type DuckDb, identifier } from "../lib/duckdb.ts";
import type { ColumnProfile } from "./column-profile.ts";

export type FlagName =
  | "idLike"
  | "constant"
  | "mostlyMissing"
  | "leak"
  | "afterwards"
  | "numberLike"
  | "dateLike"
  | "timeSplit"
  | "nested";

export interface Flag {
  readonly flag: FlagName;
  readonly reason: string;
}

const isNumber = new RegExp(`^${anyNumber}$`);
const idName = /(^|[_\s])(id|uuid|guid|key|pk|index|row|nr|no|number)$|^(id|unnamed|column0)/i;
const afterwardsName =
  /(^|[_\s])(actual|arrived|arrival|outcome|result|resolved|closed|cancelled|canceled|completed|returned|refunded|settled|final|ended)([_\s]|$)/i;

export function flagColumn(column: ColumnProfile, leakReason: string | null): readonly Flag[] {
  const flags: Flag[] = [];
  const add = (flag: FlagName, reason: string) => flags.push({ flag, reason });
  const present = column.rows - column.missing;
  const share = (value: number) => `${Number((value * 100).toFixed(1))}%`;

  if (present === 0) add("mostlyMissing", "no row has a value");
  else if (column.missingShare > 0.5) add("mostlyMissing", `${share(column.missingShare)} of the rows have no value`);
  if (present > 0 && column.distinct === 1 && column.missing === 0)
    add("constant", `every row has the same value, ${column.min}`);
  if (isIdLike(column, present))
    add("idLike", "almost every row has a value of its own, so it is a key or free text: nothing to learn from");
  if (leakReason !== null) add("leak", leakReason);
  else if (afterwardsName.test(column.name)) {
    add(
      "afterwards",
      "its name sounds like something that is known only afterwards; leave it out unless it is known when a prediction is asked for",
    );
  }
  const { numberShare, dateShare } = column;
  if (numberShare !== null && numberShare >= 0.9 && numberShare < 1) {
    add(
      "numberLike",
      `${share(numberShare)} of the texts are numbers; name the others under \`missing\`${otherTexts(column)}`,
    );
  } else if (numberShare === 1)
    add(
      "numberLike",
      `numbers stored as text, such as \`${column.top?.[0]?.value}\`; if they are quantities, write them without thousands separators or cast them in the SQL`,
    );
  else if (dateShare !== null && dateShare >= 0.99)
    add("dateLike", "dates stored as text; cast them to TIMESTAMP in the SQL");
  if (column.type === "timestamp" && column.missing === 0 && column.distinct >= 10) {
    add("timeSplit", `a time from ${column.min} to ${column.max}: test on the last rows, as in production`);
  }
  if (column.type === "other") add("nested", `${column.duckDbType} cannot be a feature; select its parts in the SQL`);
  return flags;
}

/** Of times that lie after another one in nearly every row: `closed_at` beside `created_at`. */
export async function flagLaterTimes(
  db: DuckDb,
  columns: readonly ColumnProfile[],
): Promise<ReadonlyMap<string, Flag>> {
  const times = columns.filter((column) => column.type === "timestamp" && column.distinct > 1).slice(0, 6);
  const pairs = times.flatMap((later) =>
    times.filter((earlier) => earlier !== later).map((earlier) => ({ later, earlier })),
  );
  const flags = new Map<string, Flag>();
  for (const { later, earlier } of pairs) {
    const [a, b] = [identifier(earlier.name), identifier(later.name)];
    const row = await db.row(
      `SELECT count(*) AS rows, count(*) FILTER (${b} >= ${a}) AS "notBefore", count(*) FILTER (${b} > ${a}) AS after
       FROM sampled WHERE ${a} IS NOT NULL AND ${b} IS NOT NULL`,
    );
    const rows = Number(row.rows);
    if (rows < 10 || Number(row.notBefore) < 0.99 * rows || Number(row.after) < 0.5 * rows) continue;
    flags.set(later.name, {
      flag: "afterwards",
      reason: `it lies after \`${earlier.name}\`; leave it out unless it is known when a prediction is asked for`,
    });
  }
  return flags;
}

/** Whole numbers are often all different by chance: they need a key's name, or to be a gapless count. */
function isIdLike(column: ColumnProfile, present: number): boolean {
  if (present < 50 || column.distinct < 0.98 * present) return false;
  if (column.type === "string") return true;
  if (column.type !== "integer") return false;
  const span = Number(column.max) - Number(column.min) + 1;
  return idName.test(column.name) || span <= 1.2 * present;
}

function otherTexts(column: ColumnProfile): string {
  const others = (column.top ?? []).filter(({ value }) => Number.isNaN(Number(value)) && !isNumber.test(value));
  return others.length === 0 ? "" : `: ${others.map(({ value }) => `\`${value}\``).join(", ")}`;
}
