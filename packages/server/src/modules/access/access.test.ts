import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { asActor, type Ctx, createContext } from "../../db/context.ts";
import { createTestDatabase, type TestDatabase } from "../../db/test-database.ts";
import { silentLogger } from "../../kernel/logger.ts";
import {
  addTeamMember,
  assertCan,
  authenticate,
  can,
  createPrincipal,
  createSignInLink,
  disablePrincipal,
  listTeams,
  localAccounts,
  mintToken,
  predictKeys,
  readableProjects,
  removeTeamMember,
  setProjectRole,
  signIn,
} from "./index.ts";
import { isTokenText, newTokenText } from "./token-text.ts";

let test_: TestDatabase;
let ctx: Ctx;
let now = new Date("2026-01-01T00:00:00Z");

beforeAll(async () => {
  test_ = await createTestDatabase();
  ctx = createContext(test_.database, { log: silentLogger, clock: { now: () => now } });
});
afterAll(() => test_.drop());

async function project(name: string) {
  const id = randomUUID();
  await ctx.db.insertInto("projects").values({ id, name, title: name, owner: "team", created_by: "system" }).execute();
  return { id, name };
}
const user = (name: string, platformAdmin = false) => createPrincipal(ctx, { kind: "user", name, platformAdmin });
async function as(principalId: string, options: { scopes?: string[]; projectId?: string } = {}): Promise<Ctx> {
  const { token } = await mintToken(ctx, { kind: "api", principalId, name: "t", expiresInMs: 3_600_000, ...options });
  return asActor(ctx, await authenticate(ctx, token));
}

describe("tokens", () => {
  test("the checksum tells a mistyped token without asking the database", () => {
    const token = newTokenText("api");
    expect(token).toMatch(/^pave_api_[0-9A-Za-z]{32}_[0-9a-z]{7}$/);
    expect(isTokenText(token)).toBe(true);
    expect(isTokenText(`${token.slice(0, -1)}~`)).toBe(false);
    expect(isTokenText("")).toBe(false);
  });

  test("only a hash is stored", async () => {
    const { id } = await user("hash-owner");
    const { token } = await mintToken(ctx, { kind: "api", principalId: id, name: "t", expiresInMs: 1000 });
    const rows = await ctx.db.selectFrom("tokens").selectAll().where("principal_id", "=", id).execute();
    expect(JSON.stringify(rows)).not.toContain(token.split("_")[2]);
  });

  test("an unknown, revoked or expired token is refused with its own words", async () => {
    const { id } = await user("short");
    const { token } = await mintToken(ctx, { kind: "api", principalId: id, name: "t", expiresInMs: 1000 });
    await expect(authenticate(ctx, newTokenText("api"))).rejects.toMatchObject({ code: "access.token_invalid" });
    now = new Date(now.getTime() + 2000);
    await expect(authenticate(ctx, token)).rejects.toMatchObject({ code: "access.token_expired" });
    const other = await mintToken(ctx, { kind: "api", principalId: id, name: "t", expiresInMs: 100_000 });
    await disablePrincipal(ctx, id);
    await expect(authenticate(ctx, other.token)).rejects.toMatchObject({ code: "access.token_invalid" });
  });

  test("a sign-in link works once and is no token itself", async () => {
    const { id } = await user("linked");
    const { link } = await createSignInLink(ctx, id);
    await expect(authenticate(ctx, link)).rejects.toMatchObject({ code: "access.token_invalid" });
    const { session } = await signIn(ctx, link);
    expect((await authenticate(ctx, session)).principalId).toBe(id);
    await expect(signIn(ctx, link)).rejects.toMatchObject({ code: "access.link_used" });
    await expect(signIn(ctx, session)).rejects.toMatchObject({ code: "access.token_invalid" });
  });

  test("of two who use a link at once, one gets in", async () => {
    const { id } = await user("raced");
    const { link } = await createSignInLink(ctx, id);
    const results = await Promise.allSettled([signIn(ctx, link), signIn(ctx, link)]);
    expect(results.filter((result) => result.status === "fulfilled")).toHaveLength(1);
  });
});

