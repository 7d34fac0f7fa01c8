import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { databaseTests } from "./database-tests.ts";

const root = join(import.meta.dirname, "..");
const folders = ["packages/server/src/db", "packages/server/src/modules"];

test("what names the test database is found, and what reaches it by its house", () => {
  const found = databaseTests(folders);
  const naming = globSync(
    folders.map((folder) => `${folder}/**/*.test.ts`),
    { cwd: root },
  ).filter((file) => readFileSync(join(root, file), "utf8").includes("createTestDatabase("));
  expect(naming.length).toBeGreaterThan(20);
  expect(found).toEqual(expect.arrayContaining(naming));
  expect(found).toContain("packages/server/src/modules/plans/plans.test.ts");
});

test("rules that know no database are left out", () => {
  const rules = "packages/server/src/modules/plans/plan-rules.test.ts";
  expect(databaseTests(["packages/server/src/modules/plans"])).not.toContain(rules);
});
