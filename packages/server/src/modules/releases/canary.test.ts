import type { PredictionComparison } from "@pave/contract/drift";
import { sql } from "kysely";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { inTransaction } from "../../db/context.ts";
import { waitingForLocks } from "../../db/waiting-for-locks.ts";
import type { ActionStep } from "../plans/index.ts";
import { findDeployment } from "../serving/index.ts";
import { releaseAction } from "./release-action.ts";
import type { ReleasePair, ReleasesDeps } from "./releases-deps.ts";
import { startCanary } from "./testing/canary-house.ts";
import { createReleaseHouse, type ReleaseHouse, type TestProject } from "./testing/release-house.ts";

// many turns of a worker each, on a machine that may be busy with other tests
vi.setConfig({ testTimeout: 120_000 });

let house: ReleaseHouse;
let test: TestProject;
beforeAll(async () => {
  house = await createReleaseHouse();
  await house.environment(
    "canary",
    'approvals: { quorum: 0 }\nrollout: { canary: [5, 25, 100], abortWhen: ["errorRate > 0.01"] }\n',
  );
});
afterAll(() => house.close());
beforeEach(async () => {
  test = await house.project();
});

const start = (rollout: object = {}) =>
  startCanary(house, test, "canary", { every: "1m", minRequests: 50, maxWait: "10m", ...rollout });
type Canary = Awaited<ReturnType<typeof start>>;
const fine = [{ requests: 950 }, { requests: 50 }] as const;
const minute = 60_000;

