import { access, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "kysely";
import { expect, it } from "vitest";
import { createContext } from "../../../db/context.ts";
import { createTestDatabase } from "../../../db/test-database.ts";
import { silentLogger } from "../../../kernel/logger.ts";
import { createPrincipal, getPrincipal } from "../../access/index.ts";
import { testProvisioner } from "../provisioner.suite.ts";
import { createLocalProvisioner } from "./local.ts";

testProvisioner("local", async () => {
  const folder = await mkdtemp(join(tmpdir(), "pave-resources-"));
  return {
    provisioner: createLocalProvisioner({ folder, database: true }),
    async exists(ctx, { type }, outputs) {
      if (outputs.path)
        return access(outputs.path).then(
          () => true,
          () => false,
        );
      if (outputs.principal)
        return getPrincipal(ctx, outputs.principal).then(
          () => true,
          () => false,
        );
      if (type === "quota") return true;
      const found = await sql`select 1 from pg_namespace where nspname = ${outputs.schema}`.execute(ctx.db);
      return found.rows.length === 1;
    },
    async fill(ctx, _wanted, outputs) {
      if (outputs.path) await writeFile(join(outputs.path, "kept"), "");
      if (outputs.schema) await sql`create table ${sql.id(outputs.schema, "kept")} (id int)`.execute(ctx.db);
      return outputs.path !== undefined || outputs.schema !== undefined;
    },
    close: () => rm(folder, { recursive: true, force: true }),
  };
}, ["identity", "quota"]);

it("a service account whose name is taken by a person is refused", async () => {
  const db = await createTestDatabase();
  const ctx = createContext(db.database, { log: silentLogger });
  await createPrincipal(ctx, { kind: "user", name: "flights.staging" });
  const provisioner = createLocalProvisioner({ folder: tmpdir(), database: false });
  const wanted = {
    projectId: "p",
    project: "flights",
    environment: "staging",
    type: "identity",
    name: "default",
    class: "default",
    limits: {},
  } as const;
  await expect(provisioner.apply(ctx, wanted, new AbortController().signal)).rejects.toMatchObject({
    code: "access.conflict",
  });
  expect(provisioner.types).not.toContain("postgres");
  await db.drop();
});
