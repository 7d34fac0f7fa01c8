export interface DeclaredDependency {
  /** As it is written. */
  readonly text: string;
  /** 1-based. */
  readonly line: number;
}

/**
 * `[project].dependencies` of a pyproject.toml. Only this list is read, so this is no TOML parser: tables, comments and
 * the two kinds of one-line strings are all that it has to know. A string that does not end in its line ends the list.
 */
export function readPyprojectDependencies(text: string): readonly DeclaredDependency[] {
  const list = findList(text);
  if (!list) return [];
  const found: DeclaredDependency[] = [];
  let line = list.line;
  for (let at = list.start; at < text.length; at += 1) {
    const char = text[at];
    if (char === "]") break;
    if (char === "\n") line += 1;
    if (char === "#") at = endOfLine(text, at) - 1;
    if (char !== '"' && char !== "'") continue;
    const end = endOfString(text, at);
    if (end === undefined) break;
    const value = text.slice(at + 1, end);
    found.push({ text: char === '"' ? plainText(value) : value, line });
    at = end;
  }
  return found;
}

/** Offset of the closing quote; undefined when the line ends before. */
function endOfString(text: string, start: number): number | undefined {
  const quote = text[start];
  for (let at = start + 1; at < text.length && text[at] !== "\n"; at += 1) {
    if (text[at] === "\\" && quote === '"') at += 1;
    else if (text[at] === quote) return at;
  }
  return undefined;
}

function endOfLine(text: string, from: number): number {
  const end = text.indexOf("\n", from);
  return end === -1 ? text.length : end;
}

/** Where the list's content begins: after its `[`. */
function findList(text: string): { start: number; line: number } | undefined {
  let table = "";
  let offset = 0;
  for (const [index, line] of text.split("\n").entries()) {
    table = /^\s*\[{1,2}\s*([\w.-]+)\s*\]{1,2}\s*(#.*)?$/.exec(line)?.[1] ?? table;
    const key = /^\s*(project\s*\.\s*)?dependencies\s*=\s*\[/.exec(line);
    if (key && (key[1] === undefined ? table === "project" : table === ""))
      return { start: offset + key[0].length, line: index + 1 };
    offset += line.length + 1;
  }
  return undefined;
}

const plainText = (text: string): string => text.replaceAll(/\\(["\\])/g, "$1");
