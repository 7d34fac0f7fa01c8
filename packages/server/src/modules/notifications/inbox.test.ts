import { scheduleSchema } from "@pave/contract";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { asActor, type Ctx } from "../../db/context.ts";
import { newId } from "../../kernel/ids.ts";
import { mintToken, setProjectRole } from "../access/index.ts";
import { recordEvent } from "../ledger/index.ts";
import { countInbox, listInbox, markInbox } from "./inbox.ts";
import { getPreferences, setPreferences } from "./preferences.ts";
import { ToldHouse } from "./testing/told-house.ts";

let house: ToldHouse;
beforeAll(async () => {
  house = await ToldHouse.create();
});
afterAll(() => house.close());
beforeEach(async () => {
  await house.ctx.db.deleteFrom("notifications").execute();
  await house.ctx.db.deleteFrom("notification_preferences").execute();
  await house.ctx.db.deleteFrom("approvals").execute();
  await house.ctx.db.deleteFrom("plans").execute();
});

type Name = keyof ToldHouse["actors"];
const inbox = async (name: Name, show: "all" | "unread" = "all") =>
  (await listInbox(house.as(name), { show, limit: 50 })).items;
const titles = async (name: Name, show: "all" | "unread" = "all") =>
  (await inbox(name, show)).map(({ kind, title, count }) => `${kind}: ${title}${count > 1 ? ` ×${count}` : ""}`);

describe("a plan that waits", () => {
  it("is in the inboxes of those who may approve it, and gone when it is decided", async () => {
    const id = await house.plan(4, "ann");
    const wanted = "approval-wanted: plan 4 of flights waits for an approval in production";
    expect([await titles("bob"), await titles("ida")]).toEqual([[wanted], [wanted]]);
    expect([await titles("ann"), await titles("mia")]).toEqual([[], []]);
    expect(await inbox("bob")).toMatchObject([{ href: "/projects/flights/plans/4", project: "flights", readAt: null }]);

    await house.ctx.db.updateTable("plans").set({ state: "rejected" }).where("id", "=", id).execute();
    expect([await titles("bob"), await countInbox(house.as("bob"))]).toEqual([[], 0]);
    await house.happens("bob", { type: "plan.rejected", subjectId: id, data: { comment: "not on a Friday" } });
    expect(await inbox("ann")).toMatchObject([
      {
        kind: "plan-decided",
        title: "plan 4 of flights in production was rejected by bob",
        detail: "Release late: “not on a Friday”",
      },
    ]);
  });

  it("is told once, however often it is looked at, and anew when it waits again", async () => {
    const id = await house.plan(5, "ann");
    await markInbox(house.as("bob"), { read: true });
    await house.happens("ann", { type: "plan.evaluated", subjectId: id });
    expect([await titles("bob", "unread"), (await titles("bob")).length]).toEqual([[], 1]);
    const become = (state: "stale" | "open") =>
      house.ctx.db.updateTable("plans").set({ state }).where("id", "=", id).execute();
    await become("stale");
    await house.happens("ann", { type: "plan.stale", subjectId: id });
    await become("open");
    await house.happens("ann", { type: "plan.recomputed", subjectId: id });
    expect(await titles("bob", "unread")).toEqual([
      "approval-wanted: plan 5 of flights waits for an approval in production",
    ]);
  });

  it("that waited before anybody listened is told when somebody does", async () => {
    await house.plan(9, "ann");
    for (const table of ["notifications", "outbox_cursors"] as const) await house.ctx.db.deleteFrom(table).execute();
    await house.tell();
    expect(await titles("bob")).toEqual(["approval-wanted: plan 9 of flights waits for an approval in production"]);
  });

  it("follows who may decide: a new reviewer has it, who no longer is one has not, nor who has approved", async () => {
    const id = await house.plan(6, "ann", { quorum: 2 });
    const { projectId, actors } = house;
    await setProjectRole(house.as("ida"), { projectId, principalId: actors.mia.principalId, role: "reviewer" });
    await house.tell();
    expect(await titles("mia")).toHaveLength(1);
    await setProjectRole(house.as("ida"), { projectId, principalId: actors.mia.principalId, role: "viewer" });
    await house.tell();
    expect(await titles("mia")).toEqual([]);
    const approval = {
      plan_id: id,
      principal_id: actors.bob.principalId,
      decision: "approved" as const,
      plan_hash: "h",
    };
    await house.ctx.db
      .insertInto("approvals")
      .values({ id: newId(), ...approval })
      .execute();
    await house.happens("bob", { type: "plan.approved", subjectId: id });
    expect([await titles("bob"), (await titles("ida")).length, await titles("ann")]).toEqual([[], 1, []]);
  });
});

