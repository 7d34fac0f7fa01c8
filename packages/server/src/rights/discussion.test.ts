import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { asActor } from "../db/context.ts";
import { systemActor } from "../kernel/actor.ts";
import { mintToken } from "../modules/access/index.ts";
import { type ApiHouse, createApiHouse } from "./api-house.ts";
import { insertThings, type Things } from "./things.ts";

type Person = Awaited<ReturnType<ApiHouse["person"]>>;

let house: ApiHouse;
let flights: Things;
let grace: Person;
let dev: Person;
let admin: Person;
let viewer: Person;
beforeAll(async () => {
  house = await createApiHouse({ checkResponses: true });
  flights = await insertThings(house.ctx, await house.project("flights"), 1);
  await house.project("trains");
  grace = await house.person("grace", { flights: "reviewer" });
  dev = await house.person("dev", { flights: "developer" });
  admin = await house.person("ada", { flights: "admin" });
  viewer = await house.person("vera", { flights: "viewer" });
  await house.person("stranger", { trains: "admin" });
});
afterAll(() => house.close());

const api = (token: string, method: string, path: string, body?: object) =>
  house.send(method, `/api/v1/projects/flights${path}`, token, body);
const say = (token: string, text: string, more: object = {}) =>
  api(token, "POST", "/comments", { subject: "run/1", text, ...more });
const mentions = async () =>
  (
    await house.ctx.db
      .selectFrom("ledger_events")
      .select("data")
      .where("type", "=", "comment.mentioned")
      .orderBy("seq")
      .execute()
  ).map(({ data }) => data);

describe("comments", () => {
  it.each(["run/1", "plan/1", "alert/1", "model/flights-model/1"])("are about %s", async (subject) => {
    const { status } = await say(dev.token, "hello", { subject });
    expect(status).toBe(200);
    const { body } = await api(viewer.token, "GET", `/comments?subject=${subject}`);
    expect(body.items.at(-1)).toMatchObject({ subject, text: "hello", author: { name: "dev" }, own: false });
  });

  it("tell whom they mention, once, with a link; only who can read the project", async () => {
    const before = (await mentions()).length;
    const { body } = await say(dev.token, "@grace and @grace, @stranger, @dev and `@ada`");
    expect(body.mentioned).toEqual([{ id: grace.id, kind: "user", name: "grace" }]);
    expect(body.notMentioned).toEqual([{ name: "stranger", why: "nobody of that name can read this project" }]);
    const link = `/projects/flights/runs/1#comment-${body.id}`;
    expect((await mentions()).slice(before)).toEqual([
      { subject: "run/1", link, principals: [grace.id], names: ["grace"] },
    ]);
    await api(dev.token, "PUT", `/comments/${body.id}`, { text: "@grace and @ada" });
    expect((await mentions()).slice(before + 1)).toMatchObject([{ names: ["ada"] }]);
  });

  it("mention a team by its members who can read", async () => {
    const send = (method: string, path: string, body?: object) =>
      house.send(method, `/api/v1${path}`, house.admin, body);
    await send("POST", "/principals", { kind: "team", name: "crew" });
    await send("PUT", "/teams/crew/members/grace");
    await send("PUT", "/teams/crew/members/stranger");
    expect((await say(dev.token, "@crew")).body.mentioned).toMatchObject([{ name: "grace" }]);
    const { body } = await api(viewer.token, "GET", "/mentionable");
    const names = body.items.map(({ name }: { name: string }) => name);
    expect(names).toEqual(expect.arrayContaining(["ada", "crew", "dev", "grace", "vera"]));
    expect(names).not.toContain("stranger");
  });

  it("are edited and deleted by their author alone; what they said is kept, and a mark stays", async () => {
    const { id } = (await say(dev.token, "first")).body;
    expect((await api(admin.token, "PUT", `/comments/${id}`, { text: "x" })).body.error.code).toBe("comment.not_yours");
    expect((await api(dev.token, "PUT", `/comments/${id}`, { text: "second" })).body.editedAt).not.toBeNull();
    expect((await api(house.admin, "DELETE", `/comments/${id}`)).body.error.code).toBe("comment.not_yours");
    expect((await api(dev.token, "DELETE", `/comments/${id}`)).status).toBe(200);
    expect((await api(dev.token, "DELETE", `/comments/${id}`)).body.error.code).toBe("comment.deleted");
    const { body } = await api(viewer.token, "GET", "/comments?subject=run/1");
    expect(body.items.find((one: { id: string }) => one.id === id)).toMatchObject({
      text: "",
      deletedAt: expect.any(String),
    });
    const versions = async (token: string) =>
      (await api(token, "GET", `/comments/${id}/versions`)).body.items.map(({ text }: { text: string }) => text);
    expect(await versions(dev.token)).toEqual(["first", "second"]);
    expect(await versions(admin.token)).toEqual(["first", "second"]);
    expect(await versions(viewer.token)).toEqual([]);
  });

  it("make threads that are settled and opened again", async () => {
    const thread = (await say(dev.token, "a question")).body;
    const answer = (await say(grace.token, "an answer", { replyTo: thread.id })).body;
    const deeper = (await say(dev.token, "and more", { replyTo: answer.id })).body;
    expect([answer.replyTo, deeper.replyTo]).toEqual([thread.id, thread.id]);
    const resolve = (id: string, resolved: boolean) =>
      api(grace.token, "PUT", `/comments/${id}/resolved`, { resolved });
    expect((await resolve(thread.id, true)).body.resolved).toMatchObject({ by: { name: "grace" } });
    expect((await resolve(thread.id, false)).body.resolved).toBeNull();
    expect((await resolve(answer.id, true)).body.error.code).toBe("request.invalid");
  });

  it.each([
    ["a viewer's", () => say(viewer.token, "x"), 403, "access.denied"],
    ["an empty one", () => say(dev.token, "  \n"), 400, "request.invalid"],
    ["one that is too long", () => say(dev.token, "x".repeat(10_001)), 400, "request.invalid"],
    ["one about what is not there", () => say(dev.token, "x", { subject: "run/99" }), 404, "run.not_found"],
    ["one about what nobody knows", () => say(dev.token, "x", { subject: "house/1" }), 400, "request.invalid"],
    ["an answer to what is not there", () => say(dev.token, "x", { replyTo: "none" }), 404, "comment.not_found"],
    [
      "an answer about something else",
      async () => say(dev.token, "x", { subject: "plan/1", replyTo: (await say(dev.token, "y")).body.id }),
      400,
      "request.invalid",
    ],
  ] as const)("%s is refused", async (_, act, status, code) => {
    const answer = await act();
    expect([answer.status, answer.body.error.code]).toEqual([status, code]);
  });
});

