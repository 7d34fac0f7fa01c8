import { counted, type ImportReport } from "@pave/contract";
import { colors, table } from "../output.ts";

export const kinds = [
  "experiments",
  "runs",
  "metric points",
  "files",
  "logged models",
  "registered models",
  "model versions",
  "aliases",
] as const;
export type Kind = (typeof kinds)[number];

type Count = "copied" | "there" | "changed";

/** What became of everything that was read. */
export interface Tally {
  add(kind: Kind, what: Count, count?: number): void;
  /** Something of the source stays out. */
  skip(kind: Kind, name: string, reason: string): void;
  /** For the reader of the report; said once. */
  note(text: string): void;
  /** In one line, for progress. */
  line(): string;
  report(): ImportReport;
}

const mostSkipped = 1000;

export function createTally(): Tally {
  const counts = Object.fromEntries(
    kinds.map((kind) => [kind, { copied: 0, there: 0, changed: 0, skipped: 0 }]),
  ) as Record<Kind, Record<Count | "skipped", number>>;
  const skipped: ImportReport["skipped"] = [];
  const notes = new Set<string>();
  return {
    add(kind, what, count = 1) {
      counts[kind][what] += count;
    },
    skip(kind, name, reason) {
      counts[kind].skipped += 1;
      if (skipped.length < mostSkipped)
        skipped.push({ kind, name: name.slice(0, 1000), reason: reason.slice(0, 2000) });
    },
    note: (text) => void notes.add(text.slice(0, 2000)),
    line() {
      const { runs, files } = counts;
      const done = runs.copied + runs.changed + runs.there;
      return [
        counted(done, "run"),
        counted(counts["metric points"].copied, "point"),
        counted(files.copied + files.there, "file"),
        counted(counts["model versions"].copied + counts["model versions"].there, "model version"),
      ].join(", ");
    },
    report: () => ({ counts, skipped, notes: [...notes].slice(0, 100) }),
  };
}

export const skippedOf = (report: ImportReport): number =>
  Object.values(report.counts).reduce((sum, { skipped }) => sum + skipped, 0);

const shown = 20;

/** The report as people read it. */
export function reportText({ counts, skipped, notes }: ImportReport): string {
  const rows = Object.entries(counts).map(
    ([kind, { copied, changed, there, skipped }]) => [kind, copied, changed, there, skipped] as const,
  );
  const more = skipped.length - shown;
  return [
    table(["", "copied", "changed", "already there", "skipped"], rows, ""),
    ...(skipped.length === 0 ? [] : ["", "Skipped:"]),
    ...skipped.slice(0, shown).map(({ kind, name, reason }) => `  ${kind}  ${name}: ${reason}`),
    ...(more > 0 ? [colors.dim(`  … and ${more} more: --json has the first ${mostSkipped}`)] : []),
    ...(notes.length === 0 ? [] : [""]),
    ...notes,
  ].join("\n");
}
