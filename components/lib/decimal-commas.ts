/**
 * Numbers as Europe writes them: `103,22`. DuckDB takes such a column for text unless it is told, and then would take the
 * columns with points for text. So it reads with points, and here the columns of text that hold nothing but whole numbers
 * and decimal commas become numbers. Nothing is guessed:
 *
 *   `1,234` alone may be 1234      a column of nothing else becomes a number only if another column has decimal commas for
 *                                  certain, such as `0,5`
 *   `1.234` in such a file         may be 1234 as well, and DuckDB has read 1.234: refused
 *   `1.234,5` or `1,5` with `1.5`  a column of numbers, but written in two ways: refused
 */
import { type DuckDb, identifier, literal, type Row } from "./duckdb.ts";
import { fail } from "./step.ts";

const sign = "[+-]?";
const exponent = "([eE][+-]?\\d{1,2})?";
const gap = "[ '’\u00a0\u202f]";
const whole = `${sign}\\d+`;
const comma = `${sign}(0|[1-9]\\d*)?,\\d+${exponent}`;
const point = `${sign}\\d*\\.\\d+${exponent}`;
/** With something between thousands, as far as that can be told: `1.234` is among them, `1234.5` is not. */
const grouped = `${sign}[1-9]\\d{0,2}([.,]|${gap})\\d{3}(([.,]|${gap})\\d{3})*([.,]\\d+)?`;
const groupedDecimal = `${sign}[1-9]\\d{0,2}((([.]|${gap})\\d{3})+,\\d+|(([,]|${gap})\\d{3})+[.]\\d+)`;

/** A regular expression, for DuckDB and for JavaScript, of a number in any of these notations. */
export const anyNumber = `\\s*(${[whole, comma, point, grouped].join("|")})\\s*`;

export interface ReadColumn {
  readonly name: string;
  readonly duckDbType: string;
}

export interface NotationOptions {
  readonly place: string;
  readonly columns: readonly ReadColumn[];
  /** Columns to leave alone. */
  readonly textColumns: readonly string[];
  /** SQL for the file once more, with every value as it is written. */
  readonly asWritten: string;
}

/** Turns columns with decimal commas into numbers; gives their names. Fails on what can be read in two ways. */
export async function readDecimalCommas(
  db: DuckDb,
  table: string,
  options: NotationOptions,
): Promise<readonly string[]> {
  const texts = options.columns.filter((column) => column.duckDbType === "VARCHAR").map((column) => column.name);
  const candidates = await numbersAmong(
    db,
    table,
    texts.filter((text) => !options.textColumns.includes(text)),
  );
  const counted = await countNotations(db, table, candidates);
  for (const { name, rows, commas, points, certain } of counted) {
    if (commas < rows && certain > 0) await failOnMixture(db, table, options.place, name, commas > points);
  }
  const found = counted.filter(({ rows, commas }) => commas === rows);
  const witness = found.find(({ certain }) => certain > 0);
  if (witness === undefined) return [];

  await failOnDoubtfulPoints(db, options, witness.name);
  for (const { name } of found) {
    const column = identifier(name);
    await db.run(
      `ALTER TABLE ${table} ALTER ${column} TYPE DOUBLE USING CAST(replace(trim(${column}), ',', '.') AS DOUBLE)`,
    );
  }
  return found.map(({ name }) => name);
}

interface Notation {
  readonly name: string;
  readonly rows: number;
  /** Whole numbers and those with a decimal comma; and the same with a point. */
  readonly commas: number;
  readonly points: number;
  /** Of those that are not whole: the ones that can be read in one way only. */
  readonly certain: number;
}

/** Columns of nothing but numbers in any notation. The first rows tell of most texts that they are none. */
async function numbersAmong(db: DuckDb, table: string, texts: readonly string[]): Promise<readonly string[]> {
  let left = texts;
  for (const rows of [`(FROM ${table} LIMIT 2048)`, table]) {
    if (left.length === 0) return [];
    const isNumber = left.map(
      (text, i) => `bool_and(${matches(text, whole, comma, point, grouped)}) IS NOT FALSE AS "${i}"`,
    );
    const verdicts = await db.row(`SELECT ${isNumber.join(", ")} FROM ${rows}`);
    left = left.filter((_, i) => verdicts[i] === true);
  }
  return left;
}