describe("a canary", () => {
  it("is not for the first release of a deployment, which has nothing to be compared with", async () => {
    await house.version(test, { auc: 0.6 }, { revisionId: await house.revision(test) });
    const plan = await house.release(test, "canary");
    expect(plan).toMatchObject({ state: "applied" });
    expect(plan.actions.at(-1)?.after).not.toHaveProperty("rollout");
    expect((await house.deployment(test, "canary")).rollout).toMatchObject({ kind: "immediate", step: null });
  });

  it("is part of the plan, with its steps and whose conditions they are", async () => {
    const { plan } = await start({ abortWhen: ["p99Ms > 500.0"] });
    const { actions } = await house.show(test, plan);
    expect(actions.at(-1)).toMatchObject({
      reason: expect.stringContaining("Canary: 5 % → 25 % → all, each step at least 1m and 50 requests"),
      after: {
        rollout: {
          canary: [5, 25, 100],
          abortWhen: [
            { check: "errorRate > 0.01", origin: "environment canary" },
            { check: "p99Ms > 500.0", origin: "project" },
          ],
        },
      },
    });
  });

  it("ends when the release beside it is taken back by the plan that made that", async () => {
    const canary = await start();
    await canary.ready();
    const { id } = await house.deployment(test, "canary");
    const made = await house.ctx.db
      .selectFrom("releases")
      .select("plan_id as id")
      .where("deployment_id", "=", id)
      .where("number", "=", 1)
      .executeTakeFirstOrThrow();
    const plan = { ...test, ...made, environment: "canary" };
    const step = { plan, action: { id: "release.late" } } as unknown as ActionStep;
    await releaseAction({} as ReleasesDeps).undo(house.ctx, step);
    expect(await canary.show()).toMatchObject({
      state: "aborted",
      message: "aborted at step 1 of 3 (5 %): release 1, which ran beside it, was taken back",
    });
    expect(await canary.weights()).toEqual([]);
    expect((await house.deployment(test, "canary")).active).toBeNull();
  });

  it("goes step by step to all of the traffic, each on a lease", async () => {
    const canary = await start();
    expect(await canary.show()).toMatchObject({
      kind: "canary",
      state: "preparing",
      steps: [{ state: "todo" }, {}, {}],
    });
    expect(await canary.weights()).toEqual([["1", 100]]);

    await canary.ready();
    const now = house.ctx.clock.now().getTime();
    expect(await canary.show()).toMatchObject({
      state: "stepping",
      step: { number: 1, of: 3, weight: 5 },
      plan: canary.plan,
      stable: { release: 1 },
      dueAt: new Date(now + minute).toISOString(),
      may: { pause: { allowed: true }, resume: { allowed: false, reason: "Rollout 2 is not paused" } },
    });
    expect((await canary.endpoint())?.weights).toEqual([
      { releaseId: expect.any(String), weight: 95 },
      { releaseId: expect.any(String), weight: 5, leaseUntil: new Date(now + 15_000).toISOString() },
    ]);
    expect((await house.deployment(test, "canary")).active?.number).toBe(1);

    await canary.answered(...fine);
    expect(await canary.after(30_000)).toMatchObject({
      state: "stepping",
      steps: [
        {
          state: "current",
          analysis: { verdict: "pass", candidate: { requests: 50 }, stable: { requests: 950, errorRate: 0 } },
        },
        { state: "todo", analysis: null },
        { state: "todo", weight: 100 },
      ],
    });
    expect(await canary.after(30_000)).toMatchObject({ state: "stepping", step: { number: 2, weight: 25 } });
    expect(await canary.weights()).toEqual([
      ["1", 75],
      ["2", 25],
    ]);

    await canary.answered({ requests: 150 }, { requests: 50 });
    await canary.after(minute);
    expect(await canary.weights()).toEqual([["2", 100]]);
    const done = await canary.after(1000);
    expect(done).toMatchObject({
      state: "completed",
      message: null,
      steps: [{ state: "done" }, { state: "done" }, { state: "done" }],
    });
    await house.tick();
    expect((await house.show(test, canary.plan)).state).toBe("applied");
    expect(await house.deployment(test, "canary")).toMatchObject({
      active: { number: 2, modelVersion: "2" },
      releases: [{ state: "active" }, { state: "superseded" }],
      rollback: { allowed: true, toModelVersion: "1" },
    });
    const events = await house.events(test);
    expect(events.filter((type) => type.startsWith("rollout."))).toEqual(["rollout.stepped", "rollout.stepped"]);
    expect(await house.told(test, "rollout.stepped")).toMatchObject([{ by: "dev" }, { by: "pave", actor: "system" }]);
    expect(await house.told(test, "release.activated")).toMatchObject([{ by: "dev" }, { by: "dev" }]);
  });

  it("that fails a condition gives all traffic back before anything else, and its plan fails with the numbers", async () => {
    const canary = await start();
    await canary.ready();
    await canary.answered({ requests: 950 }, { requests: 50, errors: 26 });
    await canary.after(3000);
    expect(await canary.weights()).toEqual([["1", 100]]);
    expect((await canary.endpoint())?.releases.map(({ modelVersion }) => modelVersion)).toEqual(["1"]);
    const because =
      "aborted at step 1 of 3 (5 %): errorRate > 0.01: errorRate = 0.52, with 50 requests to the candidate at 5 % and 950 requests to stable";
    expect(await canary.show()).toMatchObject({
      state: "aborted",
      message: because,
      steps: [
        { state: "aborted", analysis: { verdict: "fail", conditions: [{ verdict: "fail" }] } },
        { state: "todo" },
        {},
      ],
      may: { abort: { allowed: false, reason: "Rollout 2 is aborted already" } },
    });
    await house.tick();
    expect(await house.show(test, canary.plan)).toMatchObject({
      state: "failed",
      message: `Serve ${test.project} version 2 at late: Release 2 of late: ${because}`,
      release: { state: "rolled-back" },
    });
    expect(await house.deployment(test, "canary")).toMatchObject({
      active: { number: 1 },
      releases: [{ state: "rolled-back" }, { state: "active" }],
    });
    const events = await house.events(test);
    expect(events.filter((type) => type === "rollout.aborted")).toHaveLength(1);
    expect(events).not.toContain("release.reverted");
    expect(await house.told(test, "rollout.aborted")).toMatchObject([
      { by: "pave", actor: "system", data: { by: "rollout", because: expect.stringMatching(/^errorRate > 0.01: /) } },
    ]);
    expect(
      await house.ctx.db.selectFrom("model_aliases").select("version").where("model", "=", test.project).execute(),
    ).toEqual([{ version: 1 }]);
  });

  it("is aborted in a later step too, and by a gateway that cannot load it any more", async () => {
    const canary = await start();
    await canary.ready();
    await canary.answered(...fine);
    await canary.after(minute);
    expect((await canary.show()).step).toMatchObject({ number: 2 });
    house.pass(20_000);
    await house.gateway().report({ state: "failed", error: "model.onnx is gone" });
    await house.tick();
    expect(await canary.show()).toMatchObject({
      state: "aborted",
      message: "aborted at step 2 of 3 (25 %): the gateway cannot serve it: model.onnx is gone",
    });
    expect(await canary.weights()).toEqual([["1", 100]]);
  });

  it("counts each window once, and none that began before its step", async () => {
    const canary = await start();
    await canary.ready();
    const now = house.ctx.clock.now().getTime();
    await canary.answered({ requests: 500 }, { requests: 0 }, now - 1000);
    await canary.answered({ requests: 10 }, { requests: 1 }, now + 500);
    await canary.answered({ requests: 20 }, { requests: 2 }, now + 900);
    expect((await canary.after(3000)).steps[0]?.analysis).toMatchObject({
      stable: { requests: 30 },
      candidate: { requests: 3 },
    });
  });
});

