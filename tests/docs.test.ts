import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startPlatform, type TestPlatform } from "./support/platform.ts";
import { blocksOf, runPage } from "./support/run-page.ts";
import { tinyProject } from "./support/tiny-project.ts";

const docs = join(import.meta.dirname, "..", "docs");

/**
 * Pages whose commands are run as they stand, each in an empty folder; what the page says it prints must be printed.
 * `my-mlflow-model` needs MLflow's client: `any-model.test.ts` runs it.
 */
const pages = ["quickstart", "my-own-csv", "my-own-repository", "people"];

/** Pages whose reader stands in a project's folder, and has what is to be kept in files. */
const inProject: Readonly<Record<string, readonly string[]>> = {
  secrets: ["token.txt", "staging-token.txt"],
  // reading through one takes a database: connections.test.ts proves that
  connections: ["password.txt"],
};

describe("the commands of the docs", { timeout: 900_000 }, () => {
  let platform: TestPlatform;
  beforeAll(async () => {
    platform = await startPlatform();
  }, 300_000);
  afterAll(() => platform?.remove());

  it.each(pages)("%s.md does what it says", async (page) => {
    await runsAsItStands(page, await mkdtemp(join(platform.folder, `${page}-`)));
  });

  it.each(Object.entries(inProject))("%s.md does what it says in a project", async (page, files) => {
    const { folder } = await tinyProject(platform, `page-${page}`);
    for (const file of files) await writeFile(join(folder, file), `what is to be kept of ${file}\n`);
    await runsAsItStands(page, folder);
  });

  async function runsAsItStands(page: string, folder: string): Promise<void> {
    const markdown = await readFile(join(docs, `${page}.md`), "utf8");
    const run = await runPage(markdown, { folder, environment: { PAVE_HOME: platform.home } });
    expect(run, `docs/${page}.md:${run.line}\n${run.stderr}\n${run.stdout}`).toMatchObject({ code: 0 });
    for (const { text, line } of blocksOf(markdown).filter(({ language }) => language === "output"))
      for (const expected of text.trim().split("\n"))
        expect(`${run.stdout}${run.stderr}`, `docs/${page}.md:${line}`).toContain(expected.trim());
  }
});
