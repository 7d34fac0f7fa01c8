import { sql } from "kysely";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { PaveError } from "../../kernel/pave-error.ts";
import type { Draft } from "./index.ts";
import { createPlansHouse, createWorld, lamp, type PlansHouse } from "./testing/plans-house.ts";

let house: PlansHouse;
beforeAll(async () => {
  house = await createPlansHouse();
});
afterAll(() => house.close());
beforeEach(() => house.freshProject());

describe("a plan", () => {
  it("is open until a reviewer approves it, then applied because its author asked for that", async () => {
    const { world } = createWorld();
    const plan = await house.create(world.plans);
    expect(plan).toMatchObject({
      number: 1,
      state: "open",
      approvals: { given: 0, needed: 1 },
      mayApprove: { allowed: false },
    });
    expect(plan.verdicts).toMatchObject([{ verdict: "pass", detail: "metrics.volts = 230" }]);

    await world.plans.approve(house.as("bob"), house.decision(1, plan.hash));
    expect((await world.plans.show(house.as("bob"), house.decision(1))).state).toBe("applying");
    await world.plans.tick(house.ctx);

    const applied = await world.plans.show(house.as("ann"), house.decision(1));
    expect(applied).toMatchObject({ state: "applied", appliedBy: { name: "bob" }, approvals: { given: 1 } });
    expect(applied.actions.map(({ state }) => state)).toEqual(["applied", "applied", "applied"]);
    expect([...world.lamps]).toEqual(["a", "b", "c"]);
    expect(await house.eventTypes()).toEqual(["plan.created", "plan.approved", "plan.started", "plan.applied"]);
  });

  it("that needs no approval is applied at once, unless its author asked otherwise", async () => {
    const { world } = createWorld({ approvals: { roles: ["reviewer"], quorum: 0, selfApproval: false } });
    expect((await house.create(world.plans)).state).toBe("applying");
    const waiting = await house.create(world.plans, { autoApply: false });
    expect(waiting).toMatchObject({ state: "ready", mayApply: { allowed: true } });
    await world.plans.tick(house.ctx);
    expect((await world.plans.show(house.ctx, house.decision(2))).state).toBe("ready");
    await world.plans.apply(house.as("bob"), house.decision(2));
    await world.plans.tick(house.ctx);
    expect((await world.plans.show(house.ctx, house.decision(2))).state).toBe("applied");
  });

  it("is not applied in the name of an author who lost the role while it waited for its evidence", async () => {
    const { world } = createWorld({ approvals: { roles: ["reviewer"], quorum: 0, selfApproval: false }, pending: "x" });
    const { number } = await house.create(world.plans);
    const state = async () => (await world.plans.show(house.ctx, house.decision(number))).state;
    expect(await state()).toBe("evaluating");
    await house.setRole("ann", "viewer");
    world.draft = { ...world.draft, pending: null };
    await world.plans.tick(house.ctx);
    await world.plans.tick(house.ctx);
    expect(await state()).toBe("ready");
    await house.setRole("ann", "developer");
    await world.plans.tick(house.ctx);
    expect(["applying", "applied"]).toContain(await state());
  });

  it("moves however many older ones wait for somebody, and those are looked at in turns", async () => {
    const { world } = createWorld({ approvals: { roles: ["reviewer"], quorum: 0, selfApproval: false }, pending: "x" });
    const { number } = await house.create(world.plans);
    const { projectId } = house.project;
    await sql`
      insert into plans (id, project_id, number, environment, kind, title, state, request, reads, hash, author, created_at)
      select '00-' || lpad(n::text, 6, '0'), project_id, 1000 + n, environment, kind, title, 'blocked', request,
        '[{"thing": "lamp z", "version": "0"}]', hash, author, created_at - interval '1 day'
      from plans, generate_series(1, 600) as n where project_id = ${projectId} and number = ${number}`.execute(
      house.ctx.db,
    );
    world.draft = { ...world.draft, pending: null };
    await world.plans.tick(house.ctx);
    expect((await world.plans.show(house.ctx, house.decision(number))).state).toBe("applied");
    const stale = async () => {
      const rows = await house.ctx.db.selectFrom("plans").select("id").where("state", "=", "stale").execute();
      return rows.length;
    };
    expect(await stale()).toBe(100);
    await createWorld().world.plans.tick(house.ctx);
    expect(await stale()).toBe(200);
    await house.ctx.db.updateTable("plans").set({ state: "cancelled" }).where("id", "like", "00-%").execute();
  });

  it("computed for show is written nowhere", async () => {
    const { world } = createWorld();
    expect(await house.create(world.plans, { dryRun: true })).toMatchObject({ number: 0, state: "open" });
    expect((await world.plans.list(house.ctx, { projectId: house.project.projectId, limit: 10 })).items).toEqual([]);
  });

  it("with nothing in it is refused", async () => {
    const { world } = createWorld({ actions: [] });
    await expect(house.create(world.plans)).rejects.toMatchObject({ code: "plan.nothing_to_do" });
  });

  it("blocked by a gate can be neither approved nor applied", async () => {
    const { world } = createWorld({ evidence: [{ subject: "lamps", values: { metrics: { volts: 110 } } }] });
    const plan = await house.create(world.plans);
    expect(plan.state).toBe("blocked");
    for (const verb of ["approve", "apply"] as const) {
      await expect(world.plans[verb](house.as("bob"), house.decision(plan.number))).rejects.toMatchObject({
        code: "gate.blocked",
        message: "Plan 1 is blocked: environment staging: metrics.volts > 200: fail: metrics.volts = 110",
      });
    }
  });

  it("cannot be applied before it is approved, approved by its author or without the role, or approved twice", async () => {
    const { world } = createWorld({ approvals: { roles: ["reviewer"], quorum: 2, selfApproval: false } });
    const { number } = await house.create(world.plans);
    await expect(world.plans.apply(house.as("ann"), house.decision(number))).rejects.toMatchObject({
      code: "plan.not_approved",
    });
    await expect(world.plans.approve(house.as("ann"), house.decision(number))).rejects.toMatchObject({
      code: "access.denied",
    });
    await world.plans.approve(house.as("bob"), house.decision(number));
    await expect(world.plans.approve(house.as("bob"), house.decision(number))).rejects.toMatchObject({
      code: "approval.duplicate",
    });
    expect((await world.plans.show(house.ctx, house.decision(number))).approvals).toEqual({ given: 1, needed: 2 });
    await world.plans.approve(house.as("eve"), house.decision(number));
    expect((await world.plans.show(house.ctx, house.decision(number))).state).toBe("applying");
  });

  it("by a reviewer is still not theirs to approve", async () => {
    const { world } = createWorld();
    const { number } = await world.plans.create(house.as("eve"), {
      kind: "test",
      ...house.project,
      asked: {},
      autoApply: true,
    });
    await expect(world.plans.approve(house.as("eve"), house.decision(number))).rejects.toMatchObject({
      code: "approval.self",
    });
  });

  it("approved under another hash is refused", async () => {
    const { world } = createWorld();
    const { number } = await house.create(world.plans);
    await expect(
      world.plans.approve(house.as("bob"), house.decision(number, `sha256:${"0".repeat(64)}`)),
    ).rejects.toMatchObject({
      code: "plan.hash_mismatch",
    });
  });

  it("loses the approval of somebody who loses the role before it is applied", async () => {
    const { world } = createWorld();
    const { number } = await house.create(world.plans, { autoApply: false });
    await world.plans.approve(house.as("bob"), house.decision(number));
    await house.setRole("bob", "viewer");
    await expect(world.plans.apply(house.as("ann"), house.decision(number))).rejects.toMatchObject({
      code: "plan.not_approved",
    });
    expect(await world.plans.show(house.ctx, house.decision(number))).toMatchObject({
      state: "open",
      approvals: { given: 0 },
    });
  });

  it("that is rejected or withdrawn is over", async () => {
    const { world } = createWorld();
    const rejected = (await house.create(world.plans)).number;
    await world.plans.reject(house.as("bob"), { ...house.decision(rejected), comment: "no" });
    const cancelled = (await house.create(world.plans)).number;
    await world.plans.cancel(house.as("ann"), house.decision(cancelled));
    for (const number of [rejected, cancelled]) {
      await expect(world.plans.approve(house.as("eve"), house.decision(number))).rejects.toMatchObject({
        code: "plan.not_open",
      });
      await expect(world.plans.apply(house.as("eve"), house.decision(number))).rejects.toMatchObject({
        code: "plan.not_open",
      });
      await expect(world.plans.recompute(house.as("eve"), house.decision(number))).rejects.toMatchObject({
        code: "plan.not_open",
      });
    }
    expect((await world.plans.show(house.ctx, house.decision(rejected))).approvalList).toMatchObject([
      { decision: "rejected", comment: "no" },
    ]);
  });
});

