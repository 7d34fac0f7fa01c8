import { satisfies } from "./versions.ts";

export interface Requirement {
  /** Normalised. */
  readonly name: string;
  /** Null for `name @ https://…`, which names no version. */
  readonly specifier: string | null;
  /** A marker may leave the package out on some machines. */
  readonly hasMarker: boolean;
}

/**
 * PEP 508, in one pass: `name[extras] specifier ; marker`, the specifier in parentheses or not, or `name @ url`.
 * Undefined for anything else. A pattern for all of it would go over a long gap again and again.
 */
export function parseRequirement(text: string): Requirement | undefined {
  if (notForInstallers.test(text.trim())) return undefined;
  const [head = "", ...markers] = text.trim().split(";");
  const written = /^[A-Za-z0-9][\w.-]*/.exec(head)?.[0] ?? "";
  if (!/[A-Za-z0-9]$/.test(written)) return undefined;
  let rest = head.slice(written.length).trim();
  if (rest.startsWith("[")) {
    const close = rest.indexOf("]");
    if (close === -1) return undefined;
    rest = rest.slice(close + 1).trim();
  }
  const [name, hasMarker] = [normalizeName(written), markers.length > 0];
  if (rest.startsWith("@")) return { name, specifier: null, hasMarker };
  const specifier = rest.startsWith("(") && rest.endsWith(")") ? rest.slice(1, -1).trim() : rest;
  return satisfies("1.0", specifier) === undefined ? undefined : { name, specifier, hasMarker };
}

/**
 * What installers read otherwise than we do: they begin new lines, with options, at more characters than `\n`, put
 * variables of their own environment in place of `${NAME}`, and go on after a backslash.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones
const notForInstallers = /[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u2028\u2029$\\]/;

/** What keeps a line of a requirements.txt from being a package of the index; undefined when nothing does. */
export function requirementProblem(line: string): string | undefined {
  const found = line.length > 100 ? `${line.slice(0, 99)}…` : line;
  if (line.startsWith("-"))
    return `expected a package, found the option \`${found}\`; the index is set where Pave runs, other files are not read`;
  if (parseRequirement(line)?.specifier != null) return undefined;
  return `expected a package of the index such as \`pandas>=2\`, found \`${found}\``;
}

/** Lower case, dashes: PEP 503. */
export const normalizeName = (name: string): string => name.toLowerCase().replaceAll(/[-_.]+/g, "-");
