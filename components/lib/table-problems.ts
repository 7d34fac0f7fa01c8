/** What is said of any table that cannot be used, in the words of the file. */
import { closest } from "./closest.ts";
import { fail, firstLine, StepError } from "./step.ts";

/** What messages need of a source. */
export interface NamedSource {
  readonly place: string;
  readonly path: string;
}

export function unreadable(source: NamedSource, expected: string, error: unknown): StepError {
  const found = firstLine(messageOf(error)).replaceAll(source.path, source.place);
  return new StepError(`${source.place}: expected ${expected}, found ${found}; check the file and its ending`);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

export function failEmpty(source: NamedSource): never {
  fail(source.place, { expected: "at least one row", found: "an empty table", fix: "check what wrote the file" });
}

/** Column names are compared as SQL compares them: without upper and lower case. */
export function failOnDuplicates(place: string, names: readonly string[]): void {
  const seen = new Map<string, string>();
  for (const name of names) {
    const earlier = seen.get(name.toLowerCase());
    if (earlier !== undefined && name !== "") {
      fail(place, {
        expected: "every column name once",
        found: earlier === name ? `\`${name}\` twice` : `\`${earlier}\` and \`${name}\`, the same name in SQL`,
        fix: "rename one of them",
      });
    }
    seen.set(name.toLowerCase(), name);
  }
}

export function failMissingColumn(place: string, wanted: string, names: readonly string[]): never {
  const shown = names.slice(0, 20).join(", ");
  const alike = closest(wanted, names);
  fail(place, {
    expected: `a column \`${wanted}\``,
    found: names.length > 20 ? `${shown} and ${names.length - 20} more` : shown,
    fix: alike === undefined ? "name one of these columns" : `did you mean \`${alike}\`?`,
  });
}
