import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { inTransaction } from "../../db/context.ts";
import { waitingForLocks } from "../../db/waiting-for-locks.ts";
import { PaveError } from "../../kernel/pave-error.ts";
import type { Draft } from "./index.ts";
import { createPlansHouse, createWorld, lamp, type PlansHouse } from "./testing/plans-house.ts";

let house: PlansHouse;
beforeAll(async () => {
  house = await createPlansHouse();
});
afterAll(() => house.close());
beforeEach(() => house.freshProject());

const noApproval: Partial<Draft> = { approvals: { roles: ["reviewer"], quorum: 0, selfApproval: false } };

describe("applying", () => {
  it("undoes what was done, from the last to the first, when an action fails", async () => {
    const { world } = createWorld(noApproval);
    world.lamps.add("a");
    world.fails.add("b");
    const { number } = await house.create(world.plans);
    await world.plans.tick(house.ctx);
    const failed = await world.plans.show(house.ctx, house.decision(number));
    expect(failed).toMatchObject({ state: "failed", message: "Switch b on: no power for b" });
    expect(failed.actions.map(({ state, error }) => [state, error])).toEqual([
      ["undone", null],
      ["failed", "no power for b"],
      ["planned", null],
    ]);
    expect([...world.lamps]).toEqual(["a"]);
    expect(world.calls).toEqual(["apply a", "apply b", "undo b", "undo a"]);
    expect(await house.eventTypes()).toEqual(["plan.created", "plan.started", "plan.failed"]);
  });

  it("says so when undoing fails as well", async () => {
    const { world } = createWorld(noApproval);
    world.fails.add("b");
    world.plans.registerAction("lamp", {
      apply: async (_ctx, { action }) => {
        if (action.id === "b") throw new PaveError("resource.unavailable", "no power");
        return { state: "done" };
      },
      undo: async () => {
        throw new PaveError("resource.unavailable", "switch is stuck");
      },
    });
    const { number } = await house.create(world.plans);
    await world.plans.tick(house.ctx);
    const failed = await world.plans.show(house.ctx, house.decision(number));
    expect(failed.actions.map(({ state, error }) => [state, error])).toEqual([
      ["failed", "could not be undone: switch is stuck"],
      ["failed", "no power; could not be undone: switch is stuck"],
      ["planned", null],
    ]);
  });

  it("tries again after errors that are nobody's fault", async () => {
    const { world } = createWorld(noApproval);
    let tries = 0;
    world.plans.registerAction("lamp", {
      apply: async () => {
        tries += 1;
        if (tries === 1) throw new Error("connection reset");
        return { state: "done" };
      },
      undo: async () => ({ state: "done" }),
    });
    const { number } = await house.create(world.plans);
    await world.plans.tick(house.ctx);
    expect((await world.plans.show(house.ctx, house.decision(number))).state).toBe("applying");
    await world.plans.tick(house.ctx);
    expect((await world.plans.show(house.ctx, house.decision(number))).state).toBe("applied");
  });

  // Entries: 3 actions x (applying, remembered, applied) + plan: applied; on failure of c: ... + undone c, b, a + failed.
  const forward = Array.from({ length: 10 }, (_, index) => index + 1);
  const backward = Array.from({ length: 13 }, (_, index) => index + 1);
  it.each(
    forward.flatMap((entry) => [
      { entry, when: "before" as const },
      { entry, when: "after" as const },
    ]),
  )("goes on after a crash $when journal entry $entry", async (crashAt) => {
    const { world, boot } = createWorld(noApproval);
    await house.create(world.plans);
    world.crashAt = crashAt;
    await world.plans.tick(house.ctx);
    expect(world.entries).toHaveLength(crashAt.entry);

    world.crashAt = undefined;
    boot();
    await world.plans.tick(house.ctx);
    expect(world.entries).toHaveLength(crashAt.entry);
    await house.expireLeases();
    await world.plans.tick(house.ctx);
    const applied = await world.plans.show(house.ctx, house.decision(1));
    expect(applied.state).toBe("applied");
    expect(applied.actions.map(({ state }) => state)).toEqual(["applied", "applied", "applied"]);
    expect([...world.lamps].sort()).toEqual(["a", "b", "c"]);
    expect(await house.eventTypes()).toEqual(["plan.created", "plan.started", "plan.applied"]);
  });

  it.each(
    backward.flatMap((entry) => [
      { entry, when: "before" as const },
      { entry, when: "after" as const },
    ]),
  )("ends undone after a crash $when journal entry $entry of a plan that fails", async (crashAt) => {
    const { world, boot } = createWorld(noApproval);
    world.fails.add("c");
    await house.create(world.plans);
    world.crashAt = crashAt;
    await world.plans.tick(house.ctx);
    world.crashAt = undefined;
    boot();
    await house.expireLeases();
    await world.plans.tick(house.ctx);
    const failed = await world.plans.show(house.ctx, house.decision(1));
    expect(failed.state).toBe("failed");
    expect(failed.actions.map(({ state }) => state)).toEqual(["undone", "undone", "failed"]);
    expect([...world.lamps]).toEqual([]);
    expect(await house.eventTypes()).toEqual(["plan.created", "plan.started", "plan.failed"]);
  });

  it("is done by one process at a time", async () => {
    const { world } = createWorld(noApproval);
    const started = Promise.withResolvers<void>();
    const held = Promise.withResolvers<void>();
    let applied = 0;
    world.plans.registerAction("lamp", {
      async apply() {
        applied += 1;
        started.resolve();
        await held.promise;
        return { state: "done" };
      },
      undo: async () => ({ state: "done" }),
    });
    const plan = await house.create(world.plans);
    const first = world.plans.advance(house.ctx, plan.id);
    await started.promise;
    expect(
      await Promise.all([world.plans.advance(house.ctx, plan.id), world.plans.advance(house.ctx, plan.id)]),
    ).toEqual([false, false]);
    expect(applied).toBe(1);
    held.resolve();
    expect(await first).toBe(true);
    expect(applied).toBe(3);
  });

  it("stops without a word when its lease is taken over", async () => {
    const { world } = createWorld(noApproval);
    world.plans.registerAction("lamp", {
      async apply() {
        await house.ctx.db.updateTable("leases").set({ holder: "another" }).execute();
        return { state: "done" };
      },
      undo: async () => ({ state: "done" }),
    });
    const plan = await house.create(world.plans);
    expect(await world.plans.advance(house.ctx, plan.id)).toBe(true);
    expect((await world.plans.show(house.ctx, house.decision(1))).actions.map(({ state }) => state)).toEqual([
      "applying",
      "planned",
      "planned",
    ]);
  });
});

