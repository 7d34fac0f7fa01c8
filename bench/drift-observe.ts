/**
 * What counting costs the gateway's hot path, in nanoseconds a row of 20 features and a prediction:
 *
 *     node bench/drift-observe.ts [--seconds 2]
 *
 * Rows come as objects of named features, as callers send them, and as lists; heap growth shows that counting itself
 * allocates nothing.
 */
import { parseArgs } from "node:util";
import { judgeWindow, ProfileBuilder, WindowCounts } from "@pave/contract/drift";

const { values } = parseArgs({ options: { seconds: { type: "string", default: "2" } } });
const kinds = ["numeric", "numeric", "numeric", "categorical", "boolean"] as const;
const columns = Array.from({ length: 20 }, (_, index) => ({
  name: `feature${index}`,
  kind: kinds[index % kinds.length] ?? "numeric",
}));
const categories = Array.from({ length: 200 }, (_, index) => `category ${index}`);

let state = 1;
const random = () => {
  state = (state * 48271) % 2147483647;
  return state / 2147483647;
};
const value = (kind: (typeof kinds)[number]): unknown => {
  if (random() < 0.01) return null;
  if (kind === "numeric") return random() * 100;
  return kind === "boolean" ? random() < 0.3 : categories[Math.floor(random() ** 2 * 200)];
};
// through JSON, as the gateway gets them
const rows: Record<string, unknown>[] = JSON.parse(
  JSON.stringify(
    Array.from({ length: 4096 }, () => Object.fromEntries(columns.map(({ name, kind }) => [name, value(kind)]))),
  ),
);
// with a null among them, or the list would hold bare doubles and taking one out would allocate
const predictions: unknown[] = rows.map((_, index) => (index === 0 ? null : random()));

const builder = new ProfileBuilder(columns, { prediction: "numeric" });
for (const [index, row] of rows.entries()) builder.add(row, predictions[index]);
const profile = builder.build();
const lists = rows.map((row) => columns.map(({ name }) => row[name]));

const counts = new WindowCounts(profile);
const measured = [
  ["named features", (at: number) => counts.observe(rows[at] as Record<string, unknown>, predictions[at])],
  ["a list of values", (at: number) => counts.observeValues(lists[at] as unknown[], predictions[at])],
] as const;
for (const [name, observe] of measured) {
  for (let at = 0; at < 200_000; at += 1) observe(at & 4095);
  const heap = process.memoryUsage().heapUsed;
  // the quickest round: other processes can only make it slower
  let [best, done] = [Number.POSITIVE_INFINITY, 0];
  const end = performance.now() + Number(values.seconds) * 1000;
  while (performance.now() < end) {
    const began = performance.now();
    for (let at = 0; at < 1000; at += 1) observe(at & 4095);
    best = Math.min(best, ((performance.now() - began) * 1e6) / 1000);
    done += 1000;
  }
  const grown = (process.memoryUsage().heapUsed - heap) / done;
  print(`${name.padEnd(18)}${best.toFixed(0).padStart(6)} ns a row, ${grown.toFixed(2)} bytes of heap a row`);
}

const json = JSON.stringify(counts);
print(`profile ${JSON.stringify(profile).length} bytes of JSON, a window's counts ${json.length}`);
const began = performance.now();
for (let round = 0; round < 200; round += 1) judgeWindow(counts);
print(`judging a window of 20 columns ${((performance.now() - began) / 200).toFixed(2)} ms`);

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
