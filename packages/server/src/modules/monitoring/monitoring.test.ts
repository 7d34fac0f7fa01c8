import { createHmac } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { emptyLatency, projectSpecSchema } from "@pave/contract";
import { driftPolicySchema, ProfileBuilder, WindowCounts } from "@pave/contract/drift";
import { sql } from "kysely";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { acknowledgeAlert } from "./acknowledge-alert.ts";
import { listAlerts } from "./alert-store.ts";
import { deliverWebhooks } from "./deliver-webhooks.ts";
import { pruneMonitors } from "./prune-monitors.ts";
import { raiseAlerts, resolveAlerts } from "./raise-alerts.ts";
import { showMonitor, showMonitors } from "./show-monitor.ts";
import { WatchedHouse } from "./testing/watched-house.ts";
import { watchDeployments } from "./watch-deployments.ts";
import { watchSlo } from "./watch-slo.ts";
import { listDeliveries } from "./webhook-store.ts";
import { watchRules } from "./window-rules.ts";

let house: WatchedHouse;
let release: string;
const rules = {
  window: { rows: 500, shortestMs: 60_000, longestMs: 3_600_000 },
  policy: watchRules(null).policy,
};
const deps = { rulesOf: async () => rules };

/** Numbers that look drawn, the same each time. */
const drawn = (row: number, salt: number): number => {
  let x = Math.imul(row + 1, 0x9e3779b1) ^ Math.imul(salt, 0x85ebca6b);
  for (let round = 0; round < 2; round += 1) x = Math.imul(x ^ (x >>> 16), 0x45d9f3b);
  return ((x ^ (x >>> 16)) >>> 0) / 2 ** 32;
};
const rowOf = (row: number, salt: number, shift = 0) => ({
  distance: drawn(row, salt) * 2000 + shift,
  origin: ["ATL", "ORD", "LAX", "SEA"][Math.floor(drawn(row, salt + 1) * 4)],
});
const answerOf = (row: number, salt: number) => drawn(row, salt + 2) * 0.4;
const profile = (() => {
  const builder = new ProfileBuilder(
    [
      { name: "distance", kind: "numeric" },
      { name: "origin", kind: "categorical" },
    ],
    { prediction: "numeric" },
  );
  for (let row = 0; row < 5000; row += 1) builder.add(rowOf(row, 1), answerOf(row, 1));
  return builder.build();
})();

let salt = 10;
/** So many rows come in, a while passes, and the worker looks. */
async function pass({ rows = 600, shift = 0, answers = 0, minutes = 2, by = deps } = {}): Promise<void> {
  salt += 7;
  house.nowMs += 15_000;
  const counts = new WindowCounts(profile);
  for (let row = 0; row < rows; row += 1) counts.observe(rowOf(row, salt, shift), answerOf(row, salt) + answers);
  if (rows > 0) await house.reportRows(release, counts);
  house.nowMs += minutes * 60_000;
  await watchDeployments(by, house.ctx);
}
const monitor = () =>
  showMonitor(deps, house.ctx, { projectId: house.projectId, environment: "staging", name: "late" });
const alerts = (isUnresolved = true) => listAlerts(house.ctx, { projectId: house.projectId, isUnresolved });
const ledger = async () =>
  (await house.ctx.db.selectFrom("ledger_events").select(["type", "data"]).orderBy("id").execute()).filter(({ type }) =>
    type.startsWith("alert."),
  );

beforeAll(async () => {
  house = await WatchedHouse.create();
});
afterAll(() => house.close());
beforeEach(async () => {
  house.nowMs += 3_600_000;
  for (const table of ["alerts", "monitor_windows", "traffic_windows", "ledger_events"] as const)
    await house.ctx.db.deleteFrom(table).execute();
  release = await house.release(await house.version(profile));
  await house.activate(release);
  await watchDeployments(deps, house.ctx);
});