describe("what moves while a plan begins to be applied", () => {
  /** Calls `act` while the plan's row is held, so that its look from outside is over, and moves the world before it goes on. */
  async function moveMeanwhile(
    world: ReturnType<typeof createWorld>["world"],
    planId: string,
    act: () => Promise<void>,
  ) {
    const held = Promise.withResolvers<void>();
    const release = Promise.withResolvers<void>();
    const holder = inTransaction(house.ctx, async (ctx) => {
      await ctx.db.selectFrom("plans").select("id").where("id", "=", planId).forUpdate().execute();
      held.resolve();
      await release.promise;
    });
    await held.promise;
    const acting = act();
    // it may be refused before the holder has ended, and is looked at after that
    acting.catch(() => undefined);
    await expect.poll(() => waitingForLocks(house.ctx)).toBe(1);
    world.moved = "2";
    release.resolve();
    await holder;
    return acting;
  }
  const stale = { state: "stale", staleBecause: ["lamp box was 1, is 2"], actions: [{ state: "planned" }] };

  it("makes it stale when somebody applies it", async () => {
    const { world } = createWorld({ ...noApproval, actions: [lamp("a")] });
    const { id, number } = await house.create(world.plans, { autoApply: false });
    const applying = moveMeanwhile(world, id, () => world.plans.apply(house.as("bob"), house.decision(number)));
    await expect(applying).rejects.toMatchObject({ code: "plan.stale" });
    expect(await world.plans.show(house.ctx, house.decision(number))).toMatchObject(stale);
    expect(await house.eventTypes()).toEqual(["plan.created", "plan.stale"]);
  });

  it("makes it stale when the last approval would apply it", async () => {
    const { world } = createWorld({ actions: [lamp("a")] });
    const { id, number } = await house.create(world.plans);
    await moveMeanwhile(world, id, () => world.plans.approve(house.as("bob"), house.decision(number)));
    expect(await world.plans.show(house.ctx, house.decision(number))).toMatchObject({
      ...stale,
      approvals: { given: 1 },
    });
    expect(await house.eventTypes()).toEqual(["plan.created", "plan.approved", "plan.stale"]);
  });

  it("makes it stale when its author applies it by making it", async () => {
    const { world } = createWorld({ ...noApproval, reads: [{ thing: "lamp box", version: "0" }] });
    expect(await house.create(world.plans)).toMatchObject({
      state: "stale",
      staleBecause: ["lamp box was 0, is 1"],
    });
    expect(await house.eventTypes()).toEqual(["plan.created", "plan.stale"]);
  });
});
