import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { json } from "../db/column-types.ts";
import { newId } from "../kernel/ids.ts";
import { type ApiHouse, createApiHouse } from "./api-house.ts";
import { insertThings, type Things } from "./things.ts";

type Person = Awaited<ReturnType<ApiHouse["person"]>>;

let house: ApiHouse;
let flights: Things;
let ada: Person;
let grace: Person;
let dev: Person;
let viewer: Person;
beforeAll(async () => {
  house = await createApiHouse({ checkResponses: true });
  flights = await insertThings(house.ctx, await house.project("flights"), 1);
  await house.project("trains");
  ada = await house.person("ada", { flights: "admin" }, { email: "ada@example.org" });
  grace = await house.person("grace", { flights: "reviewer" });
  dev = await house.person("dev", { flights: "developer" });
  viewer = await house.person("vera", { flights: "viewer" });
});
afterAll(() => house.close());

const explain = async (as: string, query: string) => house.send("GET", `/api/v1/access/explain?${query}`, as);

/** A plan that waits for two approvals, as if this principal had made it. */
async function openPlan(authorId: string, more: object = {}): Promise<{ number: number; hash: string }> {
  const { count } = await house.ctx.db
    .selectFrom("plans")
    .select((eb) => eb.fn.countAll<number>().as("count"))
    .executeTakeFirstOrThrow();
  const number = 100 + Number(count);
  const hash = `sha256:${String(number).padStart(64, "0")}`;
  await house.ctx.db
    .insertInto("plans")
    .values({
      ...{ id: newId(), project_id: flights.projectId, number, environment: "staging", title: "plan", state: "open" },
      ...{ author: authorId, request: json({ asked: {}, pinned: null }), hash },
      approval_rule: json({ roles: ["reviewer"], quorum: 2, selfApproval: false }),
      ...more,
    })
    .execute();
  return { number, hash };
}
const approve = (token: string, { number, hash }: { number: number; hash: string }) =>
  house.send("POST", `/api/v1/projects/flights/plans/${number}/approve`, token, { hash, comment: "" });