describe("a plan whose world has moved", () => {
  it("is stale, says what moved, and can be neither approved nor applied", async () => {
    const { world } = createWorld();
    const { number } = await house.create(world.plans);
    world.moved = "2";
    await expect(world.plans.approve(house.as("bob"), house.decision(number))).rejects.toMatchObject({
      code: "plan.stale",
      message: "Plan 1 is stale: lamp box was 1, is 2",
    });
    expect(await world.plans.show(house.ctx, house.decision(number))).toMatchObject({
      state: "stale",
      staleBecause: ["lamp box was 1, is 2"],
    });
    await expect(world.plans.apply(house.as("bob"), house.decision(number))).rejects.toMatchObject({
      code: "plan.stale",
    });
    expect(await house.eventTypes()).toEqual(["plan.created", "plan.stale"]);
  });

  it("is found stale by the worker too", async () => {
    const { world } = createWorld();
    const { number } = await house.create(world.plans);
    world.moved = "2";
    await world.plans.tick(house.ctx);
    expect((await world.plans.show(house.ctx, house.decision(number))).state).toBe("stale");
  });

  it("keeps its approvals when actions and verdicts come out the same", async () => {
    const { world } = createWorld();
    const { number, hash } = await house.create(world.plans, { autoApply: false });
    await world.plans.approve(house.as("bob"), house.decision(number));
    world.moved = "2";
    expect(await world.plans.recompute(house.as("ann"), house.decision(number))).toBe(number);
    const again = await world.plans.show(house.ctx, house.decision(number));
    expect(again).toMatchObject({
      state: "ready",
      staleBecause: [],
      approvals: { given: 1 },
      approvalList: [{ carriedOver: true }],
    });
    expect(again.hash).not.toBe(hash);
  });

  it("is judged by the new rule: a larger quorum leaves it open", async () => {
    const { world } = createWorld();
    const { number } = await house.create(world.plans, { autoApply: false });
    await world.plans.approve(house.as("bob"), house.decision(number));
    Object.assign(world, { moved: "2", draft: { approvals: { roles: ["reviewer"], quorum: 2, selfApproval: false } } });
    await expect(world.plans.apply(house.as("ann"), house.decision(number))).rejects.toMatchObject({
      code: "plan.stale",
    });
    await world.plans.recompute(house.as("ann"), house.decision(number));
    expect(await world.plans.show(house.ctx, house.decision(number))).toMatchObject({
      state: "open",
      approvals: { given: 1, needed: 2 },
    });
  });

  it.each<[string, Partial<Draft>]>([
    ["other actions", { actions: [lamp("a")] }],
    ["other verdicts", { evidence: [{ subject: "lamps", values: { metrics: { volts: 231 } } }] }],
  ])("with %s becomes another plan, without approvals, of the same author", async (_, draft) => {
    const { world } = createWorld();
    const { number } = await house.create(world.plans, { autoApply: false });
    await world.plans.approve(house.as("bob"), house.decision(number));
    Object.assign(world, { moved: "2", draft });
    const next = await world.plans.recompute(house.as("eve"), house.decision(number));
    expect(next).toBe(number + 1);
    expect(await world.plans.show(house.ctx, house.decision(next))).toMatchObject({
      state: "open",
      author: { name: "ann" },
      approvals: { given: 0 },
    });
    expect(await world.plans.show(house.ctx, house.decision(number))).toMatchObject({
      state: "cancelled",
      supersededBy: next,
    });
  });

  it("is not approved by whoever had it computed again to do something else, until its author adopts it", async () => {
    const { world } = createWorld();
    const { number } = await house.create(world.plans, { autoApply: false });
    Object.assign(world, { moved: "2", draft: { actions: [lamp("mine")] } });
    const next = await world.plans.recompute(house.as("eve"), house.decision(number));
    expect(await world.plans.show(house.as("eve"), house.decision(next))).toMatchObject({
      author: { name: "ann" },
      mayApprove: { allowed: false, reason: expect.stringContaining("computed again") },
    });
    await expect(world.plans.approve(house.as("eve"), house.decision(next))).rejects.toMatchObject({
      code: "approval.self",
    });
    world.moved = "3";
    expect(await world.plans.recompute(house.as("ann"), house.decision(next))).toBe(next);
    await world.plans.approve(house.as("eve"), house.decision(next));
    expect((await world.plans.show(house.ctx, house.decision(next))).state).toBe("ready");
  });

  it("ends where nothing is left to do, since another plan did it", async () => {
    const { world } = createWorld();
    const { number } = await house.create(world.plans, { autoApply: false });
    Object.assign(world, { moved: "2", draft: { actions: [] } });
    expect(await world.plans.recompute(house.as("ann"), house.decision(number))).toBe(number);
    expect(await world.plans.show(house.ctx, house.decision(number))).toMatchObject({
      state: "cancelled",
      message: expect.stringContaining("There is nothing to do"),
    });
    expect((await house.eventTypes()).at(-1)).toBe("plan.cancelled");
  });
});

