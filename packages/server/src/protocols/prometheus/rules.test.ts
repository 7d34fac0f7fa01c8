import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { promtoolAt } from "../../kernel/metrics/testing/promtool.ts";

const promtool = promtoolAt(process.env.PAVE_TEST_PROMTOOL);
const docs = join(import.meta.dirname, "..", "..", "..", "..", "..", "docs");
const folder = join(docs, "prometheus");

test.skipIf(!promtool.isThere)(
  "the rules do what their own tests say, by Prometheus' own tool",
  { timeout: 120_000 },
  async () => {
    expect((await promtool.run(["check", "rules", join(folder, "pave.rules.yml")])).said).toMatch(
      /SUCCESS: \d+ rules found/,
    );
    for (const name of ["pave.rules.test.yml", "pave.rules.days.test.yml"]) {
      const tested = await promtool.run(["test", "rules", join(folder, name)]);
      expect(tested.said).toContain("SUCCESS");
      expect(tested.code).toBe(0);
    }
  },
);

test("every alert has a severity and a section of the docs that says what to do", async () => {
  const rules = await readFile(join(folder, "pave.rules.yml"), "utf8");
  const page = await readFile(join(docs, "prometheus.md"), "utf8");
  const anchors = new Set(
    [...page.matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) => heading.toLowerCase().replace(/[^\w]+/g, "-")),
  );
  const alerts = rules.split("- alert: ").slice(1);
  expect(alerts.length).toBeGreaterThan(10);
  for (const alert of alerts) {
    expect(alert).toMatch(/severity: (page|ticket)/);
    expect(anchors).toContain(/runbook: \/docs\/prometheus#(.+)/.exec(alert)?.[1]);
  }
});
