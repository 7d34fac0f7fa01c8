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

describe("a first release", () => {
  it("provisions, puts the gates in force, waits for the gateway, and moves traffic", async () => {
    const revisionId = await house.revision(test, {
      ...gates("metrics.auc >= 0.6"),
      resources: { features: { type: "postgres" } },
      monitor: { slo: { p99Ms: 50 } },
    });
    await house.version(test, { auc: 0.66 }, { revisionId });
    const plan = await house.plan(test, "staging");
    expect(plan.title).toBe(`Release ${test.project} version 1 to staging`);
    expect(plan.actions.map(({ id, change, title }) => [id, change, title])).toEqual([
      ["provision.artifacts.default", "create", `Make a place for artifacts of ${test.project} in staging`],
      ["provision.identity.default", "create", `Make the service account ${test.project}.staging`],
      ["provision.quota.default", "create", `Set the quota of ${test.project} in staging: without limits`],
      [
        "provision.postgres.features",
        "create",
        `Make the database schema ${test.project}_staging_features for ${test.project} in staging`,
      ],
      ["change-gates", "create", "Put the project's gates in force in staging"],
      ["release.late", "create", `Serve ${test.project} version 1 at late`],
    ]);
    expect(plan).toMatchObject({
      state: "applying",
      candidate: { version: "1", metrics: { auc: 0.66 } },
      champion: null,
      verdicts: [{ verdict: "pass", detail: "metrics.auc = 0.66", origin: "project" }],
    });

    await house.tick();
    expect(await house.show(test, 1)).toMatchObject({
      state: "applying",
      release: { number: 1, state: "rolling-out" },
    });
    expect(await house.gateway().endpoint(test.project, "staging")).toMatchObject({
      weights: [],
      stableReleaseId: null,
      releases: [{ state: "prepare", modelVersion: "1", files: [{ path: "model.onnx" }] }],
    });

    await house.gateway().report({ state: "loading" });
    await house.tick();
    expect((await house.gateway().endpoint(test.project, "staging"))?.weights).toEqual([]);

    await house.gateway().report();
    await house.tick();
    const endpoint = await house.gateway().endpoint(test.project, "staging");
    expect(endpoint).toMatchObject({ weights: [{ weight: 100 }], releases: [{ state: "serve" }] });
    // Applied means moved: the gateway serves by the new config.
    expect((await house.show(test, 1)).state).toBe("applying");
    await house.gateway().report();
    await house.tick();

    const applied = await house.show(test, 1);
    expect(applied).toMatchObject({
      state: "applied",
      release: { number: 1, state: "active" },
      appliedBy: { name: "dev" },
    });
    expect(await house.deployment(test, "staging")).toMatchObject({
      health: "healthy",
      healthReason: "Ready; no requests in the last five minutes.",
      active: { number: 1, modelVersion: "1", plan: { number: 1 } },
      rollout: { state: "completed", kind: "immediate" },
      weights: [{ release: 1, modelVersion: "1", weight: 100 }],
      slo: { p99Ms: 50 },
      curl: `curl -s http://127.0.0.1:4701/staging/${test.project}/late/predict -H "Authorization: Bearer $PAVE_TOKEN" -H "content-type: application/json" -d '{"distance":1.5}'`,
      rollback: { allowed: false, reason: "There is no earlier release to go back to." },
    });
    expect(
      await house.ctx.db
        .selectFrom("model_aliases")
        .select(["alias", "version"])
        .where("model", "=", test.project)
        .execute(),
    ).toEqual([{ alias: "staging", version: 1 }]);
    expect((await house.events(test)).filter((type) => /^(plan|release|gates|resource)\./.test(type))).toEqual([
      "plan.created",
      "plan.started",
      "resource.provisioned",
      "resource.provisioned",
      "resource.provisioned",
      "resource.provisioned",
      "gates.changed",
      "release.created",
      "release.activated",
      "plan.applied",
    ]);
  });

  it("that is over leaves nothing to do, and the next one provisions nothing", async () => {
    const revisionId = await house.revision(test);
    await house.version(test, { auc: 0.6 }, { revisionId });
    await house.release(test, "staging");
    await expect(house.plan(test, "staging")).rejects.toMatchObject({
      code: "plan.nothing_to_do",
      message: `There is nothing to do: in staging late serves ${test.project} version 1 of revision 1 already`,
    });
    await house.version(test, { auc: 0.7 }, { revisionId, testArtifactId: null });
    expect((await house.plan(test, "staging")).actions.map(({ id }) => id)).toEqual(["release.late"]);
  });

  const noSpec = {};
  it.each<[string, Record<string, unknown>, Record<string, unknown>, string, RegExp]>([
    ["no version", noSpec, { models: ["MODEL"] }, "model.version_not_found", /has no version that is ready/],
    ["a version of a model that is not there", noSpec, { models: ["MODEL@7"] }, "model.not_found", /There is no model/],
    ["nothing to serve", { serve: {} }, {}, "spec.invalid", /`serve` has nothing to release/],
    [
      "an environment that is not there",
      noSpec,
      { environment: "prod" },
      "environment.not_found",
      /no environment prod/,
    ],
    [
      "a promotion from where nothing runs",
      noSpec,
      { from: "staging", environment: "production" },
      "release.not_found",
      /Nothing of .* runs in staging/,
    ],
  ])("of %s is refused", async (_, spec, input, code, message) => {
    await house.revision(test, spec);
    const models = (input.models as string[] | undefined)?.map((text) => text.replace("MODEL", test.project));
    const refused = house.plan(test, "staging", { ...input, ...(models ? { models } : {}) });
    await expect(refused).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
  });

  it.each<[string, (project: string) => object, (project: string) => object, string, RegExp]>([
    [
      "a version that is not there",
      () => ({}),
      (project) => ({ models: [`${project}@7`] }),
      "model.version_not_found",
      /no version or alias 7/,
    ],
    [
      "a reference that is none",
      () => ({}),
      (project) => ({ models: [`${project}@`] }),
      "request.invalid",
      /expected <name>@<version or alias>/,
    ],
    [
      "a model that nothing serves",
      () => ({ serve: { late: { model: "spare" } } }),
      (project) => ({ models: [project, "spare@1"] }),
      "model.not_found",
      /There is no model spare/,
    ],
    [
      "another project's model",
      () => ({ serve: { late: { model: "foreign" } } }),
      () => ({}),
      "model.version_not_found",
      /Model foreign of this project has no version/,
    ],
    [
      "a batch deployment",
      (project) => ({ serve: { nightly: { kind: "batch", model: project } } }),
      () => ({}),
      "spec.invalid",
      /serve.nightly: deployments of kind batch cannot be released yet/,
    ],
  ])("of %s is refused too", async (_, spec, input, code, message) => {
    const revisionId = await house.revision(test, spec(test.project) as Record<string, unknown>);
    await house.version(test, { auc: 0.6 }, { revisionId });
    await house.version(await house.project(), { auc: 0.6 }, { model: "foreign" }).catch(() => undefined);
    await expect(house.plan(test, "staging", input(test.project))).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
    });
  });
});

