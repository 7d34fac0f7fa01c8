import { sql } from "kysely";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { json } from "../../db/column-types.ts";
import { inTransaction } from "../../db/context.ts";
import { waitingForLocks } from "../../db/waiting-for-locks.ts";
import { newId } from "../../kernel/ids.ts";
import { checkReleaseGate } from "./release-evidence.ts";
import { createReleaseHouse, type ReleaseHouse, type TestProject } from "./testing/release-house.ts";

let house: ReleaseHouse;
let test: TestProject;
beforeAll(async () => {
  house = await createReleaseHouse();
  await house.environment("staging", "approvals: { quorum: 0 }\n");
  await house.environment(
    "production",
    "after: staging\napprovals: { roles: [reviewer], quorum: 1 }\ngates: [{ check: \"scan.pickle != 'unsafe'\" }]\n",
  );
});
afterAll(() => house.close());
beforeEach(async () => {
  test = await house.project();
});

const gates = (...checks: (string | object)[]) => ({
  gates: checks.map((check) => (typeof check === "string" ? { check } : check)),
});

describe("the champion", () => {
  const notWorse = { check: "metrics.auc >= champion.metrics.auc - 0.005", when: "has(champion)" };

  it("is scored on the candidate's test set before the plan is judged", async () => {
    const revisionId = await house.revision(test, gates(notWorse));
    await house.version(test, { auc: 0.9 }, { revisionId, testArtifactId: await house.testSet(test, "easy") });
    expect((await house.release(test, "staging")).verdicts).toMatchObject([{ verdict: "notApplicable" }]);
    await house.version(test, { auc: 0.67 }, { revisionId, testArtifactId: await house.testSet(test, "hard") });
    const { number } = await house.plan(test, "staging");
    expect(await house.show(test, number)).toMatchObject({
      state: "evaluating",
      message: `${test.project} version 1, which runs now, is scored on the test set of version 2`,
      verdicts: [],
    });
    const evaluation = house.evaluations.at(-1);
    expect(evaluation).toMatchObject({
      model: { name: test.project, version: 1 },
      uses: "pave/evaluate-classifier@1",
      params: {},
    });
    await house.tick();
    expect((await house.show(test, number)).state).toBe("evaluating");

    if (evaluation) evaluation.result = { state: "succeeded", metrics: { auc: 0.66 }, message: null };
    await house.tick();
    expect(await house.show(test, number)).toMatchObject({
      state: "applying",
      champion: { version: "1", metrics: { auc: 0.66 } },
      verdicts: [{ verdict: "pass", detail: "metrics.auc = 0.67, champion.metrics.auc = 0.66" }],
    });
  });

  it("is scored once for a test set, and its own metrics count only on its own", async () => {
    const revisionId = await house.revision(test, gates(notWorse));
    const first = await house.testSet(test, "first");
    await house.version(test, { auc: 0.6 }, { revisionId, testArtifactId: first });
    await house.release(test, "staging");
    const before = house.evaluations.length;
    // The same bytes, produced again: the same test set.
    await house.version(test, { auc: 0.61 }, { revisionId, testArtifactId: await house.testSet(test, "first") });
    expect(await house.plan(test, "staging", { autoApply: false })).toMatchObject({
      state: "ready",
      champion: { metrics: { auc: 0.6 } },
    });
    expect(house.evaluations).toHaveLength(before);

    const other = await house.testSet(test, "other");
    await house.version(test, { auc: 0.62 }, { revisionId, testArtifactId: other });
    await house.plan(test, "staging", { autoApply: false });
    await house.version(test, { auc: 0.63 }, { revisionId, testArtifactId: other });
    await house.plan(test, "staging", { autoApply: false });
    expect(house.evaluations).toHaveLength(before + 1);
  });

  it("is scored anew where the code that judges has changed, on the same test set too", async () => {
    const judgedBy = (digest: string) => ({
      datasets: [],
      components: [{ step: "evaluate", uses: "./steps/evaluate", digest }],
      evaluation: { step: "evaluate", uses: "./steps/evaluate", params: {}, reportArtifactId: null },
    });
    const [old, later] = [await house.revision(test, gates(notWorse)), await house.revision(test, { title: "later" })];
    const testArtifactId = await house.testSet(test, "same");
    await house.version(test, { auc: 0.9 }, { revisionId: old, testArtifactId, lineage: judgedBy("sha256:a") });
    await house.release(test, "staging", { revision: old });
    await house.version(test, { auc: 0.95 }, { revisionId: later, testArtifactId, lineage: judgedBy("sha256:b") });
    expect((await house.plan(test, "staging", { autoApply: false })).state).toBe("evaluating");
    expect(house.evaluations.at(-1)).toMatchObject({ componentDigest: "sha256:b", revisionId: later });
  });

  it("is scored once for plans that are made at the same moment", async () => {
    const revisionId = await house.revision(test, gates(notWorse));
    await house.version(test, { auc: 0.6 }, { revisionId, testArtifactId: await house.testSet(test, "old") });
    await house.release(test, "staging");
    await house.version(test, { auc: 0.7 }, { revisionId, testArtifactId: await house.testSet(test, "new") });
    const before = house.evaluations.length;
    const plans = await Promise.all([1, 2, 3, 4, 5].map(() => house.plan(test, "staging", { autoApply: false })));
    expect(plans.map(({ state }) => state)).toEqual(Array(5).fill("evaluating"));
    expect(house.evaluations).toHaveLength(before + 1);
  });

  it("that cannot be scored leaves gates about it in error, with the reason beside them", async () => {
    const revisionId = await house.revision(test, gates(notWorse));
    await house.version(test, { auc: 0.9 }, { revisionId });
    await house.release(test, "staging");
    await house.version(test, { auc: 0.9 }, { revisionId });
    const unknown = await house.plan(test, "staging");
    expect(unknown.state).toBe("blocked");
    expect(unknown.verdicts.map(({ verdict, detail }) => [verdict, detail])).toEqual([
      ["fail", `${test.project} version 2 names no test set, so ${test.project} version 1 cannot be compared with it`],
      ["error", "champion.metrics.auc does not exist: champion.metrics is empty"],
    ]);

    await house.version(test, { auc: 0.9 }, { revisionId, testArtifactId: await house.testSet(test, "set") });
    const { number } = await house.plan(test, "staging");
    const evaluation = house.evaluations.at(-1);
    if (evaluation) evaluation.result = { state: "failed", metrics: {}, message: "the column late is missing" };
    await house.tick();
    expect(await house.show(test, number)).toMatchObject({
      state: "blocked",
      verdicts: [{ detail: expect.stringContaining("the column late is missing") }, { verdict: "error" }],
    });
    // Computing it again tries again.
    const started = house.evaluations.length;
    const next = await house.plans.recompute(house.dev, { projectId: test.projectId, number });
    expect(house.evaluations).toHaveLength(started + 1);
    expect((await house.show(test, next)).state).toBe("evaluating");
  });
});

