/**
 * What DuckDB's CSV reader does not tell: the header as written (DuckDB renames duplicates) and, when reading failed, the
 * first line that does not fit. Lines are counted as an editor counts them, so a quoted line break counts.
 */
import { openBytes, readHead } from "./text-file.ts";

export interface CsvHead {
  readonly isEmpty: boolean;
  readonly isGzipped: boolean;
  readonly delimiter: string;
  readonly header: readonly string[];
}

export type CsvFault =
  | {
      readonly kind: "ragged";
      readonly line: number;
      readonly expected: number;
      readonly found: number;
      readonly more: number;
    }
  | { readonly kind: "quote"; readonly line: number }
  | { readonly kind: "encoding"; readonly line: number };

const headBytes = 1 << 20;
const lineFeed = 10;
const carriageReturn = 13;
const quote = 34;

/** Reads the header line; the delimiter is the given one or the most frequent of `, ; tab |` in that line. */
export function readCsvHead(path: string, delimiter: string | null): CsvHead {
  const { bytes, isGzipped } = readHead(path, headBytes);
  const text = bytes.toString("utf8").replace(/^\uFEFF/, "");
  const line = firstRecord(text);
  const found = delimiter ?? likelyDelimiter(line);
  return { isEmpty: text.trim() === "", isGzipped, delimiter: found, header: splitRecord(line, found) };
}

/** The first thing that makes the file unreadable as a table, or null when its shape is fine. */
export async function findCsvFault(path: string, head: CsvHead): Promise<CsvFault | null> {
  const scan = startScan(head);
  for await (const chunk of openBytes(path)) scan.push(chunk as Buffer);
  return scan.end();
}

function firstRecord(text: string): string {
  let inQuotes = false;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '"') inQuotes = !inQuotes;
    if (!inQuotes && (text[i] === "\n" || text[i] === "\r")) return text.slice(0, i);
  }
  return text;
}

function likelyDelimiter(line: string): string {
  const bare = line.replaceAll(/"[^"]*"/g, "");
  const counts = [",", ";", "\t", "|"].map((candidate) => ({ candidate, count: bare.split(candidate).length - 1 }));
  const best = counts.reduce((a, b) => (b.count > a.count ? b : a));
  return best.candidate;
}

function splitRecord(line: string, delimiter: string): readonly string[] {
  const fields: string[] = [];
  let field = "";
  let inQuotes = false;
  for (let i = 0; i < line.length; i++) {
    const character = line[i] ?? "";
    if (character === '"' && inQuotes && line[i + 1] === '"') {
      field += '"';
      i++;
    } else if (character === '"') inQuotes = !inQuotes;
    else if (character === delimiter && !inQuotes) {
      fields.push(field);
      field = "";
    } else field += character;
  }
  return [...fields, field].map((name) => name.trim());
}

/** A byte-wise state machine over chunks; blank lines are skipped as DuckDB skips them. */
function startScan(head: CsvHead) {
  const delimiter = head.delimiter.charCodeAt(0);
  const expected = head.header.length;
  let ragged: { line: number; found: number } | null = null;
  let more = 0;
  let badEncodingLine: number | null = null;
  let line = 1;
  let recordLine = 1;
  let quoteLine = 1;
  let fields = 1;
  let recordBytes = 0;
  let continuationBytes = 0;
  let inQuotes = false;
  let wasCarriageReturn = false;

  function endRecord(): void {
    if (recordBytes > 0 && fields !== expected) {
      if (ragged === null) ragged = { line: recordLine, found: fields };
      else more++;
    }
    fields = 1;
    recordBytes = 0;
  }

  function byte(value: number): void {
    if (value >= 0x80 || continuationBytes > 0) checkEncoding(value);
    const isLineEnd = value === lineFeed || value === carriageReturn;
    const isSecondOfPair = value === lineFeed && wasCarriageReturn;
    wasCarriageReturn = value === carriageReturn;
    if (isLineEnd && !isSecondOfPair) line++;
    if (inQuotes) {
      if (value === quote) inQuotes = false;
      recordBytes++;
    } else if (isLineEnd) {
      endRecord();
      recordLine = line;
    } else {
      recordBytes++;
      if (value === quote) {
        inQuotes = true;
        quoteLine = line;
      } else if (value === delimiter) fields++;
    }
  }

  /** Lead and continuation bytes must match; overlong forms are left to DuckDB. */
  function checkEncoding(value: number): void {
    const isContinuation = value >= 0x80 && value < 0xc0;
    const isMisplaced = isContinuation !== continuationBytes > 0;
    if (isMisplaced || value >= 0xf8) badEncodingLine ??= line;
    if (isContinuation) continuationBytes = Math.max(0, continuationBytes - 1);
    else continuationBytes = value < 0xc0 ? 0 : value < 0xe0 ? 1 : value < 0xf0 ? 2 : 3;
  }

  return {
    push(chunk: Buffer): void {
      for (const value of chunk) byte(value);
    },
    end(): CsvFault | null {
      if (badEncodingLine !== null) return { kind: "encoding", line: badEncodingLine };
      if (inQuotes) return { kind: "quote", line: quoteLine };
      endRecord();
      return ragged === null
        ? null
        : { kind: "ragged", ...(ragged as { line: number; found: number }), expected, more };
    },
  };
}
