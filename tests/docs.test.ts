import { mkdtemp, readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startPlatform, type TestPlatform } from "./support/platform.ts";
import { blocksOf, runPage } from "./support/run-page.ts";

const docs = join(import.meta.dirname, "..", "docs");

/**
 * Pages whose commands are run as they stand, each in an empty folder; what the page says it prints must be printed.
 * `my-mlflow-model` needs MLflow's client: `any-model.test.ts` runs it.
 */
const pages = ["quickstart", "my-own-csv", "my-own-repository", "people"];

describe("the commands of the docs", { timeout: 900_000 }, () => {
  let platform: TestPlatform;
  beforeAll(async () => {
    platform = await startPlatform();
  }, 300_000);
  afterAll(() => platform?.remove());

  it.each(pages)("%s.md does what it says", async (page) => {
    const markdown = await readFile(join(docs, `${page}.md`), "utf8");
    const folder = await mkdtemp(join(platform.folder, `${page}-`));
    const run = await runPage(markdown, { folder, environment: { PAVE_HOME: platform.home } });
    expect(run, `docs/${page}.md:${run.line}\n${run.stderr}\n${run.stdout}`).toMatchObject({ code: 0 });
    for (const { text, line } of blocksOf(markdown).filter(({ language }) => language === "output"))
      for (const expected of text.trim().split("\n"))
        expect(`${run.stdout}${run.stderr}`, `docs/${page}.md:${line}`).toContain(expected.trim());
  });
});
