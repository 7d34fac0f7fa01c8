import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
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

describe("a release that does not come up", () => {
  const second = async () => {
    const revisionId = await house.revision(test);
    await house.version(test, { auc: 0.6 }, { revisionId });
    await house.release(test, "staging");
    await house.version(test, { auc: 0.7 }, { revisionId, testArtifactId: null });
    const plan = await house.plan(test, "staging");
    await house.tick();
    return plan.number;
  };

  it("because the gateway cannot load it is undone, and the one before never stops serving", async () => {
    const number = await second();
    await house.gateway().report({ state: "failed", error: "model.onnx is cut short" });
    await house.tick();
    expect(await house.show(test, number)).toMatchObject({
      state: "failed",
      message: `Serve ${test.project} version 2 at late: Release 2 of late: the gateway cannot serve it: model.onnx is cut short`,
      actions: [{ state: "failed" }],
      release: { state: "failed" },
    });
    expect(await house.gateway().endpoint(test.project, "staging")).toMatchObject({
      weights: [{ weight: 100 }],
      releases: [{ modelVersion: "1", state: "serve" }],
    });
    expect((await house.deployment(test, "staging")).active?.number).toBe(1);
  });

  it.each<[string, boolean, string]>([
    ["a gateway that stays silent about it", true, "the gateway did not report ready within 120 s"],
    ["no gateway at all", false, "no gateway has reported within 120 s; is one running?"],
  ])("because of %s is undone after two minutes", async (_, isThere, message) => {
    const number = await second();
    house.pass(119_000);
    if (isThere) await house.gateway().report({ state: "loading" });
    await house.tick();
    expect((await house.show(test, number)).state).toBe("applying");
    house.pass(2_000);
    await house.tick();
    expect((await house.show(test, number)).message).toContain(message);
    expect((await house.deployment(test, "staging")).active?.number).toBe(1);
  });

  it("in time, but is ready when a worker looks again, is released", async () => {
    const number = await second();
    house.pass(300_000);
    await house.gateway().report();
    await house.tick();
    await house.gateway().report();
    await house.tick();
    expect((await house.show(test, number)).state).toBe("applied");
    expect((await house.deployment(test, "staging")).active?.number).toBe(2);
  });

  it("and is undone while traffic moves leaves the way free for the next", async () => {
    const number = await second();
    await house.gateway().report();
    await house.tick();
    const { active } = await house.deployment(test, "staging");
    expect(active?.number).toBe(2);
    // what a failure in this moment makes of the plan
    await house.ctx.db
      .updateTable("plan_steps")
      .set({ state: "failed", error: "terminating connection due to administrator command", finished_at: new Date() })
      .where("state", "=", "applying")
      .execute();
    await house.expireLeases();
    await house.tick();
    expect((await house.show(test, number)).state).toBe("failed");
    expect(await house.deployment(test, "staging")).toMatchObject({ active: { number: 1 } });
    await house.version(test, { auc: 0.8 }, { revisionId: await house.revision(test) });
    expect((await house.release(test, "staging")).state).toBe("applied");
  });

  it("waits for every gateway that lives, and not for one that is gone", async () => {
    const number = await second();
    await house.gateway("gateway-2").report({ state: "loading" });
    await house.gateway().report();
    await house.tick();
    expect((await house.gateway().endpoint(test.project, "staging"))?.releases.map(({ state }) => state)).toEqual([
      "serve",
      "prepare",
    ]);
    house.pass(26_000);
    await house.gateway().report();
    await house.tick();
    await house.gateway().report();
    await house.tick();
    expect((await house.show(test, number)).state).toBe("applied");
  });

  it("keeps the deployment busy meanwhile", async () => {
    await second();
    await expect(
      house.releases.rollback(house.dev, {
        projectId: test.projectId,
        environment: "staging",
        name: "late",
        reason: "",
      }),
    ).rejects.toMatchObject({ code: "deployment.busy" });
  });
});

