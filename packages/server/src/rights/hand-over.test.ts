import { afterAll, beforeAll, expect, it } from "vitest";
import { json } from "../db/column-types.ts";
import { newId } from "../kernel/ids.ts";
import { type ApiHouse, createApiHouse } from "./api-house.ts";
import { insertThings, type Things } from "./things.ts";

let house: ApiHouse;
let flights: Things;
beforeAll(async () => {
  house = await createApiHouse({ checkResponses: true });
  flights = await insertThings(house.ctx, await house.project("flights"), 1);
});
afterAll(() => house.close());

const api = (method: string, path: string, body?: object, token: string | undefined = house.admin) =>
  house.send(method, `/api/v1${path}`, token, body);
const events = async () =>
  (
    await house.ctx.db
      .selectFrom("ledger_events")
      .select("data")
      .where("type", "=", "ownership.handed-over")
      .orderBy("seq")
      .execute()
  ).map(({ data }) => data);

it("whoever leaves hands over what they alone held, and nothing is left without an owner", async () => {
  const leaver = await house.person("leaver", {}, { platformAdmin: true });
  const heir = await house.person("heir");
  expect((await api("POST", "/projects", { name: "lonely" }, leaver.token)).status).toBe(201);
  await api("POST", "/principals", { kind: "service-account", name: "their-bot" }, leaver.token);
  await api("POST", "/principals", { kind: "team", name: "small-team" });
  await api("PUT", "/teams/small-team/members/leaver");
  await api("PUT", "/projects/flights/owner", { owner: "small-team" });
  const hash = `sha256:${"1".repeat(64)}`;
  const request = json({ asked: {}, pinned: null });
  const rule = json({ roles: ["reviewer"], quorum: 2, selfApproval: false });
  await house.ctx.db
    .insertInto("plans")
    .values({
      ...{ id: newId(), project_id: flights.projectId, number: 2, environment: "staging", title: "t", state: "open" },
      ...{ author: leaver.id, request, hash, approval_rule: rule },
    })
    .execute();
  const revision = await house.ctx.db.selectFrom("revisions").select("id").executeTakeFirstOrThrow();
  await house.ctx.db
    .insertInto("runs")
    .values({
      ...{ id: newId(), project_id: flights.projectId, number: 2, pipeline: "train", revision_id: revision.id },
      ...{ state: "queued", principal_id: "system", requested_by: leaver.id },
    })
    .execute();
  await house.ctx.db.updateTable("reviews").set({ requested_by: leaver.id }).execute();

  const refused = await api("POST", "/principals/leaver/disable", {});
  expect([refused.status, refused.body.error.code]).toEqual([409, "ownership.held"]);
  expect(refused.body.error.fix).toContain("pave users hand-over leaver SUCCESSOR");
  const things = [
    "the only admin of project lonely",
    "the only member of team small-team",
    "service-account their-bot",
    "plan 2 of flights",
    "run 2 of flights",
    "the review of flights-model version 1 for staging",
  ];
  expect(refused.body.error.problems.map(({ path }: { path: string }) => path)).toEqual(things);
  expect(
    (await api("GET", "/principals/leaver/holdings")).body.items.map(({ name }: { name: string }) => name),
  ).toEqual(things);

  expect((await api("POST", "/principals/leaver/hand-over", { to: "heir" })).body.items).toHaveLength(things.length);
  expect((await api("GET", "/principals/leaver/holdings")).body.items).toEqual([]);
  expect((await events()).slice(-things.length)).toEqual(
    things.map((thing) => ({ thing, from: "leaver", to: "heir" })),
  );
  expect((await api("POST", "/principals/leaver/disable", {})).status).toBe(200);
  expect((await api("GET", "/projects/lonely/access", undefined, heir.token)).status).toBe(200);

  // whoever took a plan over is an author of it from then on
  await api("PUT", "/projects/flights/members/heir", { role: "reviewer" });
  const approved = await api("POST", "/projects/flights/plans/2/approve", { hash, comment: "" }, heir.token);
  expect(approved.body.error).toMatchObject({
    code: "approval.self",
    message: expect.stringContaining("took over from leaver"),
  });
});

it("a team that owns something goes only with another in its place", async () => {
  await api("POST", "/principals", { kind: "team", name: "old-team" });
  await api("POST", "/principals", { kind: "team", name: "new-team" });
  await house.person("mate");
  await api("PUT", "/teams/new-team/members/mate");
  expect((await api("POST", "/projects", { name: "owned", owner: "old-team" })).status).toBe(201);
  expect((await api("POST", "/principals/old-team/disable", {})).body.error.code).toBe("ownership.held");
  const wrong = await api("POST", "/principals/old-team/disable", { to: "mate" });
  expect(wrong.body.error).toMatchObject({
    code: "request.invalid",
    message: expect.stringContaining("expected another team"),
  });
  expect((await api("POST", "/principals/old-team/disable", { to: "new-team" })).status).toBe(200);
  expect((await api("GET", "/projects/owned")).body.owner).toBe("new-team");
  const { body } = await api("GET", "/projects/owned/access");
  expect(body.items.find((item: { principal: { name: string } }) => item.principal.name === "mate").roles).toEqual([
    { role: "developer", via: "new-team" },
  ]);
});

it("an owner is a team that is there, named by an admin of the project", async () => {
  const dev = await house.person("plain-dev", { flights: "developer" });
  expect((await api("PUT", "/projects/flights/owner", { owner: "platform" }, dev.token)).status).toBe(403);
  expect((await api("PUT", "/projects/flights/owner", { owner: "no-team" })).body.error.code).toBe("access.not_found");
  expect((await api("PUT", "/projects/flights/owner", { owner: "platform" })).body.owner).toBe("platform");
});

it("a service account belongs to whoever made it, or to a team, whose members are not its authors", async () => {
  const maker = await house.person("maker", {}, { platformAdmin: true });
  const made = await api("POST", "/principals", { kind: "service-account", name: "ci-bot" }, maker.token);
  expect(made.body.owner).toBe("maker");
  expect((await api("PUT", "/principals/ci-bot/owner", { owner: "platform" })).body.owner).toBe("platform");
  expect((await api("GET", "/principals/maker/holdings")).body.items).toEqual([]);
  expect((await events()).at(-1)).toEqual({ thing: "service-account ci-bot", from: "maker", to: "platform" });
  expect((await api("PUT", "/principals/maker/owner", { owner: "platform" })).body.error.message).toContain(
    "which nobody owns",
  );
  expect((await api("PUT", "/principals/ci-bot/owner", { owner: "ci-bot" })).body.error.code).toBe("request.invalid");
});
