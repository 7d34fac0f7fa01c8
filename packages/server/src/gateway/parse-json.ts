import { PaveError } from "../kernel/pave-error.ts";
import { parseExactJson } from "./model/exact-json.ts";

/** Parses a JSON body. Throws `request.invalid` naming line and column of what is wrong. */
export function parseJson(text: string, isExact: boolean): unknown {
  try {
    return isExact ? parseExactJson(text) : JSON.parse(text);
  } catch (error) {
    throw invalidJson(text, error);
  }
}

function invalidJson(text: string, cause: unknown): PaveError {
  if (text.trim() === "")
    return new PaveError("request.invalid", "expected a JSON body, found none", {
      fix: "send the request with a body",
      cause,
    });
  const at = findJsonError(text);
  const before = text.slice(0, at);
  const line = before.split("\n").length;
  const column = at - before.lastIndexOf("\n");
  const word = /^[\w.+-]+|^[\s\S]?/.exec(text.slice(at, at + 30))?.[0];
  const found = word ? JSON.stringify(word) : "the end of the body";
  const fix = /^-?(NaN|Infinity|inf)/i.test(word ?? "")
    ? "JSON has no NaN or Infinity: send null for a missing value"
    : "send valid JSON (double quotes, no trailing commas)";
  return new PaveError(
    "request.invalid",
    `the body is not valid JSON at line ${line}, column ${column}: found ${found}`,
    { fix, cause },
  );
}

const tokenPattern =
  /[ \t\r\n]*(?:([{}[\],:])|("(?:[ !#-[\]-\uffff]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*")|(-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null))/y;
const blankPattern = /[ \t\r\n]*/y;

/** Offset of the first character that cannot continue valid JSON. V8 tells it only in some of its messages. */
export function findJsonError(text: string): number {
  const open: string[] = [];
  let expects: "value" | "value or ]" | "key or }" | "key" | ":" | ", or close" | "end" = "value";
  tokenPattern.lastIndex = 0;
  for (let end = 0; ; end = tokenPattern.lastIndex) {
    const match = tokenPattern.exec(text);
    blankPattern.lastIndex = end;
    const start = end + (blankPattern.exec(text)?.[0].length ?? 0);
    if (!match) return start;
    const [, mark, string] = match;
    const isValue = mark === undefined || mark === "{" || mark === "[";
    if (expects === "end") return start;
    if (expects === ":" && mark !== ":") return start;
    if (
      (expects === "key" || expects === "key or }") &&
      string === undefined &&
      !(expects === "key or }" && mark === "}")
    )
      return start;
    if ((expects === "value" || expects === "value or ]") && !isValue && !(expects === "value or ]" && mark === "]"))
      return start;
    if (expects === ", or close" && mark !== "," && mark !== (open.at(-1) === "{" ? "}" : "]")) return start;

    if (mark === ":") expects = "value";
    else if (mark === ",") expects = open.at(-1) === "{" ? "key" : "value";
    else if (expects.startsWith("key") && string !== undefined) expects = ":";
    else if (mark === "{" || mark === "[") {
      open.push(mark);
      expects = mark === "{" ? "key or }" : "value or ]";
    } else {
      if (mark !== undefined) open.pop();
      expects = open.length === 0 ? "end" : ", or close";
    }
  }
}
