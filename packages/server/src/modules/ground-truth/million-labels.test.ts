import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { sql } from "kysely";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createContext } from "../../db/context.ts";
import { createTestDatabase, type TestDatabase } from "../../db/test-database.ts";
import { silentLogger } from "../../kernel/logger.ts";
import { createGroundTruth } from "./create-ground-truth.ts";
import { logPart, predictionId, truthDeployment } from "./testing/truth-deployment.ts";

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.drop());

const labels = 1_000_000;
const distinct = 50_000;

it("a million labels in one body go through, in memory that does not grow with them", {
  timeout: 600_000,
}, async () => {
  const ctx = createContext(db.database, { log: silentLogger });
  const made = await truthDeployment(ctx);
  const groundTruth = createGroundTruth({
    store: {
      name: "none",
      newKey: () => "",
      put: async () => "",
      get: async () => undefined,
      has: async () => false,
      delete: async () => {},
      check: async () => {},
    },
    retention: { predictionDays: 90, logDays: 30 },
    apiUrl: () => "",
  });
  const id = predictionId(Date.now());
  await groundTruth.ingestLog(ctx, logPart(made, [{ id: predictionId(Date.now()) }]));
  await sql`insert into predictions (deployment_id, at, prediction_id, row_number, release_id, score, label)
    select ${made.deployment.id}, to_timestamp(${Number.parseInt(id.replaceAll("-", "").slice(0, 12), 16)} / 1000.0), ${id}::uuid, n,
      ${made.releaseIds[0]}, 0.2, 'false' from generate_series(0, ${distinct - 1}) n`.execute(ctx.db);

  let most = 0;
  let before = 0;
  const body = async function* () {
    for (let from = 0; from < labels; from += 1000) {
      let text = from === 0 ? "[" : ",";
      for (let at = from; at < from + 1000; at += 1)
        text += `${at === from ? "" : ","}{"predictionId": "${id}", "row": ${at % distinct}, "value": ${at % 5 === 0}}`;
      if (from % (labels / 10) === 0) {
        const kept = keptBytes();
        // after the first tenth: from there on nothing may grow, whatever this process needed to get going
        if (from <= labels / 10) before = kept;
        most = Math.max(most, kept);
      }
      yield Buffer.from(from + 1000 < labels ? text : `${text}]`);
    }
  };
  const started = performance.now();
  const key = { projectId: made.deployment.projectId, environment: "production", name: "late" };
  const answer = await groundTruth.receive(ctx, key, { correct: false, body: body() });
  const [seconds, grownMiB] = [(performance.now() - started) / 1000, (most - before) / 2 ** 20];
  console.log(`${labels} labels in ${seconds.toFixed(1)} s, ${grownMiB.toFixed(0)} MiB more kept at most`);

  expect(answer).toMatchObject({ received: labels, accepted: distinct, duplicate: labels - distinct, problems: [] });
  // what follows has 70 MB as text, and several times that as objects
  expect(grownMiB).toBeLessThan(30);
  expect((await groundTruth.show(ctx, key, { by: "day", windows: 5 })).windows[0]).toMatchObject({
    rows: distinct,
    actual: { value: 0.2 },
  });
});

/** What is in use once all that can go has gone: how much room the process has taken says more of the machine. */
function keptBytes(): number {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