async function countNotations(db: DuckDb, table: string, names: readonly string[]): Promise<readonly Notation[]> {
  const counted: Notation[] = [];
  for (const name of names) {
    const certain = `(${matches(name, comma, point)} AND NOT ${matches(name, grouped)}) OR ${matches(name, groupedDecimal)}`;
    const row = await db.row(
      `SELECT count(${identifier(name)}) AS rows, count(*) FILTER (${matches(name, whole, comma)}) AS commas,
         count(*) FILTER (${matches(name, whole, point)}) AS points, count(*) FILTER (${certain}) AS certain FROM ${table}`,
    );
    const [rows, commas, points] = [Number(row.rows), Number(row.commas), Number(row.points)];
    // No value at all, or a notation that DuckDB refused for another reason, such as its length.
    if (rows > 0 && points < rows) counted.push({ name, rows, commas, points, certain: Number(row.certain) });
  }
  return counted;
}

async function failOnMixture(
  db: DuckDb,
  table: string,
  place: string,
  name: string,
  hasCommas: boolean,
): Promise<void> {
  const usual = hasCommas ? comma : point;
  const odd = await firstRow(db, table, name, `NOT ${matches(name, whole, usual)}`);
  const example = await firstRow(db, table, name, matches(name, usual));
  const beside = example === null ? "" : ` beside \`${example.value}\` in row ${example.row}`;
  fail(`${place} column ${name} row ${odd?.row}`, {
    expected: "numbers with one decimal sign and nothing between thousands",
    found: `\`${odd?.value}\`${beside}`,
    fix: `write every number like ${hasCommas ? "1234,5" : "1234.5"}, or keep the column as text with \`textColumns: [${name}]\` of the step`,
  });
}

async function failOnDoubtfulPoints(db: DuckDb, options: NotationOptions, witness: string): Promise<void> {
  for (const { name } of options.columns.filter((column) => column.duckDbType === "DOUBLE")) {
    const isDoubtful = `${matches(name, point)} AND ${matches(name, grouped)}`;
    const { doubtful, others } = await db.row(
      `SELECT count(*) FILTER (${isDoubtful}) AS doubtful, count(*) FILTER (NOT ${matches(name, whole, grouped)}) AS others
       FROM ${options.asWritten}`,
    );
    if (doubtful === 0 || others !== 0) continue;
    const found = await firstRow(db, options.asWritten, name, isDoubtful);
    const certain = await firstRow(
      db,
      options.asWritten,
      witness,
      `${matches(witness, comma)} AND NOT ${matches(witness, grouped)}`,
    );
    fail(`${options.place} column ${name} row ${found?.row}`, {
      expected: `numbers written as in column ${witness}, where row ${certain?.row} has the decimal comma \`${certain?.value}\``,
      found: `\`${found?.value}\`, which may be ${found?.value.replace(".", "")} or ${found?.value.replace(".", ",")}`,
      fix: `write it without a point between thousands, or keep the column as text with \`textColumns: [${name}]\` of the step`,
    });
  }
}

/** Rows are counted from the one below the column names. */
async function firstRow(
  db: DuckDb,
  table: string,
  name: string,
  condition: string,
): Promise<{ readonly row: number; readonly value: string } | null> {
  const rows: readonly Row[] = await db.rows(
    `SELECT row, ${identifier(name)} AS value FROM (SELECT ${identifier(name)}, row_number() OVER () AS row FROM ${table})
     WHERE ${condition} ORDER BY row LIMIT 1`,
  );
  const first = rows[0];
  return first === undefined ? null : { row: Number(first.row), value: String(first.value) };
}

/** SQL that is true where the value is written in one of these ways, and null where there is none. */
function matches(name: string, ...notations: readonly string[]): string {
  return `regexp_full_match(trim(${identifier(name)}), ${literal(notations.map((notation) => `(${notation})`).join("|"))})`;
}
