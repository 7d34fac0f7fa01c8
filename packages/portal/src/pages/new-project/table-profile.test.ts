import { expect, test } from "vitest";
import { nameFromFile, parseTableProfile, targetChoices } from "./table-profile.ts";

test.each([
  ["My Flights (May).csv", "my-flights-may"],
  ["2026_sales.parquet", "sales"],
  ["données.csv.gz", "donn-es"],
  ["123.csv", ""],
])("a table %s suggests the project %s", (file, name) => {
  expect(nameFromFile(file)).toBe(name);
});

test("columns of two values are offered first as what to predict", () => {
  const column = (name: string, distinct: number) => ({ name, type: "string", missingShare: 0, distinct });
  const profile = parseTableProfile({ rows: 9, columns: [column("origin", 5), column("late", 2)], target: null });
  expect(targetChoices(profile).map(({ label }) => label)).toEqual(["late (two values)", "origin"]);
});
