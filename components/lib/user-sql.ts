/** The user's own SQL: exactly one SELECT, checked by DuckDB's parser before it is put inside anything else. */
import { type DuckDBConnection, StatementType } from "@duckdb/node-api";
import { type Column, toColumn } from "./column-types.ts";
import { fail, firstLine, StepError } from "./step.ts";

export interface UserQuery {
  /** Without the closing semicolon, so that it can stand in parentheses. */
  readonly sql: string;
  readonly columns: readonly Column[];
}

export async function prepareUserSql(connection: DuckDBConnection, text: string, place: string): Promise<UserQuery> {
  const sql = withoutFinalSemicolon(text);
  if (sql === "") failNotSelect(place, "nothing but comments");
  try {
    const statements = await connection.extractStatements(sql);
    if (statements.count !== 1) failNotSelect(place, `${statements.count} statements`);
    const prepared = await statements.prepare(0);
    if (prepared.statementType !== StatementType.SELECT) failNotSelect(place, "another kind of statement");
    const columns = Array.from({ length: prepared.columnCount }, (_, index) =>
      toColumn(prepared.columnName(index), prepared.columnType(index).toString()),
    );
    prepared.destroySync();
    return { sql, columns };
  } catch (error) {
    throw error instanceof StepError ? error : explainSqlError(error, place);
  }
}

/** DuckDB's first line says what, `LINE 3:` says where; lines are those of the user's file. */
export function explainSqlError(error: unknown, place: string): StepError {
  const message = (error instanceof Error ? error.message : String(error)).replace(
    "Failed to extract statements: ",
    "",
  );
  const line = /^LINE (\d+):/m.exec(message)?.[1];
  const candidates = /^(Candidate bindings: .*|Did you mean .*)$/m.exec(message)?.[1];
  const where = line === undefined ? place : `${place} line ${line}`;
  const what = firstLine(message).replace(/[.!]$/, "");
  return new StepError(
    `${where}: expected a SELECT that DuckDB can run on the table \`source\`, found ${what}; ${hint(message, candidates)}`,
  );
}

function hint(message: string, candidates: string | undefined): string {
  if (message.startsWith("Permission Error")) return "SQL can read the table `source` and nothing else";
  return candidates === undefined
    ? "fix the query"
    : candidates.replace("Candidate bindings:", "columns with a similar name:");
}

function failNotSelect(place: string, found: string): never {
  fail(place, {
    expected: "a single SELECT",
    found,
    fix: "keep one SELECT that reads from `source`; use WITH for parts",
  });
}

/** Cuts at the first semicolon outside quotes and comments when nothing follows it; empty when nothing stands before it. */
function withoutFinalSemicolon(text: string): string {
  const tokens = /--[^\n]*|\/\*[\s\S]*?\*\/|'(?:[^']|'')*'|"(?:[^"]|"")*"|\$(\w*)\$[\s\S]*?\$\1\$|;|[^;'"$/-]+|[\s\S]/g;
  let end: number | null = null;
  let isBlank = true;
  for (const token of text.matchAll(tokens)) {
    if (token[0].trim() === "" || token[0].startsWith("--") || token[0].startsWith("/*")) continue;
    if (end !== null) return text;
    if (token[0] === ";") end = token.index;
    else isBlank = false;
  }
  return isBlank ? "" : text.slice(0, end ?? text.length);
}
