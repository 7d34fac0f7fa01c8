import type { BenchResult } from "./result.ts";

/** Three digits that count, thousands apart. */
export const shown = (value: number): string =>
  value.toLocaleString("en", value >= 100 ? { maximumFractionDigits: 0 } : { maximumSignificantDigits: 3 });

const ratioOf = ({ ratio }: BenchResult): string => (ratio === null ? "" : `${shown(ratio)} ×`);

const rowOf = (result: BenchResult, peers: readonly string[]): string[] => [
  result.case,
  `${result.metric}, ${result.unit}`,
  shown(result.pave),
  ...peers.map((name) => (result.peers[name] === undefined ? "" : shown(result.peers[name]))),
  ratioOf(result),
  result.goal,
  result.met ? "yes" : "NO",
];

const peersOf = (results: readonly BenchResult[]): string[] => [
  ...new Set(results.flatMap(({ peers }) => Object.keys(peers))),
];

const headOf = (peers: readonly string[]): string[] => ["case", "metric", "Pave", ...peers, "ratio", "goal", "met"];

/** For a terminal: columns as wide as they must be. */
export function tableOf(results: readonly BenchResult[]): string {
  const peers = peersOf(results);
  const rows = [headOf(peers), ...results.map((result) => rowOf(result, peers))];
  const widths = headOf(peers).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? "").length)));
  const isNumber = (column: number) => column >= 2 && column <= 3 + peers.length;
  const cell = (text: string, column: number) =>
    isNumber(column) ? text.padStart(widths[column] ?? 0) : text.padEnd(widths[column] ?? 0);
  return `${rows.map((row) => row.map(cell).join("  ").trimEnd()).join("\n")}\n`;
}

/** For a page of the docs. */
export function markdownOf(results: readonly BenchResult[]): string {
  const peers = peersOf(results);
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  const rows = results.map((result) => line(rowOf(result, peers)));
  return `${[line(headOf(peers)), line(headOf(peers).map(() => "---")), ...rows].join("\n")}\n`;
}

export const jsonLines = (results: readonly BenchResult[]): string =>
  results.map((result) => `${JSON.stringify(result)}\n`).join("");