describe("the tier that gates see", () => {
  it("is the project's, whatever the revision would rather be", async () => {
    await house.ctx.db.updateTable("projects").set({ tier: "critical" }).where("id", "=", test.projectId).execute();
    const strict = { check: "metrics.auc >= 0.9", when: "project.tier == 'critical'" };
    const revisionId = await house.revision(test, { ...gates(strict), tier: "experimental" });
    await house.version(test, { auc: 0.6 }, { revisionId });
    expect(await house.plan(test, "staging")).toMatchObject({ state: "blocked", verdicts: [{ verdict: "fail" }] });
  });
});

describe("a plan that lowers its own gate", () => {
  const released = async () => {
    const first = await house.revision(test, gates("metrics.auc >= 0.6"));
    await house.version(test, { auc: 0.65 }, { revisionId: first });
    await house.release(test, "staging");
  };

  it("is judged by the rule in force", async () => {
    await released();
    await house.version(
      test,
      { auc: 0.55 },
      { revisionId: await house.revision(test, gates("metrics.auc >= 0.5")), testArtifactId: null },
    );
    const plan = await house.plan(test, "staging");
    expect(plan.state).toBe("blocked");
    expect(
      plan.verdicts.slice(1).map(({ check, origin, verdict, detail }) => [check, origin, verdict, detail]),
    ).toEqual([
      ["metrics.auc >= 0.5", "project", "pass", "metrics.auc = 0.55"],
      [
        "metrics.auc >= 0.6",
        "project, in force in staging",
        "fail",
        "metrics.auc = 0.55; this revision removes or loosens this rule: judged by the rule in force; changing it is an action of its own, which needs approval",
      ],
    ]);
  });

  it("needs an approval even where none is asked for, though its candidate passes", async () => {
    await released();
    await house.version(
      test,
      { auc: 0.7 },
      {
        revisionId: await house.revision(test, gates({ check: "metrics.auc >= 0.6", mode: "warn" })),
        testArtifactId: null,
      },
    );
    const plan = await house.plan(test, "staging");
    expect(plan).toMatchObject({ state: "open", approvalRule: { quorum: 1 } });
    expect(plan.actions.map(({ id, reason }) => [id, reason])).toContainEqual([
      "change-gates",
      "Revision 2 removes or loosens `metrics.auc >= 0.6`; somebody has to approve that",
    ]);
    await house.approve(test, plan.number);
    expect((await house.show(test, plan.number)).state).toBe("applying");
  });

  it("is let through after a plan that changes only the gates was approved", async () => {
    await released();
    await house.version(
      test,
      { auc: 0.55 },
      { revisionId: await house.revision(test, gates("metrics.auc >= 0.5")), testArtifactId: null },
    );
    const blocked = await house.plan(test, "staging");
    const change = await house.plan(test, "staging", { kind: "gates" });
    expect(change).toMatchObject({
      state: "open",
      actions: [
        { id: "change-gates", before: [{ check: "metrics.auc >= 0.6" }], after: [{ check: "metrics.auc >= 0.5" }] },
      ],
      candidate: null,
    });
    await house.approve(test, change.number);
    await house.tick();
    expect((await house.show(test, change.number)).state).toBe("applied");
    const next = await house.plans.recompute(house.dev, { projectId: test.projectId, number: blocked.number });
    expect((await house.show(test, next)).state).toBe("ready");
    await house.tick();
    expect((await house.show(test, next)).state).toBe("applying");
    await expect(house.plan(test, "staging", { kind: "gates" })).rejects.toMatchObject({ code: "plan.nothing_to_do" });
  });

  it("tightening needs nobody", async () => {
    await released();
    await house.version(
      test,
      { auc: 0.7 },
      {
        revisionId: await house.revision(test, gates("metrics.auc >= 0.6", "rows > 1")),
        testArtifactId: await house.testSet(test),
      },
    );
    expect((await house.plan(test, "staging")).approvalRule.quorum).toBe(0);
  });
});

