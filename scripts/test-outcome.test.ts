import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";

const root = join(import.meta.dirname, "..");

let folder: string;
beforeEach(async () => {
  // below the repository: a test file there finds vitest
  folder = await mkdtemp(join(root, "node_modules", ".pave-test-outcome-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function outcomeOf(files: Readonly<Record<string, string>>) {
  for (const [name, text] of Object.entries(files))
    await writeFile(join(folder, name), `import { expect, test } from "vitest";\n${text}\n`);
  const outcome = join(folder, "outcome.json");
  const vitest = join(root, "node_modules", "vitest", "vitest.mjs");
  const config = `import { testOutcome } from ${JSON.stringify(join(root, "scripts", "test-outcome.ts"))};
    export default { test: { reporters: [testOutcome] } };`;
  await writeFile(join(folder, "vitest.config.ts"), config);
  const child = spawn(process.execPath, [vitest, "run", `--root=${folder}`], {
    stdio: "ignore",
    env: { ...process.env, PAVE_TEST_OUTCOME: outcome },
  });
  const [code] = await once(child, "close");
  return { code, ...JSON.parse(await readFile(outcome, "utf8")) };
}

test("files that failed are named, in a test or before any", async () => {
  const found = await outcomeOf({
    "good.test.mjs": 'test("a", () => {}); test.skip("b", () => {});',
    "bad.test.mjs": 'test("a", () => expect(1).toBe(2)); test("b", () => {});',
    "worse.test.mjs": 'throw new Error("before any test");',
  });
  expect(found).toMatchObject({ code: 1, passed: 2, failed: 1, skipped: 1, strayErrors: 0 });
  expect(found.failedFiles.toSorted()).toEqual([join(folder, "bad.test.mjs"), join(folder, "worse.test.mjs")]);
});

test("a file that ran while an error came that belongs to no test is named beside those that failed", async () => {
  const found = await outcomeOf({
    "stray.test.mjs":
      'test("a", async () => { void Promise.reject(new Error("stray")); await new Promise(setImmediate); });',
    "bad.test.mjs": 'test("a", () => expect(1).toBe(2));',
  });
  expect(found).toMatchObject({ code: 1, failed: 1, strayErrors: 0 });
  expect(found.failedFiles.toSorted()).toEqual([join(folder, "bad.test.mjs"), join(folder, "stray.test.mjs")]);
});