describe("a canary without a verdict", () => {
  it("pauses when its step has had its time, waits, and is aborted when the wait is over", async () => {
    const canary = await start();
    await canary.ready();
    expect(await canary.after(minute - 1000)).toMatchObject({ state: "stepping" });
    expect(await canary.after(1000)).toMatchObject({
      state: "paused",
      pausedBy: "inconclusive",
      message: "no request has reached release 2 at 5 %",
      abortsAt: new Date(house.ctx.clock.now().getTime() + 10 * minute).toISOString(),
    });
    expect(await canary.weights()).toEqual([
      ["1", 95],
      ["2", 5],
    ]);
    expect(await house.told(test, "rollout.paused")).toMatchObject([
      { by: "pave", data: { by: "inconclusive", because: "no request has reached release 2 at 5 %" } },
    ]);
    expect(await canary.after(9 * minute)).toMatchObject({ state: "paused" });
    expect(await canary.after(minute)).toMatchObject({
      state: "aborted",
      message: "aborted at step 1 of 3 (5 %): no verdict within 10m: no request has reached release 2 at 5 %",
    });
    expect(await canary.weights()).toEqual([["1", 100]]);
  });

  it("goes on by itself once traffic has come", async () => {
    const canary = await start();
    await canary.ready();
    await canary.answered({ requests: 19 }, { requests: 1 });
    expect(await canary.after(minute)).toMatchObject({
      state: "paused",
      message: "1 of 50 requests to release 2 at 5 %",
    });
    await canary.answered(...fine);
    expect(await canary.after(3000)).toMatchObject({
      state: "stepping",
      step: { number: 2 },
      pausedBy: null,
      message: null,
    });
  });

  it("is aborted at once where that is asked for", async () => {
    const canary = await start({ onInconclusive: "abort" });
    await canary.ready();
    expect(await canary.after(minute)).toMatchObject({ state: "aborted" });
  });
});

describe("predictions of a canary", () => {
  const psi = { abortWhen: ["has(predictionPsi) && predictionPsi > 0.2"] };
  const different: PredictionComparison = {
    status: "different",
    reason: "PSI 0.6 between 50 and 950 predictions",
    rows: { stable: 950, candidate: 50 },
    predictionPsi: 0.5,
    psi: 0.6,
    chancePsi: 0.1,
    p: 0,
    meanDifference: { value: 0.17, low: 0.1, high: 0.2, stable: 0.2, candidate: 0.37 },
  };
  afterEach(() => {
    house.evidence.predictionComparison = async () => undefined;
  });

  it("that differ from stable's since the canary began abort it", async () => {
    const asked: (ReleasePair & { steps: readonly Date[] })[] = [];
    house.evidence.predictionComparison = async (_, pair) => {
      asked.push(pair);
      return different;
    };
    const canary = await start(psi);
    await canary.ready();
    const begun = house.ctx.clock.now();
    await canary.answered(...fine);
    const ended = await canary.after(3000);
    expect(ended).toMatchObject({
      state: "aborted",
      message: expect.stringContaining("predictionPsi > 0.2: has(predictionPsi) = true, predictionPsi = 0.5"),
      steps: [{ analysis: { candidate: { predictionMean: 0.37 }, stable: { predictionMean: 0.2 } } }, {}, {}],
    });
    expect(asked[0]?.steps).toEqual([begun]);
    expect(asked[0]?.candidateReleaseId).not.toBe(asked[0]?.stableReleaseId);
  });

  it("that cannot be read give no verdict, and stop neither lease nor other conditions", async () => {
    house.evidence.predictionComparison = async (ctx) => {
      await sql`select 1 / 0`.execute(ctx.db);
      return undefined;
    };
    const canary = await start(psi);
    await canary.ready();
    await canary.answered(...fine);
    expect(await canary.after(minute)).toMatchObject({
      state: "paused",
      message: "has(predictionPsi) && predictionPsi > 0.2: it could not be looked at: division by zero",
    });
    expect((await canary.endpoint())?.weights[1]?.leaseUntil).toBe(
      new Date(house.ctx.clock.now().getTime() + 15_000).toISOString(),
    );
    await canary.answered({ requests: 950 }, { requests: 50, errors: 50 });
    expect(await canary.after(3000)).toMatchObject({ state: "aborted" });
  });
});