describe("what else is told", () => {
  it("a rollback, by hand and by Pave, to those who look after the project", async () => {
    const data = { environment: "production", deployment: "late", version: "3" };
    await house.happens("bob", {
      type: "rollback.requested",
      subjectId: newId(),
      data: { ...data, reason: "too slow" },
    });
    expect(await inbox("mia")).toMatchObject([
      { kind: "rollback", urgent: true, title: "bob takes late in production back to version 3", detail: "too slow" },
    ]);
    house.nowMs += 3_600_000;
    await house.happens("ida", {
      ...{ type: "rollout.aborted", subjectId: newId() },
      data: { ...data, rollout: 7, by: "rollout", because: "errorRate > 0.01" },
    });
    expect((await inbox("ann"))[0]).toMatchObject({
      title: "Pave took version 3 of late in production back",
      href: "/projects/flights/deployments/production/late/rollouts/7",
    });
    expect(await titles("bob")).toEqual([]);
  });

  it("an alert that opens and is over, without a word of features", async () => {
    await house.alert(3);
    await house.happens("ida", {
      ...{ type: "alert.resolved", subjectId: newId() },
      data: { number: 3, kind: "inputs", title: "inputs of late drift", environment: "production", deployment: "late" },
    });
    expect(await titles("mia")).toEqual(["alert-resolved: inputs of late drift", "alert-opened: inputs of late drift"]);
  });

  it("a failed run to who started it, one of a schedule to those who look after the project", async () => {
    const { project } = await house.run("ann", 8);
    expect(project).toBe("flights");
    expect(await titles("ann")).toEqual(["run-failed: run 8 of train failed"]);
    expect(await titles("mia")).toEqual([]);
    await house.run("ann", 9, "schedule");
    expect(await titles("mia")).toEqual(["scheduled-run-failed: run 9 of train failed"]);
  });

  it("a mention and a hand-over, to those who are meant", async () => {
    const { actors } = house;
    await house.happens("ann", {
      ...{ type: "comment.mentioned", subjectId: newId() },
      data: {
        principals: [actors.bob.principalId, actors.ann.principalId, "nobody"],
        ...{ link: "/projects/flights/plans/4#comment-1", subject: "plan 4" },
      },
    });
    expect(await titles("bob")).toEqual(["mention: ann names you in a comment on plan 4"]);
    expect(await titles("ann")).toEqual([]);
    const handOver = { type: "ownership.handed-over", subjectId: newId() };
    await house.happens("ida", { ...handOver, data: { thing: "project flights", from: "others", to: "ops" } });
    await house.happens("ida", { ...handOver, data: { thing: "service-account ci", from: "ops", to: "bob" } });
    expect(await titles("mia")).toEqual(["hand-over: the project flights belongs to ops now"]);
    expect(await titles("bob")).toHaveLength(2);
  });

  it("an event that cannot be told is passed over and holds up no other", async () => {
    await recordEvent(house.as("ann"), {
      type: "comment.mentioned",
      subjectType: "comment",
      subjectId: "x",
      data: { link: "//evil" },
    });
    for (const _ of [1, 2]) await expect(house.tell()).rejects.toThrow();
    await house.alert(4);
    expect(await titles("mia")).toHaveLength(1);
  });

  it("a token a week and a day before it expires, once each, and of a service account to who made it", async () => {
    const dayMs = 86_400_000;
    const mint = (name: string, days: number) =>
      mintToken(house.as("ida"), {
        kind: "api",
        principalId: house.actors.ann.principalId,
        name,
        expiresInMs: days * dayMs,
      });
    await mint("ci", 30);
    await mint("short", 1);
    const look = async (days: number) => {
      house.nowMs += days * dayMs;
      await house.notifications.tellOfExpiring(house.ctx);
      await house.notifications.tellOfExpiring(house.ctx);
      return titles("ann");
    };
    expect(await look(20)).toEqual([]);
    expect(await look(4)).toEqual(["token-expiring: the token ci expires within a week"]);
    expect(await look(5.5)).toEqual([
      "token-expiring: the token ci expires within a day",
      "token-expiring: the token ci expires within a week",
    ]);
    expect(await look(5)).toHaveLength(2);
  });
});