describe("pave access explain", () => {
  it("says yes with the role that gives it", async () => {
    const { body } = await explain(ada.token, "who=grace&action=plan.approve&project=flights");
    expect(body).toMatchObject({
      ...{ who: { name: "grace" }, on: "project flights", lets: "approve and reject plans" },
      ...{ allowed: true, changes: [] },
      reasons: [{ rule: "role", allows: true, text: "grace is reviewer, which has plan.approve" }],
    });
  });

  it("says no with what would change it, and who can", async () => {
    const { body } = await explain(ada.token, "who=dev&action=plan.approve&project=flights");
    expect(body.allowed).toBe(false);
    expect(body.reasons.map((one: { text: string }) => one.text)).toEqual([
      "dev is developer, which lacks plan.approve",
    ]);
    expect(body.changes).toEqual([
      {
        what: "dev gets the role reviewer or admin: `pave members set dev reviewer --project flights`",
        who: expect.arrayContaining(["ada"]),
      },
    ]);
  });

  it("names the team whose role it is, until the team is gone", async () => {
    const send = (method: string, path: string, body?: object) =>
      house.send(method, `/api/v1${path}`, house.admin, body);
    const pia = await house.person("pia");
    expect((await send("POST", "/principals", { kind: "team", name: "ops" })).status).toBe(200);
    await send("PUT", "/teams/ops/members/pia");
    await send("PUT", "/projects/flights/members/ops", { role: "reviewer" });
    const ask = async () => (await explain(ada.token, "who=pia&action=plan.approve&project=flights")).body;
    expect((await ask()).reasons).toMatchObject([{ text: "pia is reviewer by the team ops, which has plan.approve" }]);
    expect((await house.send("GET", "/api/v1/projects/flights/access", ada.token)).body.items).toContainEqual(
      expect.objectContaining({
        principal: { id: pia.id, kind: "user", name: "pia" },
        roles: [{ role: "reviewer", via: "ops" }],
      }),
    );
    await send("POST", "/principals/ops/disable", {});
    expect(await ask()).toMatchObject({ allowed: false, reasons: [{ rule: "role", allows: false }] });
  });

  it("sees the bounds of the token that one asks with", async () => {
    const scopes = ["platform.use", "project.read"];
    const limited = await house.mint(ada.id, { scopes });
    const { body } = await explain(limited, "action=run.start&project=flights");
    expect(body).toMatchObject({
      allowed: false,
      reasons: [{ rule: "token-scopes", text: expect.stringContaining(scopes.join(", ")) }],
    });
    expect((await explain(ada.token, "action=run.start&project=flights")).body.allowed).toBe(true);
  });

  it("says of somebody disabled that it is that, and of a platform permission whose it is", async () => {
    const gone = await house.person("gone", { flights: "reviewer" });
    await house.send("POST", "/api/v1/principals/gone/disable", house.admin, {});
    const { body } = await explain(ada.token, `who=${gone.id}&action=plan.approve&project=flights`);
    expect(body).toMatchObject({ allowed: false, reasons: [{ rule: "disabled" }, { rule: "role", allows: true }] });
    const platform = (await explain(house.admin, "who=ada&action=environment.update")).body;
    expect(platform).toMatchObject({
      allowed: false,
      on: "the platform",
      changes: [{ what: "ada becomes a platform admin" }],
    });
  });

  it.each([
    [
      "others may not be asked about",
      () => explain(dev.token, "who=ada&action=run.start&project=flights"),
      403,
      "access.denied",
    ],
    ["nor the platform's", () => explain(ada.token, "who=dev&action=environment.update"), 403, "access.denied"],
    [
      "a project that is not one's own is none",
      () => explain(dev.token, "action=run.start&project=trains"),
      404,
      "project.not_found",
    ],
    ["an unknown action", () => explain(ada.token, "action=plan.aprove&project=flights"), 400, "request.invalid"],
    ["an action without a project", () => explain(ada.token, "action=plan.approve"), 400, "request.invalid"],
    [
      "an unknown principal",
      () => explain(ada.token, "who=nobody-x&action=plan.approve&project=flights"),
      404,
      "access.not_found",
    ],
    [
      "a plan that is none",
      () => explain(ada.token, "action=plan.approve&project=flights&plan=99"),
      404,
      "plan.not_found",
    ],
    [
      "the list of a viewer",
      () => house.send("GET", "/api/v1/projects/flights/access", viewer.token),
      403,
      "access.denied",
    ],
  ] as const)("%s is refused", async (_, ask, status, code) => {
    const answer = await ask();
    expect([answer.status, answer.body.error.code]).toEqual([status, code]);
    expect(answer.body.error.fix).toBeTruthy();
  });

  it("says of each caller and permission what a request would meet", async () => {
    const said = async (who: string, action: string) =>
      (await explain(house.admin, `who=${who}&action=${action}&project=flights`)).body.allowed;
    const met = async (token: string) =>
      (await house.send("GET", "/api/v1/projects/flights/access", token)).status === 200;
    for (const person of [ada, grace, dev, viewer])
      expect([person.name, await said(person.name, "access.read")]).toEqual([person.name, await met(person.token)]);
  });
});