describe("rollback", () => {
  const rollback = (more: object = {}) =>
    house.releases.rollback(house.dev, {
      projectId: test.projectId,
      environment: "staging",
      name: "late",
      reason: "it is worse",
      ...more,
    });
  const threeReleases = async () => {
    const revisionId = await house.revision(test);
    for (const auc of [0.6, 0.61, 0.62]) {
      await house.version(test, { auc }, { revisionId, testArtifactId: null });
      await house.release(test, "staging");
    }
  };

  it("moves traffic in one call, because the release before is still loaded; without approval, also in a freeze", async () => {
    await threeReleases();
    await house.environment("staging", "approvals: { quorum: 0 }\nfreeze: { reason: holidays }\n");
    await rollback();
    await house.environment("staging", "approvals: { quorum: 0 }\n");
    expect(await house.deployment(test, "staging")).toMatchObject({
      active: { number: 2, modelVersion: "2" },
      weights: [{ release: 2, weight: 100 }],
      rollout: { kind: "rollback", state: "shifting", message: "it is worse" },
      releases: [
        { number: 3, state: "rolled-back" },
        { number: 2, state: "active" },
        { number: 1, state: "superseded" },
      ],
    });
    await house.gateway().report();
    await house.tick();
    expect(await house.deployment(test, "staging")).toMatchObject({
      rollout: { state: "completed" },
      rollback: { allowed: true, toModelVersion: "1" },
    });
    expect(
      await house.ctx.db.selectFrom("model_aliases").select("version").where("model", "=", test.project).execute(),
    ).toEqual([{ version: 2 }]);
    const { markers } = await house.serving.traffic(
      house.dev,
      { projectId: test.projectId, environment: "staging", name: "late" },
      60,
    );
    expect(markers.map(({ text }) => text)).toEqual([
      `Release 1: ${test.project} version 1`,
      `Release 2: ${test.project} version 2`,
      `Release 3: ${test.project} version 3`,
      `Back to release 2: ${test.project} version 2`,
    ]);
    expect((await house.events(test)).slice(-3)).toEqual([
      "rollback.requested",
      "model.alias-set",
      "deployment.rolled-back",
    ]);
  });

  it("waits, carried on by the worker, for a release that has to be loaded again", async () => {
    await threeReleases();
    await rollback({ toRelease: 1 });
    expect((await house.deployment(test, "staging")).active?.number).toBe(3);
    await house.gateway().report();
    await house.tick();
    expect((await house.deployment(test, "staging")).active?.number).toBe(1);
  });

  it("that fails leaves the active release in place", async () => {
    await threeReleases();
    await rollback({ toRelease: 1 });
    house.pass(121_000);
    await house.tick();
    expect(await house.deployment(test, "staging")).toMatchObject({
      active: { number: 3 },
      rollout: { state: "failed" },
      releases: [{ state: "active" }, { state: "superseded" }, { state: "superseded" }],
    });
    expect(
      (await house.gateway().endpoint(test.project, "staging"))?.releases.map(({ modelVersion }) => modelVersion),
    ).not.toContain("1");
  });

  it("makes open plans stale, and is refused where there is nothing to go back to", async () => {
    const revisionId = await house.revision(test);
    await house.version(test, { auc: 0.6 }, { revisionId });
    await house.release(test, "staging");
    await expect(rollback()).rejects.toMatchObject({ code: "deployment.no_previous_release" });
    await expect(rollback({ toRelease: 9 })).rejects.toMatchObject({ code: "deployment.no_previous_release" });
    await expect(rollback({ name: "early" })).rejects.toMatchObject({ code: "deployment.not_found" });
    await house.version(test, { auc: 0.7 }, { revisionId, testArtifactId: null });
    await house.release(test, "staging");
    await house.version(test, { auc: 0.8 }, { revisionId, testArtifactId: null });
    const { number } = await house.plan(test, "staging", { autoApply: false });
    await rollback();
    await expect(
      house.plans.apply(house.dev, { projectId: test.projectId, number, comment: "" }),
    ).rejects.toMatchObject({ code: "plan.stale" });
  });
});

describe("a crash while a release is applied", () => {
  const steps = Array.from({ length: 11 }, (_, index) => index + 1);
  it.each(
    steps.flatMap((at) => [
      { at, when: "before" as const },
      { at, when: "after" as const },
    ]),
  )("$when journal entry $at leads to the same end", async ({ at, when }) => {
    const revisionId = await house.revision(test, gates("metrics.auc > 0"));
    await house.version(test, { auc: 0.6 }, { revisionId });
    house.crash.entries.length = 0;
    Object.assign(house.crash, { at, when });
    const { number } = await house.plan(test, "staging");
    for (let round = 0; round < 4; round += 1) {
      await house.tick();
      if (house.crash.at !== undefined && house.crash.entries.length >= at) {
        house.crash.at = undefined;
        house.reboot();
        await house.expireLeases();
      }
      await house.gateway().report();
    }
    await house.tick();
    expect((await house.show(test, number)).state).toBe("applied");
    expect(await house.deployment(test, "staging")).toMatchObject({
      active: { number: 1 },
      releases: [{ number: 1, state: "active" }],
    });
    const events = await house.events(test);
    expect(
      events.filter((type) => type === "release.created" || type === "release.activated" || type === "plan.applied"),
    ).toEqual(["release.created", "release.activated", "plan.applied"]);
  });

  it.each(Array.from({ length: 16 }, (_, index) => index + 1))(
    "before journal entry %i, when the gateway cannot load the model, leaves nothing behind",
    async (at) => {
      const revisionId = await house.revision(test, gates("metrics.auc > 0"));
      await house.version(test, { auc: 0.6 }, { revisionId });
      house.crash.entries.length = 0;
      Object.assign(house.crash, { at, when: "before" });
      const { number } = await house.plan(test, "staging");
      for (let round = 0; round < 4; round += 1) {
        await house.tick();
        if (house.crash.at !== undefined && house.crash.entries.length >= at) {
          house.crash.at = undefined;
          house.reboot();
          await house.expireLeases();
        }
        await house.gateway().report({ state: "failed", error: "cut short" });
      }
      await house.tick();
      expect(house.crash.at).toBeUndefined();
      const failed = await house.show(test, number);
      expect(failed.state).toBe("failed");
      expect(failed.actions.map(({ state }) => state)).toEqual(["undone", "undone", "undone", "undone", "failed"]);
      expect(await house.deployment(test, "staging")).toMatchObject({
        active: null,
        health: "empty",
        releases: [{ state: "failed" }],
      });
      expect(await house.gateway().endpoint(test.project, "staging")).toMatchObject({ releases: [], weights: [] });
      const { projectId } = test;
      expect(
        await house.ctx.db.selectFrom("project_rules").select("version").where("project_id", "=", projectId).execute(),
      ).toEqual([]);
      expect(
        await house.ctx.db.selectFrom("resources").select("state").where("project_id", "=", projectId).execute(),
      ).toEqual([{ state: "deleted" }, { state: "deleted" }, { state: "deleted" }]);
    },
  );
});
