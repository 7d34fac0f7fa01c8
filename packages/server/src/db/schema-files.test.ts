import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkSchemaFiles } from "./schema-files.ts";
import { createTestDatabase, type TestDatabase } from "./test-database.ts";

describe("schema files", () => {
  let empty: TestDatabase;
  beforeAll(async () => {
    empty = await createTestDatabase({ migrated: false });
  });
  afterAll(() => empty.drop());

  it("are what the migrations make of an empty database", async () => {
    expect(await checkSchemaFiles(empty.url), "run: node scripts/dump-schema.ts").toEqual([]);
  });
});
