/** CSV and TSV, read once and whole into a table of their own, with the types that the whole file decides. */
import { type CsvHead, findCsvFault, readCsvHead } from "./csv.ts";
import { readDecimalCommas } from "./decimal-commas.ts";
import { type DuckDb, identifier, literal } from "./duckdb.ts";
import { fail, StepError } from "./step.ts";
import { failEmpty, failMissingColumn, failOnDuplicates, type NamedSource, unreadable } from "./table-problems.ts";

export interface TextOptions {
  readonly delimiter?: string | null;
  /** Texts that mean "no value". An empty field always does. */
  readonly missing?: readonly string[];
  /** Columns to keep as text although they look like something else, such as zip codes. */
  readonly textColumns?: readonly string[];
}

/** How the text of a table was understood: what people want to see before they build on it. */
export interface TextReading {
  readonly delimiter: string;
  /** Columns whose numbers are written with a decimal comma. */
  readonly decimalCommas: readonly string[];
}

/** Continues `read data/sales.csv: 5 columns`. */
export function describeReading({ delimiter, decimalCommas }: TextReading): string {
  const separator = delimiter === "\t" ? "tabs" : `\`${delimiter}\``;
  const commas = decimalCommas.length === 0 ? "" : `, decimal commas in ${decimalCommas.join(", ")}`;
  return ` separated by ${separator}${commas}`;
}

export async function loadCsv(
  db: DuckDb,
  source: NamedSource & { readonly format: string },
  name: string,
  options: TextOptions,
): Promise<TextReading> {
  const head = readCsvHead(source.path, options.delimiter ?? (source.format === "tsv" ? "\t" : null));
  if (head.isEmpty) failEmpty(source);
  failOnNumbers(source, head.header);
  failOnDuplicates(`${source.place} line 1`, head.header);
  const unknown = (options.textColumns ?? []).find((column) => !head.header.includes(column));
  if (unknown !== undefined) failMissingColumn(source.place, unknown, head.header);

  try {
    await db.run(`CREATE TEMP TABLE ${name} AS FROM ${readCsv(source, head, options, typesOf(options))}`);
  } catch (error) {
    throw (await explainCsvFault(source, head)) ?? unreadable(source, "a CSV file", error);
  }
  const { columns } = await db.row(`SELECT count(*) AS columns FROM (DESCRIBE ${name})`);
  if (columns !== head.header.length) throw (await explainCsvFault(source, head)) ?? notOneHeader(source);
  await castBooleans(db, name, options.textColumns ?? []);
  const described = await db.rows(`DESCRIBE ${name}`);
  const decimalCommas = await readDecimalCommas(db, name, {
    place: source.place,
    columns: described.map((row) => ({ name: String(row.column_name), duckDbType: String(row.column_type) })),
    textColumns: options.textColumns ?? [],
    asWritten: readCsv(source, head, options, ["all_varchar = true"]),
  });
  return { delimiter: head.delimiter, decimalCommas };
}

function failOnNumbers(source: NamedSource, header: readonly string[]): void {
  if (!header.every((name) => name !== "" && Number.isFinite(Number(name)))) return;
  fail(`${source.place} line 1`, {
    expected: "column names",
    found: `the numbers ${header.slice(0, 5).join(", ")}`,
    fix: "add a first line with the names",
  });
}

function readCsv(source: NamedSource, head: CsvHead, options: TextOptions, types: readonly string[]): string {
  const missing = [...new Set(["", ...(options.missing ?? [])])];
  const settings = [
    literal(source.path),
    `delim = ${literal(head.delimiter)}`,
    `quote = '"', escape = '"', comment = '', header = true, skip = 0, strict_mode = true`,
    `nullstr = [${missing.map(literal).join(", ")}]`,
    ...types,
    ...(head.isGzipped ? ["compression = 'gzip'"] : []),
  ];
  return `read_csv(${settings.join(", ")})`;
}

/** The whole file decides: a text in the last line makes a column of texts, not an error. */
function typesOf(options: TextOptions): readonly string[] {
  const given = (options.textColumns ?? []).map((column) => `${literal(column)}: 'VARCHAR'`);
  return [
    "sample_size = -1",
    "auto_type_candidates = ['BIGINT', 'DOUBLE', 'DATE', 'TIMESTAMP', 'TIMESTAMPTZ', 'VARCHAR']",
    ...(given.length > 0 ? [`types = {${given.join(", ")}}`] : []),
  ];
}

/**
 * Columns of nothing but true and false become booleans. DuckDB's own guess would take yes, no, y, n, t and f as well, and
 * a target would no longer hold the words that its owner wrote.
 */
async function castBooleans(db: DuckDb, name: string, textColumns: readonly string[]): Promise<void> {
  const described = await db.rows(`DESCRIBE ${name}`);
  const texts = described
    .filter((row) => row.column_type === "VARCHAR")
    .map((row) => String(row.column_name))
    .filter((column) => !textColumns.includes(column));
  if (texts.length === 0) return;
  const isBoolean = texts.map((text, i) => `bool_and(lower(${identifier(text)}) IN ('true', 'false')) AS "${i}"`);
  const verdicts = await db.row(`SELECT ${isBoolean.join(", ")} FROM ${name}`);
  for (const column of texts.filter((_, i) => verdicts[i] === true)) {
    await db.run(`ALTER TABLE ${name} ALTER ${identifier(column)} TYPE BOOLEAN`);
  }
}

async function explainCsvFault(source: NamedSource, head: CsvHead): Promise<StepError | null> {
  const fault = await findCsvFault(source.path, head);
  if (fault === null) return null;
  const place = `${source.place} line ${fault.line}`;
  switch (fault.kind) {
    case "ragged": {
      const more = fault.more > 0 ? ` (and ${fault.more} more lines like it)` : "";
      return new StepError(
        `${place}: expected ${fault.expected} columns as in the header, found ${fault.found}${more}; ` +
          `put values that contain ${head.delimiter === "\t" ? "a tab" : `\`${head.delimiter}\``} in double quotes, or remove the line`,
      );
    }
    case "quote":
      return new StepError(
        `${place}: expected a closing double quote, found the end of the file; write \`""\` for a quote inside a value`,
      );
    case "encoding":
      return new StepError(`${place}: expected UTF-8 text, found other bytes; save the file as UTF-8`);
  }
}

function notOneHeader(source: NamedSource): StepError {
  return new StepError(
    `${source.place} line 1: expected one line of column names, found something else; add a header line`,
  );
}
