import { emptyLatency, observeLatency } from "@pave/contract";
import { expect, test } from "vitest";
import { latencySamples } from "./latency-samples.ts";
import { processMetrics } from "./process-metrics.ts";
import { renderExposition } from "./render-exposition.ts";
import { promtoolAt, seriesValue } from "./testing/promtool.ts";

const promtool = promtoolAt(process.env.PAVE_TEST_PROMTOOL);
const latency = emptyLatency();
for (const milliseconds of [0.01, 0.5, 0.5, 3, 70_000_000]) observeLatency(latency, milliseconds);
const families = [
  ...processMetrics("api"),
  {
    name: "pave_things_total",
    type: "counter",
    help: "Things with a \\ and\na new line.",
    samples: [{ labels: { name: 'a "b" \\ c\nd' }, value: 1 }],
  },
  { name: "pave_things_total", type: "counter", help: "of another module", samples: [{ value: 2.5 }] },
  { name: "pave_odd_ratio", type: "gauge", help: "Odd.", samples: [{ value: Number.NaN }] },
  { name: "pave_nothing", type: "gauge", help: "Without samples.", samples: [] },
  { name: "pave_wait_seconds", type: "histogram", help: "Waits.", samples: latencySamples({ at: "x" }, latency) },
] as const;
const text = renderExposition(families);

test("families of one name stand together, values of labels are escaped, empty families are left out", () => {
  expect(text).toContain(
    '# HELP pave_things_total Things with a \\\\ and\\na new line.\n# TYPE pave_things_total counter\npave_things_total{name="a \\"b\\" \\\\ c\\nd"} 1\npave_things_total 2.5\n',
  );
  expect(text).toContain("pave_odd_ratio NaN\n");
  expect(text).not.toContain("pave_nothing");
});

test("a histogram counts up to each bound, in seconds, and the rest under +Inf", () => {
  const at = (le: string) => seriesValue(text, `pave_wait_seconds_bucket{at="x",le="${le}"}`);
  expect(["0.0000625", "0.0005", "0.004", "65.536", "+Inf"].map(at)).toEqual([1, 3, 4, 4, 5]);
  expect(seriesValue(text, 'pave_wait_seconds_count{at="x"}')).toBe(5);
  expect(seriesValue(text, 'pave_wait_seconds_sum{at="x"}')).toBeCloseTo(70_000.00401, 5);
  expect(text.match(/pave_wait_seconds_bucket/g)).toHaveLength(22);
});

test.skipIf(!promtool.isThere)("Prometheus' own parser reads it and has nothing to say against its names", async () => {
  expect(await promtool.run(["check", "metrics"], text)).toEqual({ code: 0, said: "" });
  const wrong = await promtool.run(["check", "metrics"], "# TYPE a counter\na 1\n");
  expect(wrong.code).not.toBe(0);
});