describe("what a plan promises", () => {
  it("production takes only what runs in staging, and says which command to run", async () => {
    const revisionId = await house.revision(test);
    await house.version(test, { auc: 0.6 }, { revisionId });
    await expect(house.plan(test, "production")).rejects.toMatchObject({
      code: "release.not_in_previous_environment",
      message: `production takes only what runs in staging: expected ${test.project} version 1 of revision 1 at late there, found nothing`,
      fix: "Release it there first with `pave deploy --to staging`.",
    });
    await house.release(test, "staging");
    const plan = await house.plan(test, "production", { from: "staging" });
    expect(plan).toMatchObject({
      state: "open",
      title: `Promote ${test.project} version 1 from staging to production`,
      verdicts: [{ origin: "environment production", verdict: "pass", detail: "scan.pickle = none" }],
    });
    // the version alone is not what ran there: limits, resources and gates come with the revision
    const later = await house.revision(test, { title: "later" });
    await expect(
      house.plan(test, "production", { models: [`${test.project}@1`], revision: later }),
    ).rejects.toMatchObject({
      code: "release.not_in_previous_environment",
      message: expect.stringContaining("version 1 of revision 2 at late there, found"),
    });
    await house.approve(test, plan.number);
    await house.tick();
    await house.gateway().report();
    await house.tick();
    await house.gateway().report();
    await house.tick();
    expect(await house.deployment(test, "production")).toMatchObject({
      active: { modelVersion: "1", createdBy: { name: "rev" } },
    });
  });

  it("goes stale when staging moves on, and recomputing promotes what runs there now", async () => {
    const revisionId = await house.revision(test);
    await house.version(test, { auc: 0.6 }, { revisionId });
    await house.release(test, "staging");
    const { number } = await house.plan(test, "production", { from: "staging" });
    await house.version(test, { auc: 0.61 }, { revisionId, testArtifactId: null });
    await house.release(test, "staging");
    await expect(house.approve(test, number)).rejects.toMatchObject({
      code: "plan.stale",
      message: `Plan ${number} is stale: deployment late in staging was release 1 (${test.project} version 1), is release 2 (${test.project} version 2)`,
    });
    const next = await house.plans.recompute(house.dev, { projectId: test.projectId, number });
    expect(await house.show(test, next)).toMatchObject({ state: "open", candidate: { version: "2" } });
  });

  it("goes stale when the environment's rules change", async () => {
    await house.environment("strict", "approvals: { quorum: 1 }\n");
    const revisionId = await house.revision(test);
    await house.version(test, { auc: 0.6 }, { revisionId });
    const { number } = await house.plan(test, "strict");
    await house.environment("strict", 'approvals: { quorum: 1 }\ngates: [{ check: "metrics.auc > 0.9" }]\n');
    await house.tick();
    house.pass(5_000);
    await house.tick();
    expect((await house.show(test, number)).staleBecause).toEqual(["environment strict was 1, is 2"]);
    const next = await house.plans.recompute(house.dev, { projectId: test.projectId, number });
    expect((await house.show(test, next)).state).toBe("blocked");
  });

  it("a pickle in the model's folder is unsafe, whatever its name", async () => {
    const revisionId = await house.revision(test, gates("scan.pickle != 'unsafe'"));
    await house.version(
      test,
      { auc: 0.6 },
      { revisionId, content: Buffer.from([0x80, 0x04, 0x95, 0x00]), path: "weights.bin" },
    );
    expect(await house.plan(test, "staging")).toMatchObject({
      state: "blocked",
      verdicts: [{ verdict: "fail", detail: "scan.pickle = unsafe" }],
    });
    await house.version(test, { auc: 0.6 }, { revisionId, path: "model.pkl" });
    expect((await house.plan(test, "staging")).state).toBe("blocked");
  });

  it("an unknown metric is an error that names those there are; it blocks", async () => {
    const revisionId = await house.revision(test, gates("metrics.roc_auc >= 0.6"));
    await house.version(test, { auc: 0.6, f1: 0.4 }, { revisionId });
    expect(await house.plan(test, "staging")).toMatchObject({
      state: "blocked",
      verdicts: [{ verdict: "error", detail: "metrics.roc_auc does not exist: there are auc, f1" }],
    });
  });

  it("a feature to be ignored that the model does not have is said, and blocks nothing", async () => {
    const drift = { reference: "train.split.train", ignore: ["distance", "distnace"] };
    const revisionId = await house.revision(test, { monitor: { drift } });
    await house.version(test, { auc: 0.6 }, { revisionId });
    const plan = await house.release(test, "staging");
    expect(plan).toMatchObject({
      state: "applied",
      verdicts: [{ mode: "warn", detail: expect.stringContaining("input `distnace`, so it does nothing") }],
    });
  });

  it("a frozen environment and a full one block, with the reason", async () => {
    await house.environment("frozen", "freeze: { reason: holidays }\nquotas: { deployments: 1 }\n");
    const revisionId = await house.revision(test, {
      serve: { late: { model: test.project }, later: { model: test.project } },
    });
    await house.version(test, { auc: 0.6 }, { revisionId });
    expect((await house.plan(test, "frozen")).verdicts.map(({ check, detail }) => [check, detail])).toEqual([
      ["the environment is not frozen", "it is frozen: holidays"],
      ["at most 1 deployments of a project", "there would be 2"],
    ]);
  });

  it("releases the newest revision: a changed limit, gate or resource needs no new model", async () => {
    const revisionId = await house.revision(test);
    await house.version(test, { auc: 0.6 }, { revisionId });
    await house.release(test, "staging");
    const reason = "Revision 2 instead of 1: configuration changes; model version stays";
    await house.revision(test, { serve: { late: { model: test.project, timeout: "2s", maxRows: 5 } } });
    expect(await house.release(test, "staging")).toMatchObject({
      state: "applied",
      actions: [{ title: `Serve ${test.project} version 1 at late as revision 2 says`, reason }],
    });
    expect((await house.gateway().endpoint(test.project, "staging"))?.limits).toMatchObject({
      timeoutMs: 2000,
      maxRows: 5,
    });
    await expect(house.plan(test, "staging")).rejects.toMatchObject({ code: "plan.nothing_to_do" });

    await house.revision(test, { ...gates("metrics.auc >= 0.5"), resources: { features: { type: "postgres" } } });
    const third = await house.release(test, "staging");
    expect(third.actions.map(({ id, reason }) => [id, reason])).toEqual([
      ["provision.postgres.features", "The environment lacks it"],
      ["change-gates", "Revision 3 has 1 gate"],
      ["release.late", "Revision 3 instead of 2: configuration changes; model version stays"],
    ]);
    await house.revision(test, { ...gates("metrics.auc >= 0.9"), resources: { features: { type: "postgres" } } });
    expect(await house.plan(test, "staging")).toMatchObject({ state: "blocked", candidate: { version: "1" } });
  });

  it("a revision that changes none of it says so, and an older one can be named", async () => {
    const revisionId = await house.revision(test);
    await house.version(test, { auc: 0.6 }, { revisionId });
    await house.revision(test, { title: "later" });
    await house.release(test, "staging", { revision: "1" });
    expect((await house.plan(test, "staging", { autoApply: false })).actions).toMatchObject([
      { reason: "Revision 2 instead of 1: neither configuration nor model version changes" },
    ]);
    await expect(house.plan(test, "staging", { revision: "1" })).rejects.toMatchObject({
      message: expect.stringContaining("version 1 of revision 1 already"),
    });
  });

  it("what the environment allows is provisioned anew, also where the release stays", async () => {
    await house.environment("roomy", "quotas: { deployments: 2 }\n");
    await house.version(test, { auc: 0.6 }, { revisionId: await house.revision(test) });
    await house.release(test, "roomy");
    await house.environment("roomy", "quotas: { deployments: 3 }\n");
    const plan = await house.plan(test, "roomy");
    expect(plan).toMatchObject({
      title: `Change the configuration of ${test.project} in roomy`,
      actions: [{ id: "provision.quota.default" }],
    });
    await house.tick();
    expect((await house.show(test, plan.number)).state).toBe("applied");
  });
});