describe("a monitor", () => {
  it("says what it waits for, and judges when rows enough have come", async () => {
    expect(await showMonitors(deps, house.ctx, house.projectId)).toMatchObject([
      { deployment: "late", state: "too-few-rows", window: { rows: 0, neededRows: 500 }, judgedAt: null },
    ]);
    await pass({ rows: 300 });
    expect(await monitor()).toMatchObject({
      state: "too-few-rows",
      window: { rows: 300 },
      shown: { isJudged: false, rows: 300 },
      windows: [],
    });
    await pass({ rows: 300 });
    expect(await monitor()).toMatchObject({
      state: "ok",
      window: { rows: 0 },
      shown: { isJudged: true, rows: 600 },
      reference: { state: "ready", predictions: "held-out", rows: 5000 },
      windows: [{ rows: 600, status: "ok" }],
    });
    const { columns, prediction } = await monitor();
    expect(columns.map(({ column, status }) => [column, status]).sort()).toEqual([
      ["distance", "ok"],
      ["origin", "ok"],
    ]);
    for (const { cells, rest } of columns) {
      expect(rest).toBeNull();
      expect(cells.reduce((sum, cell) => sum + cell.reference, 0)).toBeCloseTo(1, 6);
      expect(cells.reduce((sum, cell) => sum + cell.traffic, 0)).toBeCloseTo(1, 6);
    }
    expect(prediction?.means.traffic).toBeCloseTo(0.2, 1);
    expect(await alerts()).toEqual([]);
  });

  it("ends the window of a quiet endpoint by time, without a verdict where rows are too few", async () => {
    await pass({ rows: 150, minutes: 70 });
    expect(await monitor()).toMatchObject({ state: "too-few-rows", windows: [{ rows: 150, status: "too-few-rows" }] });
    await pass({ rows: 0, minutes: 70 });
    expect((await monitor()).windows).toHaveLength(1);
  });

  it("of a version without a profile says why there is none", async () => {
    release = await house.release(await house.version());
    await house.activate(release);
    await watchDeployments(deps, house.ctx);
    expect(await monitor()).toMatchObject({
      state: "no-reference",
      reason: "this version of the model has no reference profile",
      shown: null,
      columns: [],
    });
  });

  it("of a reference with a constant and an empty column says so, and never that they are as before", async () => {
    const builder = new ProfileBuilder([
      { name: "distance", kind: "numeric" },
      { name: "origin", kind: "categorical" },
    ]);
    for (let row = 0; row < 500; row += 1) builder.add({ distance: 7 });
    const odd = builder.build();
    release = await house.release(await house.version(odd));
    await house.activate(release);
    await watchDeployments(deps, house.ctx);
    const counts = new WindowCounts(odd);
    for (let row = 0; row < 600; row += 1) counts.observe({ distance: 7, origin: "ATL" });
    house.nowMs += 15_000;
    await house.reportRows(release, counts);
    house.nowMs += 120_000;
    await watchDeployments(deps, house.ctx);
    const { columns, state } = await monitor();
    expect(Object.fromEntries(columns.map(({ column, status }) => [column, status]))).toEqual({
      distance: "constant-reference",
      origin: "no-reference",
    });
    expect(state).toBe("ok");
  });
});