describe("a plan that waits for evidence", () => {
  it("is judged when the evidence is there, and applied if nothing else is missing", async () => {
    const { world } = createWorld({
      pending: "run 7",
      evidence: [],
      approvals: { roles: ["reviewer"], quorum: 0, selfApproval: false },
    });
    const { number } = await house.create(world.plans);
    await world.plans.tick(house.ctx);
    expect(await world.plans.show(house.ctx, house.decision(number))).toMatchObject({
      state: "evaluating",
      message: "run 7",
    });
    await expect(world.plans.approve(house.as("bob"), house.decision(number))).rejects.toMatchObject({
      code: "plan.not_open",
    });
    world.draft = { approvals: { roles: ["reviewer"], quorum: 0, selfApproval: false } };
    await world.plans.tick(house.ctx);
    expect((await world.plans.show(house.ctx, house.decision(number))).state).toBe("applied");
  });

  it("is stale when its candidate may no longer be released", async () => {
    const { world } = createWorld({ pending: "run 7", evidence: [] });
    const { number } = await house.create(world.plans);
    Object.defineProperty(world, "draft", {
      get: () => {
        throw new PaveError("release.not_in_previous_environment", "not there");
      },
    });
    await world.plans.tick(house.ctx);
    expect(await world.plans.show(house.ctx, house.decision(number))).toMatchObject({
      state: "stale",
      staleBecause: ["not there"],
    });
  });
});

