import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type GroundTruth, truthMetrics } from "@pave/contract";
import { sql } from "kysely";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Ctx, createContext } from "../../db/context.ts";
import { createTestDatabase, type TestDatabase } from "../../db/test-database.ts";
import { newId } from "../../kernel/ids.ts";
import { silentLogger } from "../../kernel/logger.ts";
import { type ArtifactStore, createFolderStore, dropAbandonedWrites } from "../artifacts/index.ts";
import { compareTruth } from "./compare-truth.ts";
import { createGroundTruth, type GroundTruthModule } from "./create-ground-truth.ts";
import { compactLog } from "./request-log/compact-log.ts";
import { bodyOf, logPart, predictionId, type TruthDeployment, truthDeployment } from "./testing/truth-deployment.ts";
import { truthOf } from "./truth-of.ts";

let db: TestDatabase;
let ctx: Ctx;
let folder: string;
let groundTruth: GroundTruthModule;
let store: ArtifactStore;
let made: TruthDeployment;
const start = "2026-03-11T12:00:00.000Z";
let now = Date.parse(start);
const day = 86_400_000;

beforeAll(async () => {
  db = await createTestDatabase();
  ctx = createContext(db.database, { log: silentLogger, clock: { now: () => new Date(now) } });
  folder = await mkdtemp(join(tmpdir(), "pave-truth-"));
  store = await createFolderStore({ folder });
  groundTruth = createGroundTruth({
    store,
    retention: { predictionDays: 90, logDays: 30 },
    apiUrl: () => "http://127.0.0.1:4700",
  });
});
afterAll(async () => {
  await db.drop();
  await rm(folder, { recursive: true });
});
beforeEach(async () => {
  now = Date.parse(start);
  made = await truthDeployment(ctx);
});

const key = () => ({ projectId: made.deployment.projectId, environment: "production", name: "late" });
const send = (labels: readonly (GroundTruth | string)[], { correct = false } = {}) =>
  groundTruth.receive(ctx, key(), {
    correct,
    body: bodyOf(labels.map((label) => (typeof label === "string" ? label : JSON.stringify(label))).join("\n")),
  });
const show = (by: "hour" | "day" | "week" = "week") => groundTruth.show(ctx, key(), { by, windows: 26 });
const ids = (count: number, time: number = now) => Array.from({ length: count }, () => predictionId(time));
const log = (rows: Parameters<typeof logPart>[1], options: Parameters<typeof logPart>[2] = {}) =>
  groundTruth.ingestLog(ctx, logPart(made, rows, options));