describe("an inbox", () => {
  it("has the same thing once with a count, on top and unread again", async () => {
    await house.alert(1);
    await markInbox(house.as("mia"), { read: true });
    expect(await countInbox(house.as("mia"))).toBe(0);
    house.nowMs += 60_000;
    await house.alert(2);
    expect([await titles("mia", "unread"), await countInbox(house.as("mia"))]).toEqual([
      ["alert-opened: inputs of late drift ×2"],
      1,
    ]);
    house.nowMs += 600_000;
    await house.alert(3);
    expect(await titles("mia")).toHaveLength(2);
  });

  it("is paged, filtered, marked as read and as unread", async () => {
    for (let number = 1; number <= 5; number += 1) {
      await house.alert(number, { deployment: `d${number}`, title: `alert ${number}` });
      house.nowMs += 1000;
    }
    const mia = house.as("mia");
    const first = await listInbox(mia, { show: "all", limit: 2 });
    const second = await listInbox(mia, { show: "all", limit: 2, before: first.next ?? "" });
    expect([...first.items, ...second.items].map(({ title }) => title)).toEqual([
      "alert 5",
      "alert 4",
      "alert 3",
      "alert 2",
    ]);
    expect(await markInbox(mia, { ids: [first.items[0]?.id ?? "", "none"], read: true })).toBe(1);
    expect(await countInbox(mia)).toBe(4);
    expect((await listInbox(mia, { show: "all", kind: "rollback", limit: 9 })).items).toEqual([]);
    expect(await markInbox(mia, { read: true })).toBe(4);
    expect(await markInbox(mia, { ids: [first.items[0]?.id ?? ""], read: false })).toBe(1);
    expect(await countInbox(mia)).toBe(1);
    await expect(listInbox(mia, { show: "all", limit: 2, before: "x" })).rejects.toMatchObject({
      code: "request.invalid",
    });
  });

  it("is one's own, without projects that one may no longer read, and of a token's project with that token", async () => {
    await house.alert(1);
    const item = (await inbox("ann"))[0]?.id ?? "";
    expect(await markInbox(house.as("mia"), { ids: [item], read: true })).toBe(1);
    expect(await countInbox(house.as("ann"))).toBe(1);
    const other = bounded(house.as("ann"), newId());
    expect((await listInbox(other, { show: "all", limit: 9 })).items).toEqual([]);
    await house.ctx.db.deleteFrom("project_members").where("principal_id", "=", house.actors.ann.principalId).execute();
    expect([await titles("ann"), await countInbox(house.as("ann"))]).toEqual([[], 0]);
    const { projectId, actors } = house;
    await setProjectRole(house.ctx, { projectId, principalId: actors.ann.principalId, role: "developer" });
  });

  it("lacks what was muted", async () => {
    const mine = await getPreferences(house.as("mia"));
    expect(mine).toMatchObject({ email: "mia@example.com", mailWorks: false, muted: [] });
    expect(mine.mail).toContain("approval-wanted");
    const { schedule } = mine;
    await setPreferences(house.as("mia"), { mail: [], muted: ["alert-opened"], schedule });
    await house.alert(1);
    expect([await titles("mia"), (await titles("ann")).length]).toEqual([[], 1]);
    expect((await getPreferences(house.as("mia"))).schedule).toEqual(scheduleSchema.parse({}));
    await expect(setPreferences(bounded(house.as("mia"), newId()), mine)).rejects.toMatchObject({
      code: "access.denied",
    });
  });

  it("forgets after its days what is neither open nor still to be sent", async () => {
    await house.plan(7, "ann");
    await house.alert(1);
    house.nowMs += 91 * 86_400_000;
    await house.notifications.prune(house.ctx);
    const left = await house.ctx.db.selectFrom("notifications").select("kind").execute();
    expect(left).toEqual([{ kind: "approval-wanted" }]);
  });
});

const bounded = (ctx: Ctx, projectId: string): Ctx =>
  asActor(ctx, {
    ...ctx.actor,
    grant: { tokenId: "t", tokenKind: "api", platformAdmin: false, scopes: null, projectId },
  });