describe("a plan of the platform", () => {
  const byAdmins: Partial<Draft> = { approvals: { roles: ["admin"], quorum: 1, selfApproval: false } };
  const decision = (number: number) => ({ projectId: null, number, comment: "" });

  it("is numbered on its own, and listed apart from those of projects", async () => {
    const { world } = createWorld(byAdmins);
    const first = await house.createForPlatform(world.plans);
    await house.create(world.plans);
    const second = await house.createForPlatform(world.plans);
    expect(second).toMatchObject({ number: first.number + 1, project: null, state: "open" });
    const numbers = async (projectId: string | null) =>
      (await world.plans.list(house.ctx, { projectId, limit: 2 })).items.map(({ number }) => number);
    expect(await numbers(null)).toEqual([second.number, first.number]);
    expect(await numbers(house.project.projectId)).toEqual([1]);
    await expect(world.plans.show(house.ctx, decision(second.number + 1))).rejects.toMatchObject({
      code: "plan.not_found",
      fix: "List them with `pave plans list --platform`.",
    });
  });

  it("is approved by another platform admin, whatever roles others hold on projects, then applied", async () => {
    const { world } = createWorld(byAdmins);
    const { number } = await house.createForPlatform(world.plans);
    await expect(world.plans.approve(house.as("eve"), decision(number))).rejects.toMatchObject({
      code: "access.denied",
      message: "This plan is decided by a platform admin; eve is none",
    });
    await expect(world.plans.approve(house.as("ida"), decision(number))).rejects.toMatchObject({
      code: "approval.self",
      fix: "Ask another platform admin; there has to be a second one.",
    });
    expect((await world.plans.show(house.as("eve"), decision(number))).mayApprove).toEqual({
      allowed: false,
      reason: "You lack the permission platform-plan.approve; platform admins have it.",
    });
    await world.plans.approve(house.as("otto"), decision(number));
    await world.plans.tick(house.ctx);
    expect(await world.plans.show(house.ctx, decision(number))).toMatchObject({
      state: "applied",
      appliedBy: { name: "otto" },
    });
    expect([...world.lamps]).toEqual(["a", "b", "c"]);
  });

  it("goes stale and is computed again like any other", async () => {
    const { world } = createWorld(byAdmins);
    const { number } = await house.createForPlatform(world.plans);
    world.moved = "2";
    await expect(world.plans.approve(house.as("otto"), decision(number))).rejects.toMatchObject({
      code: "plan.stale",
      fix: `Compute it again with \`pave plans recompute ${number} --platform\`.`,
    });
    expect(await world.plans.recompute(house.as("ida"), decision(number))).toBe(number);
    expect((await world.plans.show(house.ctx, decision(number))).state).toBe("open");
  });
});