describe("a review of a model version", () => {
  const version = "/models/flights-model/versions/1/reviews";
  const questions = (ask: string) => `reviews:
  - { id: intended-use, ask: "What is it for?" }
  - { id: fairness, ask: "${ask}", evidence: required }
`;
  const environment = async (more: string) => {
    const { body } = await house.send("GET", "/api/v1/environments/staging", house.admin);
    const yaml = `${body.source.replace(/^reviews:\n( {2}.*\n)*/m, "")}${more}`;
    const made = await house.send("POST", "/api/v1/environments/staging/plans", house.admin, { yaml });
    expect([made.status, made.text]).toEqual([201, expect.any(String)]);
    for (let turn = 0; turn < 20; turn += 1)
      for (const loop of house.app.loops) if (loop.name === "plans") await loop.run(house.ctx);
  };
  const show = async () => (await api(viewer.token, "GET", version)).body.items[0];

  it("is asked for, answered with evidence, and decided by somebody else; other questions make it stale", async () => {
    await environment(questions("Is it fair?"));
    expect(await show()).toMatchObject({ id: expect.any(String), verdict: "stale" });
    const { body: review } = await api(dev.token, "POST", version, { environment: "staging" });
    expect(review).toMatchObject({
      verdict: "open",
      answers: [],
      questions: [{ id: "intended-use" }, { id: "fairness", evidence: "required" }],
    });
    expect((await api(dev.token, "POST", version, { environment: "staging" })).body.id).toBe(review.id);

    const answer = (question: string, body: object, token = dev.token) =>
      api(token, "PUT", `/reviews/${review.id}/answers/${question}`, body);
    const decide = (token: string, verdict: string, comment = "") =>
      api(token, "POST", `/reviews/${review.id}/decide`, { verdict, comment });
    expect((await decide(grace.token, "approved")).body.error).toMatchObject({
      code: "review.incomplete",
      message: expect.stringContaining("intended-use, fairness"),
    });
    await answer("intended-use", { text: "delays" });
    await answer("fairness", { text: "yes" });
    expect((await decide(grace.token, "approved")).body.error.message).toContain("fairness");
    expect((await answer("fairness", { text: "yes", evidence: [{ kind: "run", number: 99 }] })).body.error.code).toBe(
      "run.not_found",
    );
    expect(
      (await answer("fairness", { text: "yes", evidence: [{ kind: "artifact", id: "none" }] })).body.error.code,
    ).toBe("artifact.not_found");
    expect(
      (await answer("fairness", { text: "yes", evidence: [{ kind: "link", url: "javascript:alert(1)" }] })).status,
    ).toBe(400);
    expect((await answer("fairnes", { text: "yes" })).body.error.message).toContain("did you mean `fairness`?");
    expect((await answer("fairness", { text: "yes" }, viewer.token)).status).toBe(403);
    const evidence = [
      { kind: "run", number: 1 },
      { kind: "artifact", id: flights.artifact },
      { kind: "link", url: "https://example.org/r" },
    ];
    expect((await answer("fairness", { text: "yes", evidence })).body.answers).toHaveLength(2);

    expect((await decide(dev.token, "approved")).status).toBe(403);
    await answer("intended-use", { text: "late flights" }, admin.token);
    expect((await decide(admin.token, "approved")).body.error).toMatchObject({
      code: "review.self",
      message: expect.stringContaining("answered its questions"),
    });
    const twin = await house.person("twin", { flights: "reviewer" });
    const email = { email: "dev@example.org" };
    await house.ctx.db.updateTable("principals").set(email).where("id", "in", [dev.id, twin.id]).execute();
    expect((await decide(twin.token, "approved")).body.error.message).toContain("asked for this review");
    const lent = await mintToken(asActor(house.ctx, { ...systemActor, principalId: dev.id }), {
      ...{ kind: "api", principalId: grace.id, name: "lent", expiresInMs: 3_600_000 },
    });
    expect((await decide(lent.token, "approved")).body.error).toMatchObject({
      code: "review.self",
      message: expect.stringContaining("Who made this token of grace asked for this review"),
    });
    const machine = await house.person("batch", {}, { kind: "service-account" });
    const ran = (by: string) =>
      house.ctx.db.updateTable("runs").set({ requested_by: by }).where("number", "=", 1).execute();
    const pushed = (by: string) => house.ctx.db.updateTable("revisions").set({ created_by: by }).execute();
    await ran(machine.id);
    await pushed(grace.id);
    expect((await decide(grace.token, "approved")).body.error.message).toContain("made this version");
    await ran(dev.id);
    const { body: home } = await house.send("GET", "/api/v1/home", grace.token);
    expect(home.waiting).toContainEqual(
      expect.objectContaining({
        kind: "review",
        detail: "is to be reviewed for staging",
        command: "pave reviews show flights-model@1 --project flights",
      }),
    );
    expect((await decide(grace.token, "rejected")).body.error.code).toBe("request.invalid");
    expect((await decide(grace.token, "approved", "looked")).body).toMatchObject({
      verdict: "approved",
      decidedBy: { name: "grace" },
      comment: "looked",
    });
    expect((await answer("fairness", { text: "no" })).body.error.code).toBe("review.not_open");

    await environment(questions("Is it fair to every carrier?"));
    expect((await show()).verdict).toBe("stale");
    const again = (await api(dev.token, "POST", version, { environment: "staging" })).body;
    expect([again.verdict, again.answers.map(({ question }: { question: string }) => question)]).toEqual([
      "open",
      ["intended-use"],
    ]);
  });

  it("is asked by an environment with questions, of a version that is there", async () => {
    expect((await api(dev.token, "POST", version, { environment: "production" })).body.error.code).toBe(
      "review.no_questions",
    );
    expect((await api(dev.token, "POST", version, { environment: "nowhere" })).body.error.code).toBe(
      "environment.not_found",
    );
    expect(
      (await api(dev.token, "POST", "/models/none/versions/1/reviews", { environment: "staging" })).body.error.code,
    ).toBe("model.version_not_found");
  });

  it("has questions with an id each, once", async () => {
    const { body } = await house.send("GET", "/api/v1/environments/staging", house.admin);
    const twice = `${body.source.replace(/^reviews:\n( {2}.*\n)*/m, "")}reviews:\n  - { id: a, ask: "?" }\n  - { id: a, ask: "!" }\n`;
    const made = await house.send("POST", "/api/v1/environments/staging/plans", house.admin, { yaml: twice });
    expect([made.status, made.body.error.code]).toEqual([422, "environment.invalid"]);
    expect(made.text).toContain("the id a is there twice");
  });
});
