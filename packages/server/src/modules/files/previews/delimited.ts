import type { Preview } from "@pave/contract";
import { mostRows, tableOf } from "./table.ts";

/** The first rows of a CSV or TSV file. Of one that is cut the last row is left out, since it may be half of one. */
export function previewDelimited(text: string, separator: string, isCut: boolean): Preview {
  // one row more, so that it is known whether there are more
  const { rows, isWhole } = parseDelimited(text, separator, mostRows + 2);
  const known = isCut && isWhole && rows.length > 1 ? rows.slice(0, -1) : rows;
  const [columns = [], ...body] = known;
  return tableOf(columns, body, { totalRows: isCut || !isWhole ? null : body.length, isCut });
}

/** RFC 4180, and leniently: a quote within a plain field is a character like others. */
export function parseDelimited(
  text: string,
  separator: string,
  most: number,
): { readonly rows: string[][]; readonly isWhole: boolean } {
  const rows: string[][] = [];
  let row: string[] = [];
  let at = text.startsWith("\uFEFF") ? 1 : 0;
  while (at < text.length) {
    const { field, next } = text[at] === '"' ? quoted(text, at) : plain(text, at, separator);
    row.push(field);
    at = next;
    if (text[at] === separator) {
      at += 1;
      if (at === text.length) row.push("");
      else continue;
    }
    rows.push(row);
    row = [];
    if (text[at] === "\r") at += 1;
    if (text[at] === "\n") at += 1;
    if (rows.length >= most) return { rows, isWhole: at >= text.length };
  }
  return { rows, isWhole: true };
}

function plain(text: string, from: number, separator: string) {
  let at = from;
  while (at < text.length && text[at] !== separator && text[at] !== "\n" && text[at] !== "\r") at += 1;
  return { field: text.slice(from, at), next: at };
}

function quoted(text: string, from: number) {
  const parts: string[] = [];
  let at = from + 1;
  for (;;) {
    const end = text.indexOf('"', at);
    if (end === -1) return { field: parts.concat(text.slice(at)).join(""), next: text.length };
    parts.push(text.slice(at, end));
    if (text[end + 1] !== '"') {
      // what stands between the quote and the separator belongs to nobody
      let next = end + 1;
      while (next < text.length && !",\t\n\r".includes(text[next] ?? "")) next += 1;
      return { field: parts.join(""), next };
    }
    parts.push('"');
    at = end + 2;
  }
}