describe("an alert", () => {
  it("opens when a shift lasts, is told once, and resolves when it is over", async () => {
    await pass({ shift: 800 });
    expect([(await monitor()).state, await alerts()]).toEqual(["watch", []]);
    await pass({ shift: 800 });
    await pass({ shift: 800 });
    const [alert, ...more] = await alerts();
    expect(more).toEqual([]);
    expect(alert).toMatchObject({
      kind: "inputs",
      severity: "ticket",
      state: "open",
      occurrences: 2,
      title: "staging/late: distance differs from the reference",
      reason: expect.stringMatching(
        /^distance: \d+ % of 600 values lie where the reference has no values|^distance: PSI/,
      ),
    });
    expect((await monitor()).columns[0]).toMatchObject({ column: "distance", effect: expect.any(Number) });

    const key = { projectId: house.projectId, number: alert?.number ?? 0 };
    const { state } = await acknowledgeAlert(house.ctx, { ...key, comment: "looking" });
    expect(state).toBe("acknowledged");
    await acknowledgeAlert(house.ctx, { ...key, comment: "again" });
    await pass();
    expect(await alerts()).toMatchObject([{ state: "acknowledged", comment: "looking" }]);
    await pass();
    expect(await alerts()).toEqual([]);
    expect((await ledger()).map(({ type }) => type)).toEqual(["alert.opened", "alert.acknowledged", "alert.resolved"]);
    expect((await monitor()).alerts).toBe(0);
  });

  it("of what a project tolerates or ignores never opens, and the column says so", async () => {
    const project = projectSpecSchema.parse({
      ...{ apiVersion: "pave/v1", kind: "project", name: "late", owner: "platform" },
      monitor: { drift: { reference: "train.split.train", thresholds: { psi: 50, unseen: 1 } } },
    });
    const tolerant = { rulesOf: async () => ({ ...rules, policy: watchRules(project).policy }) };
    const ignoring = { rulesOf: async () => ({ ...rules, policy: driftPolicySchema.parse({ ignore: ["distance"] }) }) };
    const key = { projectId: house.projectId, environment: "staging", name: "late" };
    expect((await showMonitor(tolerant, house.ctx, key)).thresholds).toEqual({
      ...{ psi: 50, missing: 0.02, unseen: 1, windows: 2, of: 3 },
    });
    for (const by of [tolerant, tolerant, ignoring, ignoring]) await pass({ shift: 800, by });
    expect([(await monitor()).state, await alerts()]).toEqual(["ok", []]);
    expect((await monitor()).columns.find(({ column }) => column === "distance")).toMatchObject({
      status: "ignored",
      rows: 600,
      reason: "the project ignores this column",
    });
    await pass({ shift: 800 });
    await pass({ shift: 800 });
    expect(await alerts()).toHaveLength(1);
  });

  it("of predictions is one of its own, and ends with the release", async () => {
    await pass({ answers: 0.17 });
    await pass({ answers: 0.17 });
    expect(await alerts()).toMatchObject([{ kind: "predictions", releaseId: release }]);
    const { prediction } = await monitor();
    expect(prediction).toMatchObject({ status: expect.stringMatching(/drift|unseen-values/) });
    release = await house.release(await house.version(profile));
    await house.activate(release);
    await watchDeployments(deps, house.ctx);
    expect(await alerts()).toEqual([]);
    const [ended] = await alerts(false);
    expect(ended?.resolution).toMatch(/^release \d+ is live now$/);
  });

  it("stays open while too few rows come to say that it is over", async () => {
    await pass({ shift: 800 });
    await pass({ shift: 800 });
    await pass({ rows: 50, minutes: 70 });
    await pass({ rows: 50, minutes: 70 });
    expect(await alerts()).toHaveLength(1);
  });

  it("that is not there is told with what to do", async () => {
    const missing = acknowledgeAlert(house.ctx, { projectId: house.projectId, number: 999, comment: "" });
    await expect(missing).rejects.toMatchObject({ code: "alert.not_found" });
  });
});

describe("service levels", () => {
  const traffic = (requests: number, errors5xx: number, slow = 0) => {
    const latency = emptyLatency();
    latency.buckets[10] = requests - slow;
    latency.buckets[60] = slow;
    return house.report(release, [], { requests, errors5xx, latency });
  };
  const slo = async () => {
    await watchSlo(house.ctx);
    return (await alerts()).map(({ kind, severity }) => [kind, severity]);
  };

  it("alert when the budget burns fast over a long and a short window at once, and resolve", async () => {
    await traffic(1000, 300, 0);
    expect(await slo()).toEqual([["availability", "page"]]);
    house.nowMs += 10 * 60_000;
    await traffic(1000, 0);
    // still so over the hour, no longer over five minutes: a ticket's windows see it for longer
    expect(await slo()).toEqual([["availability", "page"]]);
    house.nowMs += 7 * 3_600_000;
    await traffic(100_000, 0);
    expect(await slo()).toEqual([]);
    expect((await monitor()).slo).toMatchObject([{ name: "availability" }, { name: "latency" }]);
  });

  it("open a ticket anew once it is a page, tell that, and keep it one while it lasts", async () => {
    await traffic(1000, 25);
    expect(await slo()).toEqual([["availability", "ticket"]]);
    const [ticket] = await alerts();
    await acknowledgeAlert(house.ctx, { projectId: house.projectId, number: ticket?.number ?? 0, comment: "slowly" });
    await traffic(1000, 400);
    expect(await slo()).toEqual([["availability", "page"]]);
    expect(await alerts()).toMatchObject([{ id: ticket?.id, state: "open", acknowledgedById: null, comment: "" }]);
    house.nowMs += 10 * 60_000;
    await traffic(10_000, 200);
    expect(await slo()).toEqual([["availability", "page"]]);
    expect((await ledger()).map(({ type }) => type)).toEqual(["alert.opened", "alert.acknowledged", "alert.opened"]);
    expect((await listDeliveries(house.ctx, ticket?.id ?? "")).map(({ event }) => event)).toEqual([
      "alert.opened",
      "alert.acknowledged",
      "alert.opened",
    ]);
  });

  it("see slow answers, and are not moved by one failure of few", async () => {
    await traffic(500, 1, 0);
    expect(await slo()).toEqual([]);
    await traffic(500, 0, 300);
    expect(await slo()).toEqual([["latency", "page"]]);
  });
});