describe("whoever stands behind a plan", () => {
  it("is said by explain as approving it would", async () => {
    const plan = await openPlan(grace.id);
    const { body } = await explain(ada.token, `who=grace&action=plan.approve&project=flights&plan=${plan.number}`);
    expect(body).toMatchObject({ allowed: false, on: `plan ${plan.number} of project flights` });
    expect(body.reasons).toContainEqual(
      expect.objectContaining({
        rule: "author",
        allows: false,
        text: expect.stringContaining("grace is the plan's author"),
      }),
    );
    expect(body.changes).toEqual([{ what: "somebody else decides", who: expect.not.arrayContaining(["grace"]) }]);
    expect((await approve(grace.token, plan)).body.error.code).toBe("approval.self");
    expect((await explain(ada.token, `action=plan.approve&project=flights&plan=${plan.number}`)).body.allowed).toBe(
      true,
    );
  });

  it.each(["admin", "platform admin"])("does not approve it as %s either", async (role) => {
    const author = await house.person(
      `author-${role.replace(" ", "-")}`,
      { flights: "admin" },
      { platformAdmin: role !== "admin" },
    );
    expect((await approve(author.token, await openPlan(author.id))).body.error.code).toBe("approval.self");
  });

  it("does not approve it from another account with the same e-mail address", async () => {
    const second = await house.person("ada-two", { flights: "reviewer" }, { email: "Ada@Example.org" });
    const { body, status } = await approve(second.token, await openPlan(ada.id));
    expect([status, body.error.code]).toEqual([403, "approval.self"]);
    expect(body.error.message).toContain("has the e-mail address of another account that is the plan's author");
  });

  it("two accounts of one person are one approval", async () => {
    const plan = await openPlan(dev.id);
    await house
      .person("twin-a", { flights: "reviewer" }, { email: "twin@example.org" })
      .then((one) => approve(one.token, plan));
    const twin = await house.person("twin-b", { flights: "reviewer" }, { email: "twin@example.org" });
    expect((await approve(twin.token, plan)).body.error.code).toBe("approval.duplicate");
  });

  it("does not approve with another's token that they made themselves", async () => {
    const plan = await openPlan(ada.id);
    const hash = await house.mint(grace.id);
    await house.ctx.db
      .updateTable("tokens")
      .set({ created_by: ada.id })
      .where("principal_id", "=", grace.id)
      .where("name", "=", "t")
      .execute();
    expect((await approve(hash, plan)).body.error).toMatchObject({
      code: "approval.self",
      message: expect.stringContaining("The plan's author made this token of grace"),
    });
    expect((await approve(grace.token, plan)).status).toBe(200);
  });

  it("is, where a machine made it, also who pushed the revision", async () => {
    const robot = await house.person("pusher-bot", { flights: "developer" }, { kind: "service-account" });
    const revision = newId();
    await house.ctx.db
      .insertInto("revisions")
      .values({
        ...{ id: revision, project_id: flights.projectId, number: 50, digest: `sha256:${"5".repeat(64)}` },
        ...{ files: json([]), file_count: 0, bytes: 0, created_by: grace.id },
      })
      .execute();
    const plan = await openPlan(robot.id, { revision_id: revision });
    expect((await approve(grace.token, plan)).body.error.message).toContain(
      "grace pushed the revision, and no person made the plan",
    );
    expect((await approve(ada.token, plan)).status).toBe(200);
    expect((await approve(grace.token, await openPlan(dev.id, { revision_id: revision }))).status).toBe(200);
  });

  it("is whoever owns the account, or made the token, that made it", async () => {
    const api = (token: string, method: string, path: string, body?: object) =>
      house.send(method, `/api/v1${path}`, token, body);
    const ida = await house.person("ida", {}, { platformAdmin: true });
    const otto = await house.person("otto", {}, { platformAdmin: true });
    await api(ida.token, "POST", "/principals", { kind: "service-account", name: "robot", platformAdmin: true });
    const robot = (await api(otto.token, "POST", "/tokens", { name: "ci", principal: "robot" })).body.token;
    const { body: before } = await api(ida.token, "GET", "/environments/production");
    const yaml = `${before.source}\n`.replace("quorum: 1", "quorum: 2");
    const made = await api(robot, "POST", "/environments/production/plans", { yaml });
    expect([made.status, made.body.state]).toEqual([201, "open"]);
    const { number, hash } = made.body;
    const decide = (token: string) => api(token, "POST", `/plans/${number}/approve`, { hash, comment: "" });
    expect((await decide(ida.token)).body.error.message).toContain(
      "ida owns the service-account robot, which made the plan",
    );
    expect((await decide(otto.token)).body.error.message).toContain(
      "otto made the token with which robot acts, which made the plan",
    );
    expect((await decide(robot)).body.error.message).toContain("robot is a service-account");
    expect((await api(house.admin, "POST", `/plans/${number}/cancel`)).status).toBe(200);
  });
});