describe("ground truth", () => {
  it("joins labels with predictions and measures the weeks that outcomes belong to", async () => {
    const [week1, week2] = [ids(200), ids(200)];
    await log(
      [...week1, ...week2].map((id) => ({ id, score: 0.2 })),
      { seen: 800 },
    );
    const labels = [
      ...week1.map((predictionId, index) => ({ predictionId, value: index % 5 === 0, at: "2001-06-05" })),
      ...week2.map((predictionId, index) => ({ predictionId, value: index % 2 === 0, at: "2001-06-12T10:00:00Z" })),
    ];
    expect(await send(labels)).toMatchObject({ received: 400, accepted: 400, pending: 0, problems: [] });
    const shown = await show();
    expect(shown).toMatchObject({ kind: "binary", positive: "true", logged: 400, loggedShare: 0.5, pending: 0 });
    expect(shown.windows).toMatchObject([
      {
        start: "2001-06-04T00:00:00.000Z",
        end: "2001-06-11T00:00:00.000Z",
        releases: [1],
        rows: 200,
        coverage: 1,
        actual: { value: 0.2 },
        predicted: { value: expect.closeTo(0.2, 9) },
      },
      { start: "2001-06-11T00:00:00.000Z", rows: 200, actual: { value: 0.5 }, gap: { value: expect.closeTo(0.3, 9) } },
    ]);
    expect(shown.finding?.text).toContain("30.0 points above");
    expect(shown.markers).toEqual([{ at: "2001-06-04T00:00:00.000Z", release: 1, modelVersion: "1" }]);
  });

  it("keeps the first of two labels that contradict each other, unless told to correct", async () => {
    const [id = ""] = ids(1);
    await log([{ id }]);
    expect(await send([{ predictionId: id, value: false }])).toMatchObject({ accepted: 1 });
    expect(await send([{ predictionId: id, value: "FALSE" }])).toMatchObject({ accepted: 0, duplicate: 1 });
    const contradicted = await send([{ predictionId: id, value: true }]);
    expect(contradicted).toMatchObject({ accepted: 0, contradicting: 1, problems: [{ line: 1 }] });
    expect((await show("day")).windows[0]).toMatchObject({ rows: 1, actual: { value: 0 } });
    expect((await show()).contradictions).toMatchObject([{ predictionId: id, kept: "false", found: "true" }]);

    expect(await send([{ predictionId: id, value: 1 }], { correct: true })).toMatchObject({ corrected: 1 });
    const corrected = await show("day");
    expect(corrected.windows).toHaveLength(1);
    expect(corrected.windows[0]).toMatchObject({ rows: 1, actual: { value: 1 } });
    expect(corrected.counts).toMatchObject({ received: 4, accepted: 1, duplicate: 1, contradicting: 1, corrected: 1 });
  });

  it("counts what one body says twice about a row", async () => {
    const [id = ""] = ids(1);
    await log([{ id }]);
    const said = [true, true, false].map((value) => ({ predictionId: id, value }));
    expect(await send(said)).toMatchObject({ received: 3, accepted: 1, duplicate: 1, contradicting: 1 });
    const last = await send([...said, { predictionId: id, value: false }], { correct: true });
    expect(last).toMatchObject({ received: 4 });
    expect((await show("day")).windows[0]).toMatchObject({ rows: 1, actual: { value: 0 } });
  });

  it("holds labels that come before their prediction, and joins them when it comes", async () => {
    const [early = "", never = "", wrong = ""] = ids(3);
    await log(ids(1).map((id) => ({ id })));
    expect(await send([early, never].map((predictionId) => ({ predictionId, value: true })))).toMatchObject({
      pending: 2,
      accepted: 0,
    });
    await log([{ id: early, score: 0.9 }]);
    expect(await show("day")).toMatchObject({ pending: 1, windows: [{ rows: 1, predicted: { value: 0.9 } }] });

    // in one moment: neither sees the other
    await sql`insert into predictions (deployment_id, at, prediction_id, row_number, release_id, score)
      values (${made.deployment.id}, ${new Date(now)}, ${never}, 0, ${made.releaseIds[0]}, 0.5)`.execute(ctx.db);
    await groundTruth.joinPending(ctx);
    expect(await show("day")).toMatchObject({ pending: 0, windows: [{ rows: 2 }] });

    const other = await truthDeployment(ctx);
    made = other;
    await send([{ predictionId: wrong, value: "tomorrow" }]);
    await log([{ id: wrong }]);
    expect(await show("day")).toMatchObject({ pending: 0, windows: [], counts: { wrongType: 1, pending: 0 } });

    await send([{ predictionId: predictionId(now), value: true }]);
    now += 9 * day;
    await groundTruth.prune(ctx);
    expect((await show()).pending).toBe(0);
  });

  it("refuses what is no label, each with its line", async () => {
    const [id = ""] = ids(1);
    await log([{ id }]);
    const answer = await send([
      "{",
      { predictionId: "4711", value: true },
      { predictionId: predictionId(now + 2 * 3_600_000), value: true },
      { predictionId: predictionId(now - 365 * day), value: true },
      { predictionId: id, value: "soon" },
      JSON.stringify({ predictionId: id, value: { is: true } }),
      JSON.stringify({ predictionId: id, value: true, when: 1 }),
      { predictionId: id, value: true, at: "2999-01-01T00:00:00Z" },
      { predictionId: id, value: true, at: "0000-01-01" },
      JSON.stringify({ predictionId: id, row: -1, value: true }),
      "",
      { predictionId: id, value: true },
    ]);
    expect(answer).toMatchObject({
      received: 11,
      accepted: 1,
      unknown: 2,
      tooLate: 1,
      wrongType: 2,
      malformed: 5,
    });
    expect(answer.problems.map(({ line }) => line).sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    const text = answer.problems.map(({ message }) => message).join("\n");
    expect(text).toContain("predictions are kept for 90 days");
    expect(text).toContain('expected false or true, found the string "soon"');
    await expect(send([])).rejects.toMatchObject({ code: "request.invalid" });
    await expect(groundTruth.receive(ctx, key(), { correct: false, body: bodyOf("[1, 2") })).rejects.toMatchObject({
      code: "request.invalid",
    });
  });

  it("measures what numbers there are, however large others are", async () => {
    const answers = { kind: "number" } as const;
    const [small = "", large = "", larger = "", other = ""] = ids(4);
    await log(
      [small, large, larger, other].map((id) => ({ id, label: null, score: id === other ? 1e300 : 2 })),
      { answers },
    );
    for (const [predictionId, value] of [
      [large, 1e70],
      [larger, -1e70],
      [other, 3],
    ] as const)
      expect(await send([{ predictionId, value }])).toMatchObject({ accepted: 1 });
    expect(await send([{ predictionId: small, value: 1e300 }])).toMatchObject({ wrongType: 1 });
    expect(await send([{ predictionId: small, value: 4 }])).toMatchObject({ accepted: 1 });
    expect((await show("day")).windows[0]).toMatchObject({ rows: 4 });
  });

  it("knows no prediction of another deployment", async () => {
    const [id = ""] = ids(1);
    await log([{ id }]);
    const first = made;
    made = await truthDeployment(ctx);
    expect(await send([{ predictionId: id, value: true }])).toMatchObject({ accepted: 0, pending: 1 });
    made = first;
    expect(await send([{ predictionId: id, value: false }])).toMatchObject({ accepted: 1, contradicting: 0 });
  });

  it("takes a part of the log once, however often it comes", async () => {
    const [id = ""] = ids(1);
    const part = newId();
    await log([{ id }], { part });
    expect(await log([{ id }], { part })).toEqual({ acknowledged: [part] });
    // alone, and beside a new one
    await groundTruth.ingestLog(
      ctx,
      `${logPart(made, [{ id }], { part })}\n${logPart(
        made,
        ids(1).map((id) => ({ id })),
      )}`,
    );
    expect((await show()).logged).toBe(2);
    expect((await groundTruth.listLog(ctx, key())).waitingRows).toBe(2);
    await expect(groundTruth.ingestLog(ctx, "nonsense")).rejects.toMatchObject({ code: "request.invalid" });
  });

  it("tells coverage of what should be known by now, and the age of labels", async () => {
    made = await truthDeployment(ctx, { truthDelayMs: day });
    const [old, fresh] = [ids(10, now - 3 * day), ids(10)];
    await log([...old, ...fresh].map((id) => ({ id })));
    await send(old.slice(0, 4).map((predictionId) => ({ predictionId, value: true })));
    await send(fresh.slice(0, 1).map((predictionId) => ({ predictionId, value: true })));
    const { windows, delaySeconds } = await show("day");
    expect(delaySeconds).toBe(86_400);
    expect(windows).toMatchObject([
      { rows: 4, missing: 6, coverage: 0.4, labelAge: { p50: expect.any(Number) } },
      { rows: 1, missing: 0, coverage: 1 },
    ]);
    expect(windows[0]?.labelAge?.p50).toBeGreaterThan(3 * 86_400 * 0.99);
    expect(windows[0]?.labelAge?.p50).toBeLessThan(3 * 86_400 * 1.5);
  });

  it("compares two releases by what they answered since then, whenever the outcomes are of", async () => {
    const [before, beside, after] = [ids(50, now - 60_000), ids(50, now - 2000), ids(50, now - 1000)];
    await log([...before, ...beside].map((id) => ({ id, score: 0.2 })));
    await log(
      after.map((id) => ({ id, score: 0.6 })),
      { release: 1 },
    );
    const value = (index: number) => index % 2 === 0;
    await send([...before, ...beside].map((predictionId, index) => ({ predictionId, value: value(index) })));
    const [deploymentId, since] = [made.deployment.id, new Date(now - 30_000)];
    const [stableReleaseId = "", candidateReleaseId = ""] = made.releaseIds;
    const pair = { deploymentId, stableReleaseId, candidateReleaseId, since };
    expect(await compareTruth(ctx, pair)).toBeUndefined();
    expect(await truthOf(ctx, { deploymentId, since, releaseId: candidateReleaseId })).toMatchObject({
      rows: 0,
      gap: undefined,
    });
    await send(after.map((predictionId, index) => ({ predictionId, value: value(index), at: "2001-06-05" })));
    const compared = await compareTruth(ctx, pair);
    expect(compared).toMatchObject({
      candidate: { rows: 50, actual: 0.5, predicted: expect.closeTo(0.6, 9), accuracy: expect.any(Number) },
      stable: { rows: 50, actual: 0.5, predicted: expect.closeTo(0.2, 9), gap: expect.closeTo(0.3, 9) },
    });
    expect(truthMetrics).toEqual(expect.arrayContaining(Object.keys(compared?.candidate ?? {})));
    const all = await compareTruth(ctx, { ...pair, since: new Date(now - day) });
    expect(all?.stable.rows).toBe(100);
  });

  it("tells the ledger once for each body", async () => {
    const some = ids(3);
    await log(some.map((id) => ({ id })));
    await send(some.map((predictionId) => ({ predictionId, value: true })));
    const events = await ctx.db
      .selectFrom("ledger_events")
      .select(["type", "data"])
      .where("subject_id", "=", made.deployment.id)
      .execute();
    expect(events).toMatchObject([{ type: "ground-truth.received", data: { counts: { accepted: 3 } } }]);
  });

  it("forgets predictions and their outcomes when they are too old", async () => {
    const [old = "", fresh = ""] = [predictionId(now - 89 * day), predictionId(now)];
    await log([{ id: old }, { id: fresh }]);
    await send([old, fresh].map((predictionId) => ({ predictionId, value: true })));
    now += 2 * day;
    await groundTruth.prune(ctx);
    const { rows } = await sql<{ id: string }>`select prediction_id as id from predictions
      where deployment_id = ${made.deployment.id} union all select prediction_id from outcomes
      where deployment_id = ${made.deployment.id}`.execute(ctx.db);
    expect(rows.map(({ id }) => id)).toEqual([fresh, fresh]);
    // what they added up to stays
    expect((await show("day")).windows).toHaveLength(2);
    expect(await send([{ predictionId: old, value: false }])).toMatchObject({ tooLate: 1 });
  });

  it("makes files of the others' requests where one deployment's cannot be read", async () => {
    await sql`delete from request_log_spool`.execute(ctx.db);
    const bad = made;
    await log([{ id: predictionId(now), features: { origin: "\ud800" } }]);
    made = await truthDeployment(ctx);
    await log([{ id: predictionId(now) }]);
    now += 2 * 3_600_000;
    await groundTruth.compact(ctx);
    expect(await groundTruth.listLog(ctx, key())).toMatchObject({ files: [{ rows: 1 }], waitingRows: 0 });
    made = bad;
    expect(await groundTruth.listLog(ctx, key())).toMatchObject({ files: [], waitingRows: 1 });
  });

  it("loses nothing and leaves nothing where a file is in the store and the process is killed before its row", async () => {
    await sql`delete from request_log_spool`.execute(ctx.db);
    const objects = async () =>
      (await readdir(join(folder, "objects"), { recursive: true, withFileTypes: true })).filter((each) =>
        each.isFile(),
      );
    const before = (await objects()).length;
    const sent = ids(3);
    await log(sent.map((id) => ({ id })));
    now += 2 * 3_600_000;
    // the bytes are there, and whoever wrote them never comes back
    let arrived: () => void;
    const written = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    let goOn: (key: string) => void = () => undefined;
    let lostKey = "";
    const stopping: ArtifactStore = {
      ...store,
      async put(bytes, options) {
        lostKey = await store.put(bytes, options);
        arrived();
        return new Promise((resolve) => {
          goOn = resolve;
        });
      },
    };
    const stopped = compactLog(ctx, stopping);
    await written;
    await sql`delete from leases where name = 'request-log-files'`.execute(ctx.db);
    expect(await objects()).toHaveLength(before + 1);
    expect(await groundTruth.listLog(ctx, key())).toMatchObject({ files: [], waitingRows: 3 });

    // the next one makes its own file; the other's is not touched while its writer may yet be there
    await groundTruth.compact(ctx);
    await dropAbandonedWrites(ctx, store);
    expect(await groundTruth.listLog(ctx, key())).toMatchObject({ files: [{ rows: 3 }], waitingRows: 0 });
    expect(await objects()).toHaveLength(before + 2);

    now += day + 1;
    await dropAbandonedWrites(ctx, store);
    expect(await store.has(lostKey)).toBe(false);
    expect(await objects()).toHaveLength(before + 1);

    // it was only very slow: of what was taken from it, it keeps nothing
    goOn(lostKey);
    await stopped;
    const shown = await groundTruth.listLog(ctx, key());
    expect(shown).toMatchObject({ files: [{ rows: 3 }], waitingRows: 0 });
    const opened = await groundTruth.openLogFile(ctx, key(), shown.files[0]?.id ?? "");
    opened.bytes.destroy();
    expect(await objects()).toHaveLength(before + 1);
    expect(await ctx.db.selectFrom("store_writes").select("key").execute()).toEqual([]);
  });

  it("keeps no file that was taken for abandoned while it was written", async () => {
    await sql`delete from request_log_spool`.execute(ctx.db);
    await log(ids(2).map((id) => ({ id })));
    now += 2 * 3_600_000;
    const slow: ArtifactStore = {
      ...store,
      async put(bytes, options) {
        now += day + 1;
        await dropAbandonedWrites(ctx, store);
        return store.put(bytes, options);
      },
    };
    await compactLog(ctx, slow);
    expect(await groundTruth.listLog(ctx, key())).toMatchObject({ files: [], waitingRows: 2 });
    await groundTruth.compact(ctx);
    expect(await groundTruth.listLog(ctx, key())).toMatchObject({ files: [{ rows: 2 }], waitingRows: 0 });
  });
});