describe("people", () => {
  it("pause a canary, which then stays as it is but is still aborted by its conditions", async () => {
    const canary = await start();
    await canary.ready();
    await canary.move("pause", "lunch");
    await canary.answered(...fine);
    expect(await canary.after(100 * minute)).toMatchObject({
      state: "paused",
      pausedBy: "person",
      message: "lunch",
      step: { number: 1 },
    });
    await expect(canary.move("pause")).rejects.toMatchObject({ code: "rollout.not_open" });
    await canary.answered({ requests: 950 }, { requests: 50, errors: 50 });
    expect(await canary.after(3000)).toMatchObject({ state: "aborted" });
  });

  it("resume it, and it goes on where it was", async () => {
    const canary = await start();
    await canary.ready();
    await canary.move("pause");
    await canary.answered(...fine);
    await canary.after(2 * minute);
    await canary.move("resume");
    expect(await canary.after(3000)).toMatchObject({ state: "stepping", step: { number: 2 } });
  });

  it("give it all of the traffic without waiting, and not what is over or not begun", async () => {
    const canary = await start();
    await expect(canary.move("promote")).rejects.toMatchObject({
      message: "Rollout 2 has no traffic yet: gateways load the model",
    });
    await canary.ready();
    await canary.move("promote", "we are in a hurry");
    expect(await canary.weights()).toEqual([["2", 100]]);
    expect(await canary.after(1000)).toMatchObject({
      state: "completed",
      steps: [{ state: "done" }, { state: "todo" }, { state: "done" }],
    });
    await expect(canary.move("abort")).rejects.toMatchObject({
      code: "rollout.not_open",
      message: "Rollout 2 is completed already",
    });
    expect(await house.events(test)).toContain("rollout.promoted");
  });

  it.each([
    ["before it has traffic", async () => undefined, "aborted before it had traffic: dev: no"],
    ["at a step", async (canary: Canary) => canary.ready(), "aborted at step 1 of 3 (5 %): dev: no"],
    [
      "when all traffic has moved and gateways are being told",
      async (canary: Canary) => {
        await canary.ready();
        await canary.move("promote");
      },
      "aborted with all of the traffic: dev: no",
    ],
  ])("abort it %s", async (_, until, message) => {
    const canary = await start();
    await until(canary);
    await canary.move("abort", "no");
    expect(await canary.weights()).toEqual([["1", 100]]);
    expect((await canary.endpoint())?.releases.map(({ modelVersion }) => modelVersion)).toEqual(["1"]);
    expect(await canary.show()).toMatchObject({ state: "aborted", message });
    expect(await house.told(test, "rollout.aborted")).toMatchObject([
      { by: "dev", actor: "person", data: { by: "person", because: "no" } },
    ]);
    await house.tick();
    expect(await house.show(test, canary.plan)).toMatchObject({
      state: "failed",
      message: expect.stringContaining(message),
    });
    expect((await house.deployment(test, "canary")).active?.number).toBe(1);
  });
  it("cannot start another rollout meanwhile, nor go back", async () => {
    const canary = await start();
    await canary.ready();
    await house.version(test, { auc: 0.8 }, { revisionId: await house.revision(test), testArtifactId: null });
    const second = await house.plan(test, "canary");
    await house.tick();
    expect(await house.show(test, second.number)).toMatchObject({
      state: "failed",
      message: expect.stringContaining(
        "A rollout of late in canary is on: release 2 is stepping; there is one at a time",
      ),
    });
    const { projectId } = test;
    await expect(
      house.releases.rollback(house.dev, { projectId, environment: "canary", name: "late", reason: "" }),
    ).rejects.toMatchObject({ code: "deployment.busy" });
    expect(await canary.show()).toMatchObject({ state: "stepping" });
  });
});