describe("permissions", () => {
  test("a role allows what the table says and nothing else; a stranger does not learn that the project exists", async () => {
    const here = await project("roles");
    const [viewer, developer, reviewer, stranger] = [
      await user("viewer"),
      await user("developer"),
      await user("reviewer"),
      await user("stranger"),
    ];
    await setProjectRole(ctx, { projectId: here.id, principalId: viewer.id, role: "viewer" });
    await setProjectRole(ctx, { projectId: here.id, principalId: developer.id, role: "developer" });
    await setProjectRole(ctx, { projectId: here.id, principalId: reviewer.id, role: "reviewer" });
    const table = await Promise.all(
      [viewer, developer, reviewer, stranger].map(async ({ id }) => {
        const actor = await as(id);
        return [
          await can(actor, "project.read", here.id),
          await can(actor, "run.start", here.id),
          await can(actor, "plan.approve", here.id),
          await can(actor, "member.update", here.id),
          await can(actor, "platform.admin"),
        ];
      }),
    );
    expect(table).toEqual([
      [true, false, false, false, false],
      [true, true, false, false, false],
      [true, false, true, false, false],
      [false, false, false, false, false],
    ]);
    await expect(assertCan(await as(viewer.id), "run.start", here)).rejects.toMatchObject({ code: "access.denied" });
    await expect(assertCan(await as(stranger.id), "run.start", here)).rejects.toMatchObject({
      code: "project.not_found",
    });
    expect(await readableProjects(await as(stranger.id))).toEqual([]);
  });

  test("a team's role is its members'", async () => {
    const here = await project("teams");
    const team = await createPrincipal(ctx, { kind: "team", name: "ops" });
    const member = await user("member");
    await addTeamMember(ctx, { team: team.name, member: member.name });
    await setProjectRole(ctx, { projectId: here.id, principalId: team.id, role: "developer" });
    expect(await can(await as(member.id), "run.start", here.id)).toBe(true);
    expect((await predictKeys(ctx)).filter(({ principalId }) => principalId === member.id)).toHaveLength(1);
    await disablePrincipal(ctx, team.id);
    expect(await can(await as(member.id), "run.start", here.id)).toBe(false);
    expect((await predictKeys(ctx)).filter(({ principalId }) => principalId === member.id)).toEqual([]);
  });

  test("who is taken out of a team loses its roles; the ledger tells what changed and nothing else", async () => {
    const here = await project("leaving");
    const team = await createPrincipal(ctx, { kind: "team", name: "crew" });
    const member = await user("leaver");
    const both = { team: team.name, member: member.name };
    await setProjectRole(ctx, { projectId: here.id, principalId: team.id, role: "developer" });
    await addTeamMember(ctx, both);
    await addTeamMember(ctx, both);
    expect((await listTeams(ctx)).find(({ name }) => name === "crew")?.members).toEqual([
      { id: member.id, kind: "user", name: "leaver", byGroup: false },
    ]);
    await removeTeamMember(ctx, both);
    expect(await can(await as(member.id), "run.start", here.id)).toBe(false);
    await expect(removeTeamMember(ctx, both)).rejects.toMatchObject({ message: "leaver is no member of crew" });
    const events = await ctx.db
      .selectFrom("ledger_events")
      .select("type")
      .where("subject_id", "=", member.id)
      .orderBy("seq")
      .execute();
    expect(events.map(({ type }) => type).filter((type) => type.startsWith("team."))).toEqual([
      "team.member-added",
      "team.member-removed",
    ]);
    await expect(addTeamMember(ctx, { ...both, member: "crew" })).rejects.toMatchObject({
      message: "crew is a team: teams have people and accounts as members",
    });
    await expect(addTeamMember(ctx, { ...both, team: "crwe" })).rejects.toMatchObject({
      message: "There is no team crwe; did you mean `crew`?",
      fix: expect.stringContaining("pave teams create"),
    });
  });

  test("scopes and a project bound a token, an admin's too", async () => {
    const [here, there] = [await project("bound"), await project("elsewhere")];
    const admin = await user("root-admin", true);
    const scoped = await as(admin.id, { scopes: ["project.read"] });
    expect([
      await can(scoped, "project.read", here.id),
      await can(scoped, "run.start", here.id),
      await can(scoped, "platform.admin"),
    ]).toEqual([true, false, false]);
    const bound = await as(admin.id, { projectId: here.id });
    expect([
      await can(bound, "run.start", here.id),
      await can(bound, "run.start", there.id),
      await can(bound, "platform.admin"),
    ]).toEqual([true, false, false]);
  });

  test("a run's token can do nothing but what its scopes name", async () => {
    const here = await project("machines");
    const run = await createPrincipal(ctx, { kind: "run", name: "run 1" });
    const { token } = await mintToken(ctx, {
      kind: "run",
      principalId: run.id,
      name: "run",
      scopes: ["run.self"],
      projectId: here.id,
      expiresInMs: 1000,
    });
    const actor = asActor(ctx, await authenticate(ctx, token));
    expect([
      await can(actor, "run.self"),
      await can(actor, "project.read", here.id),
      await can(actor, "platform.use"),
      await can(actor, "work.lease"),
    ]).toEqual([true, false, false, false]);
  });

  test("the last platform admin cannot be disabled", async () => {
    const admins = await ctx.db.selectFrom("principals").select("id").where("platform_admin", "=", true).execute();
    for (const admin of admins.slice(1)) await disablePrincipal(ctx, admin.id);
    await expect(disablePrincipal(ctx, admins[0]?.id ?? "")).rejects.toMatchObject({ code: "access.last_admin" });
  });

  test("two admins who disable each other at once leave one of them", async () => {
    const admins = await ctx.db
      .selectFrom("principals")
      .select("id")
      .where("platform_admin", "=", true)
      .where("disabled_at", "is", null)
      .execute();
    const other = await createPrincipal(ctx, { kind: "user", name: "other-admin", platformAdmin: true });
    const results = await Promise.allSettled([...admins, other].map(({ id }) => disablePrincipal(ctx, id)));
    expect(results.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
  });

  test("what the platform itself runs as cannot be disabled", async () => {
    const gateway = await createPrincipal(ctx, { kind: "service-account", name: localAccounts.gateway });
    await expect(disablePrincipal(ctx, gateway.id)).rejects.toMatchObject({ code: "access.conflict" });
  });
});

test("gateways get the hashes of tokens that may predict, with their projects", async () => {
  const here = await project("keys");
  const [caller, viewer] = [await user("caller"), await user("looker")];
  await setProjectRole(ctx, { projectId: here.id, principalId: caller.id, role: "developer" });
  await setProjectRole(ctx, { projectId: here.id, principalId: viewer.id, role: "viewer" });
  const minted = await mintToken(ctx, { kind: "api", principalId: caller.id, name: "t", expiresInMs: 60_000 });
  await mintToken(ctx, { kind: "api", principalId: viewer.id, name: "t", expiresInMs: 60_000 });
  const keys = await predictKeys(ctx);
  expect(keys.find((key) => key.sha256 === minted.sha256)).toMatchObject({
    principalId: caller.id,
    projectIds: [here.id],
  });
  expect(keys.some((key) => key.principalId === viewer.id)).toBe(false);
});