describe("the webhook", () => {
  const folder = mkdtempSync(join(tmpdir(), "pave-webhook-"));
  const secretFile = join(folder, "secret");
  const received: { headers: IncomingMessage["headers"]; body: string }[] = [];
  let status = 200;
  let server: Server;
  let url = "";
  beforeAll(async () => {
    writeFileSync(secretFile, "s3cret\n");
    server = createServer(async (request, response) => {
      received.push({ headers: request.headers, body: await text(request) });
      response.writeHead(status, { location: "http://127.0.0.1:1/elsewhere" }).end("thanks");
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
  });
  afterAll(async () => {
    await new Promise((resolve) => server.close(resolve));
    rmSync(folder, { recursive: true });
  });
  const deliver = (webhook = { url, secretFile }) =>
    deliverWebhooks(house.ctx, { webhook, portalUrl: () => "http://pave.test" });

  it("is told with a signature, again after a failure, and once", async () => {
    await house.ctx.db.deleteFrom("webhook_deliveries").execute();
    await pass({ shift: 800 });
    await pass({ shift: 800 });
    const [alert] = await alerts();
    status = 503;
    await deliver();
    status = 302;
    house.nowMs += 60_000;
    await deliver();
    expect(received).toHaveLength(2);
    expect(await listDeliveries(house.ctx, alert?.id ?? "")).toMatchObject([
      { state: "waiting", attempts: 2, lastStatus: 302, lastError: "expected an answer of 200 to 299, found 302" },
    ]);
    await deliver();
    expect(received).toHaveLength(2);

    await pass();
    await pass();
    status = 200;
    house.nowMs += 60_000;
    await deliver();
    await deliver();
    const events = received.slice(2).map(({ body }) => JSON.parse(body));
    expect(events.map(({ event }) => event)).toEqual(["alert.opened", "alert.resolved"]);
    const [first] = received.slice(2);
    const [, seconds = "", sent = ""] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(`${first?.headers["pave-signature"]}`) ?? [];
    expect(createHmac("sha256", "s3cret").update(`${seconds}.${first?.body}`).digest("hex")).toBe(sent);
    expect(Math.abs(Number(seconds) * 1000 - house.nowMs)).toBeLessThan(2000);
    expect(events[0]).toMatchObject({
      id: first?.headers["pave-delivery"],
      alert: {
        kind: "inputs",
        deployment: "late",
        url: `http://pave.test/projects/${house.project}/monitoring/alerts/${alert?.number}`,
      },
    });
    expect(received[0]?.body).toBe(first?.body);
    expect((await listDeliveries(house.ctx, alert?.id ?? "")).map(({ state }) => state)).toEqual([
      "delivered",
      "delivered",
    ]);
  });

  it("is not repeated with its name and password where it is refused for them", async () => {
    await house.ctx.db.deleteFrom("webhook_deliveries").execute();
    await pass({ shift: 800 });
    await pass({ shift: 800 });
    const [alert] = await alerts();
    await deliver({ url: "http://ada:hidden@127.0.0.1:65533/", secretFile });
    const [delivery] = await listDeliveries(house.ctx, alert?.id ?? "");
    expect(delivery).toMatchObject({
      state: "waiting",
      lastError: expect.stringContaining("has a name and a password"),
    });
    expect(delivery?.lastError).not.toContain("hidden");
  });

  it("that cannot be reached, or has no secret, is tried again and then given up", async () => {
    await house.ctx.db.deleteFrom("webhook_deliveries").execute();
    await pass({ shift: 800 });
    await pass({ shift: 800 });
    const [alert] = await alerts();
    const deliveries = () => listDeliveries(house.ctx, alert?.id ?? "");
    await deliver({ url: "http://127.0.0.1:65533/", secretFile });
    expect(await deliveries()).toMatchObject([
      { lastStatus: null, lastError: expect.stringContaining("ECONNREFUSED") },
    ]);
    for (let attempt = 0; attempt < 15; attempt += 1) {
      house.nowMs += 3_600_000;
      await deliver({ url, secretFile: join(folder, "none") });
    }
    expect(await deliveries()).toMatchObject([
      { state: "failed", attempts: 12, lastError: expect.stringContaining("secret cannot be read") },
    ]);
  });
});

describe("what is over", () => {
  it("is forgotten after its days, in batches, and no number is given twice", async () => {
    const day = 86_400_000;
    const prune = () => pruneMonitors(house.ctx, { alertDays: 400, deliveryDays: 30 });
    const told = async () =>
      (await house.ctx.db.selectFrom("webhook_deliveries").select("event").orderBy("id").execute()).map(
        ({ event }) => event,
      );
    await house.ctx.db.deleteFrom("webhook_deliveries").execute();
    for (const shift of [800, 800, 0, 0, 800, 800]) await pass({ shift });
    const [open, first] = await alerts(false);
    expect([open?.state, first?.state]).toEqual(["open", "resolved"]);
    await house.ctx.db
      .updateTable("webhook_deliveries")
      .set({ state: "delivered" })
      .where("event", "=", "alert.opened")
      .execute();
    // as many of the first one as one batch does not take
    await sql`insert into webhook_deliveries (id, alert_id, event, payload, state, next_at, created_at)
      select 'old-' || n, ${first?.id}, 'alert.acknowledged', '{}', 'failed', now(), ${new Date(house.nowMs)}
      from generate_series(1, 2500) n`.execute(house.ctx.db);
    house.nowMs += 29 * day;
    await prune();
    expect(await told()).toHaveLength(2503);
    house.nowMs += 2 * day;
    await prune();
    expect(await told()).toEqual(["alert.resolved"]);

    house.nowMs += 400 * day;
    await prune();
    expect((await alerts(false)).map(({ id }) => id)).toEqual([open?.id]);
    await resolveAlerts(house.ctx, house.deploymentId, ["inputs"], "it is over");
    house.nowMs += 401 * day;
    await prune();
    expect((await alerts(false)).map(({ number }) => number)).toEqual([open?.number]);
    await raiseAlerts(house.ctx, { projectId: house.projectId, deploymentId: house.deploymentId, releaseId: release }, [
      { kind: "latency", severity: "page", title: "slow", reason: "slow", fix: "look", details: {} },
    ]);
    await prune();
    expect((await alerts(false)).map(({ number }) => number)).toEqual([(open?.number ?? 0) + 1]);
  });
});

describe("a model whose predictions go from 0.20 to 0.37", () => {
  it.each([
    { perSecond: 0.05, step: 10, name: "3 rows a minute" },
    { perSecond: 2, step: 1, name: "2 rows a second" },
    { perSecond: 100, step: 1, name: "100 rows a second" },
  ])("is found at $name by the rules that nobody has changed", async ({ perSecond, step, name }) => {
    const unchanged = watchRules(null);
    const defaults = { rulesOf: async () => unchanged };
    await watchDeployments(defaults, house.ctx);
    const began = house.nowMs;
    let rows = 0;
    for (let minute = 0; minute < 60 * 24 && (await alerts()).length === 0; minute += step) {
      house.nowMs += step * 60_000;
      const coming = Math.round(((house.nowMs - began) / 1000) * perSecond) - rows;
      const counts = new WindowCounts(profile);
      for (let row = 0; row < coming; row += 1) counts.observe(rowOf(rows + row, 5), answerOf(rows + row, 5) + 0.17);
      rows += coming;
      if (coming > 0) await house.reportRows(release, counts);
      house.nowMs += 20_000;
      await watchDeployments(defaults, house.ctx);
      house.nowMs -= 20_000;
    }
    const [alert] = await alerts();
    const minutes = (house.nowMs - began) / 60_000;
    process.stdout.write(`0.20 to 0.37 at ${name}: found after ${rows} rows, ${minutes} minutes\n`);
    expect(alert).toMatchObject({ kind: "predictions" });
    const windowsMinutes = Math.max(unchanged.window.shortestMs / 60_000, unchanged.window.rows / perSecond / 60);
    expect(minutes).toBeLessThanOrEqual(2 * (windowsMinutes + step) + 1);
  });
});