describe("an abort", () => {
  /** Both wait for the deployment in this order; then it is let go. */
  async function concurrently(first: () => Promise<unknown>, second: () => Promise<unknown>): Promise<void> {
    const { id } = await house.deployment(test, "canary");
    const waiting: Promise<unknown>[] = [];
    await inTransaction(house.ctx, async (tx) => {
      await findDeployment(tx, { id }, { lock: true });
      for (const [index, begin] of [first, second].entries()) {
        waiting.push(begin());
        await expect.poll(() => waitingForLocks(house.ctx)).toBe(index + 1);
      }
    });
    await Promise.all(waiting);
  }

  it.each([
    ["before it", "todo"],
    ["after it", "aborted"],
  ])("wins over a step that is taken at the same moment, decided %s", async (order, second) => {
    const canary = await start();
    await canary.ready();
    await canary.answered(...fine);
    await canary.after(minute - 2000);
    house.pass(2000);
    const [abort, step] = [() => canary.move("abort"), () => house.driveRollouts()];
    await (order === "before it" ? concurrently(abort, step) : concurrently(step, abort));
    expect(await canary.show()).toMatchObject({ state: "aborted", steps: [{}, { state: second }, {}] });
    expect(await canary.weights()).toEqual([["1", 100]]);
    await house.tick();
    expect(await canary.weights()).toEqual([["1", 100]]);
  });

  it("wins over somebody who gives it all of the traffic at the same moment", async () => {
    const canary = await start();
    await canary.ready();
    await concurrently(
      () => canary.move("promote"),
      () => canary.move("abort"),
    );
    expect(await canary.show()).toMatchObject({ state: "aborted" });
    expect(await canary.weights()).toEqual([["1", 100]]);
  });

  it("comes from the undoing of its plan, once", async () => {
    const canary = await start();
    await canary.ready();
    await house.ctx.db
      .updateTable("plan_steps")
      .set({ state: "failed", error: "the database was gone", finished_at: new Date() })
      .where("state", "=", "applying")
      .execute();
    await house.expireLeases();
    await house.tick();
    expect((await house.show(test, canary.plan)).state).toBe("failed");
    expect(await canary.show()).toMatchObject({
      state: "aborted",
      message: "aborted at step 1 of 3 (5 %): the plan was undone",
    });
    expect((await house.events(test)).filter((type) => type === "rollout.aborted")).toHaveLength(1);
  });
});

describe("the lease on a canary's share", () => {
  const lease = async (canary: Canary) =>
    Date.parse((await canary.endpoint())?.weights[1]?.leaseUntil ?? "") - house.ctx.clock.now().getTime();
  const configVersion = async () => (await house.gateway().config()).version;

  it("is renewed every five seconds, once however many workers there are", async () => {
    const canary = await start();
    await canary.ready();
    const before = await configVersion();
    await canary.after(4000);
    expect([await lease(canary), await configVersion()]).toEqual([11_000, before]);
    house.pass(1000);
    await Promise.all([1, 2, 3].map(() => house.driveRollouts()));
    expect([await lease(canary), await configVersion()]).toEqual([15_000, before + 1]);
  });

  it("lapses where no worker is, and comes back with one", async () => {
    const canary = await start();
    await canary.ready();
    house.pass(100_000);
    expect(await lease(canary)).toBeLessThan(0);
    await house.gateway().report();
    await house.tick();
    expect(await lease(canary)).toBe(15_000);
  });

  it("is kept while another process holds the plan", async () => {
    const canary = await start();
    await canary.ready();
    await house.ctx.db
      .insertInto("leases")
      .values(({ selectFrom }) => ({
        name: sql<string>`'plan/' || ${selectFrom("plans").select("id").where("number", "=", canary.plan).where("project_id", "=", test.projectId)}`,
        holder: "somebody",
        until: new Date(Date.now() + 1e9),
      }))
      .execute();
    house.pass(10_000);
    await house.tick();
    expect(await lease(canary)).toBe(15_000);
  });
});

describe("a project", () => {
  it("cannot make a canary less careful than the environment asks for", async () => {
    const serve = { late: { model: test.project, rollout: { canary: [50, 100] } } };
    await house.version(test, { auc: 0.6 }, { revisionId: await house.revision(test, { serve }) });
    expect(await house.plan(test, "canary")).toMatchObject({
      state: "blocked",
      verdicts: [
        {
          check: "rollout.canary: no step larger than in [5, 25, 100]",
          detail: "serve.late.rollout.canary is [50, 100]",
          origin: "environment canary",
          verdict: "fail",
        },
      ],
    });
  });
});