describe("a gate that asks for a review", () => {
  const questions = (ask: string) => `reviews: [{ id: use, ask: "${ask}" }]\n`;
  const environment = (ask: string) =>
    house.environment(
      "asking",
      `approvals: { quorum: 0 }\n${questions(ask)}gates: [{ check: "review.verdict == 'approved'" }]\n`,
    );
  const decide = async (state: "open" | "approved", ask: string) => {
    const row = { state, questions: json([{ id: "use", ask, evidence: "optional" }]) };
    await house.ctx.db
      .insertInto("reviews")
      .values({
        ...{ id: newId(), project_id: test.projectId, model: test.project, version: 1, environment: "asking" },
        ...{ ...row, requested_by: "system", requested_at: new Date() },
      })
      .onConflict((conflict) =>
        conflict.columns(["model", "version", "environment"]).where("state", "<>", "superseded").doUpdateSet(row),
      )
      .execute();
  };
  const verdicts = async (number: number) => (await house.show(test, number)).verdicts;

  it("blocks until there is an approved one, which makes the plan stale; other questions make it stale again", async () => {
    await environment("What for?");
    await house.version(test, { auc: 0.9 }, { revisionId: await house.revision(test) });
    const { number, state } = await house.plan(test, "asking", { autoApply: false });
    expect(state).toBe("blocked");
    expect(await verdicts(number)).toMatchObject([{ verdict: "fail", detail: expect.stringContaining("none") }]);

    await decide("open", "What for?");
    await decide("approved", "What for?");
    const key = { projectId: test.projectId, number };
    await expect(house.plans.apply(house.dev, { ...key, comment: "" })).rejects.toMatchObject({
      code: "plan.stale",
      message: expect.stringContaining(`review of ${test.project} version 1 was none, 0 of 1 answered, is approved`),
    });
    const again = await house.plans.recompute(house.dev, key);
    expect(await house.show(test, again)).toMatchObject({ state: "ready", verdicts: [{ verdict: "pass" }] });

    await environment("What for, and what not?");
    const asked = await house.plans.recompute(house.dev, { ...key, number: again });
    expect(await verdicts(asked)).toMatchObject([{ verdict: "fail", detail: expect.stringContaining("stale") }]);
  });

  it("is type-checked, and does not apply only where `when` says so", async () => {
    expect(checkReleaseGate("review.verdict == 'approved'")).toEqual([]);
    expect(checkReleaseGate("review.verdikt == 'approved'")[0]?.message).toContain("verdikt");
    expect(checkReleaseGate("review.verdict > 1.0").length).toBeGreaterThan(0);
    await house.environment("asking-none", "approvals: { quorum: 0 }\n");
    const gate = { check: "review.verdict == 'approved'", when: "review.questions > 0" };
    const revisionId = await house.revision(test, gates(gate));
    await house.version(test, { auc: 0.9 }, { revisionId });
    expect((await house.plan(test, "asking-none")).verdicts).toMatchObject([{ verdict: "notApplicable" }]);
  });
});

describe("a rule of the environment that changes while a release begins", () => {
  it("is waited for, and makes the plan stale", async () => {
    await house.environment("busy", "approvals: { quorum: 0 }\n");
    await house.version(test, { auc: 0.9 }, { revisionId: await house.revision(test) });
    const { number } = await house.plan(test, "busy", { autoApply: false });
    const changed = Promise.withResolvers<void>();
    const commit = Promise.withResolvers<void>();
    const changing = inTransaction(house.ctx, async (ctx) => {
      const change = { version: sql<number>`version + 1` };
      await ctx.db.updateTable("environments").set(change).where("name", "=", "busy").execute();
      changed.resolve();
      await commit.promise;
    });
    await changed.promise;
    const applying = house.plans.apply(house.dev, { projectId: test.projectId, number, comment: "" });
    await expect.poll(() => waitingForLocks(house.ctx)).toBe(1);
    commit.resolve();
    await changing;
    await expect(applying).rejects.toMatchObject({
      code: "plan.stale",
      message: `Plan ${number} is stale: environment busy was 1, is 2`,
    });
  });
});
