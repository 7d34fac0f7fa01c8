import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { markdownOf } from "./print-results.ts";
import type { BenchResult } from "./result.ts";

const page = join(import.meta.dirname, "..", "..", "docs", "benchmarks.md");

/** Puts a bench's table between its marks in docs/benchmarks.md, with the date and the machine. */
export async function writeDocs(
  bench: string,
  { results, machine, abouts }: { results: readonly BenchResult[]; machine: string; abouts: readonly string[] },
): Promise<void> {
  const text = await readFile(page, "utf8");
  const [begin, end] = [`<!-- ${bench}: begin -->`, `<!-- ${bench}: end -->`];
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`docs/benchmarks.md has no place for ${bench}: ${begin} … ${end}`);
  const date = new Intl.DateTimeFormat("en-GB", { dateStyle: "long", timeZone: "UTC" }).format(new Date());
  const said = `${date}, on ${machine}. ${abouts.join("; ")}.`;
  await writeFile(page, `${text.slice(0, from)}${begin}\n${said}\n\n${markdownOf(results)}${text.slice(to)}`);
}
