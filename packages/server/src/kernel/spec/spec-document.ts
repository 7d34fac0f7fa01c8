import type { Problem } from "@pave/contract";
import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  visit,
  type YAMLError,
} from "yaml";
import type { z } from "zod";
import { maxYamlBytes } from "../parse-yaml.ts";
import { messageOf } from "../pave-error.ts";
import { findingsOf, type SpecPath } from "./schema-problems.ts";

/** Nobody mends more of them before looking again; finding the place of each takes time. */
const maxFindings = 200;

/** A YAML file held against its schema, with a way back from values to lines. */
export interface SpecDocument<T> {
  /** Undefined where the file does not fit its schema. */
  readonly value: T | undefined;
  readonly problems: readonly Problem[];
  /** A problem with the value at `path`; of its key with `key`. The nearest place that exists is named. */
  problemAt(path: SpecPath, message: string, fix?: string, options?: { readonly key?: boolean }): Problem;
}

/** Reads a spec and tells all that is wrong with it at once, each with file, line, column and what to do. */
export function parseSpec<S extends z.ZodType>(text: string, file: string, schema: S): SpecDocument<z.output<S>> {
  if (Buffer.byteLength(text) > maxYamlBytes)
    return unreadable(file, `the file has more than ${maxYamlBytes} bytes`, "make it smaller");
  const lines = new LineCounter();
  const document = read(text, lines);
  if (document instanceof Error)
    return unreadable(file, `not valid YAML: ${messageOf(document)}`, "write it more plainly");

  const problemAt: SpecDocument<unknown>["problemAt"] = (path, message, fix, options) =>
    toProblem(file, lines, locate(document, path, options?.key ?? false), message, fix);
  // One mistake makes many errors after it, so only the first is told.
  const [broken] = document.errors;
  if (broken) return { value: undefined, problems: [syntaxProblem(file, lines, text, broken)], problemAt };

  const root = toPlain(document);
  if (root instanceof Error)
    return unreadable(file, `not valid YAML: ${messageOf(root)}`, "write it without so many aliases");
  const problems = keysGivenTwice(document).map(({ key, offset }) =>
    toProblem(file, lines, offset, `the key \`${key}\` is there twice`, "keep one of the two"),
  );
  const result = schema.safeParse(root ?? {});
  if (!result.success) {
    for (const finding of findingsOf(schema, root ?? {}, result.error.issues).slice(0, maxFindings)) {
      problems.push(problemAt(finding.path, finding.message, finding.fix, { key: finding.key ?? false }));
    }
  }
  problems.sort((a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0));
  return { value: result.success && problems.length === 0 ? result.data : undefined, problems, problemAt };
}

function read(text: string, lines: LineCounter): Document | Error {
  try {
    return parseDocument(text, {
      lineCounter: lines,
      prettyErrors: false,
      strict: true,
      // the library's own check takes quadratic time
      uniqueKeys: false,
      stringKeys: false,
    });
  } catch (error) {
    return new Error(error instanceof RangeError ? "it is nested too deeply" : messageOf(error));
  }
}

/** Every later one of two keys of one map that are the same. */
function keysGivenTwice(document: Document): { key: string; offset: number }[] {
  const found: { key: string; offset: number }[] = [];
  visit(document, {
    Map(_, map) {
      const seen = new Set<string>();
      for (const { key } of map.items) {
        if (!isScalar(key)) continue;
        const name = String(key.value);
        if (seen.has(name) && found.length < maxFindings) found.push({ key: name, offset: startOf(key) ?? 0 });
        seen.add(name);
      }
    },
  });
  return found;
}

function toPlain(document: Document): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

function unreadable<T>(file: string, message: string, fix: string): SpecDocument<T> {
  const problemAt = (_path: SpecPath, text: string, advice?: string): Problem => ({
    path: file,
    line: 1,
    column: 1,
    message: text,
    ...(advice ? { fix: advice } : {}),
  });
  return { value: undefined, problems: [problemAt([], message, fix)], problemAt };
}

function toProblem(
  file: string,
  lines: LineCounter,
  offset: number,
  message: string,
  fix: string | undefined,
): Problem {
  const { line, col } = lines.linePos(offset);
  return { path: file, line: Math.max(1, line), column: Math.max(1, col), message, ...(fix ? { fix } : {}) };
}

function syntaxProblem(file: string, lines: LineCounter, text: string, error: YAMLError): Problem {
  const offset = Math.min(error.pos[0], Math.max(0, text.length - 1));
  if (error.code === "MULTIPLE_DOCS")
    return toProblem(file, lines, offset, "a second document starts here: expected one", "remove the `---`");
  if (error.code === "TAB_AS_INDENT")
    return toProblem(file, lines, offset, "not valid YAML: a tab indents this line", "indent with spaces");
  return toProblem(
    file,
    lines,
    offset,
    `not valid YAML: ${error.message.charAt(0).toLowerCase()}${error.message.slice(1)}`,
    syntaxFixes[error.code] ?? "check indentation, quotes and brackets",
  );
}

const syntaxFixes: Readonly<Record<string, string>> = {
  MISSING_CHAR: "close the quote or bracket",
  BAD_INDENT: "close every bracket, and indent the lines of one map alike",
  BLOCK_AS_IMPLICIT_KEY: "indent the lines of one map alike, and put a text that contains `: ` in quotes",
  MULTILINE_IMPLICIT_KEY: "check that every line is `key: value`",
};

/** Offset of the value at the path, or of its key; of the nearest parent that is there. */
function locate(document: Document, path: SpecPath, wantsKey: boolean): number {
  let node: unknown = document.contents;
  let offset = startOf(node) ?? 0;
  for (const [index, part] of path.entries()) {
    const pair = pairAt(document, node, part);
    if (!pair) return offset;
    const isLast = index === path.length - 1;
    const keyOffset = startOf(pair.key);
    node = pair.value;
    offset = (isLast && !wantsKey ? (startOf(node) ?? keyOffset) : (keyOffset ?? startOf(node))) ?? offset;
  }
  return offset;
}

function pairAt(
  document: Document,
  node: unknown,
  part: PropertyKey,
): Pair | { key: undefined; value: unknown } | undefined {
  const target = isAlias(node) ? node.resolve(document) : node;
  if (isMap(target)) return target.items.find((pair) => isScalar(pair.key) && String(pair.key.value) === String(part));
  if (isSeq(target) && typeof part === "number" && part < target.items.length)
    return { key: undefined, value: target.items[part] };
  return undefined;
}

const startOf = (node: unknown): number | undefined => (node as Node | null | undefined)?.range?.[0];
