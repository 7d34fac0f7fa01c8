import { type Ctx, createContext } from "../../../db/context.ts";
import { createTestDatabase } from "../../../db/test-database.ts";
import { silentLogger } from "../../../kernel/logger.ts";
import { ensureExperiment } from "../index.ts";

/** A database with a project, `flights`, and the project's own experiment. */
export async function createTrackingHouse(): Promise<{
  readonly ctx: Ctx;
  readonly experimentId: number;
  drop(): Promise<void>;
}> {
  const testDatabase = await createTestDatabase();
  const ctx = createContext(testDatabase.database, { log: silentLogger });
  await ctx.db
    .insertInto("projects")
    .values({ id: "p1", name: "flights", title: "Flights", owner: "ops", created_by: "u" })
    .execute();
  const { id: experimentId } = await ensureExperiment(ctx, { id: "p1", name: "flights" });
  return { ctx, experimentId, drop: () => testDatabase.drop() };
}
