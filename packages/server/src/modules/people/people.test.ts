import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { asActor, type Ctx, createContext } from "../../db/context.ts";
import { createTestDatabase, type TestDatabase } from "../../db/test-database.ts";
import { silentLogger } from "../../kernel/logger.ts";
import { authenticate, createPrincipal, createSignInLink, listSessions, signIn, withActor } from "../access/index.ts";
import { acceptInvitation, openInvitation } from "./accept-invitation.ts";
import { changePassword } from "./change-password.ts";
import { grantsOf, readGroupMapping } from "./group-mapping.ts";
import { cancelInvitation, invitePerson, resendInvitation } from "./invite-person.ts";
import { hashPassword, isOutdated, verifyPassword } from "./password-hash.ts";
import { assertGoodPassword } from "./password-rules.ts";
import { nameFrom } from "./person-name.ts";
import { leftBehind, listPeople, removePerson } from "./remove-person.ts";
import { signInByPassword } from "./sign-in-by-password.ts";

let test_: TestDatabase;
let ctx: Ctx;
let now = new Date("2026-01-01T12:00:00Z");
const from = { address: "192.0.2.1", userAgent: "test" };
const good = "four words nobody guesses";

beforeAll(async () => {
  test_ = await createTestDatabase();
  ctx = createContext(test_.database, { log: silentLogger, clock: { now: () => now } });
});
afterAll(() => test_.drop());

const later = (ms: number) => {
  now = new Date(now.getTime() + ms);
};
const invite = (email: string, more: object = {}) =>
  invitePerson(ctx, { email, teams: [], roles: {}, platformAdmin: false, ...more });
const arrive = async (email: string, more: object = {}) =>
  acceptInvitation(ctx, { secret: (await invite(email, more)).secret, password: good }, from);

describe("passwords", () => {
  test("are kept as argon2id with its parameters, salted, and are the same however their letters are encoded", async () => {
    const [one, two] = [await hashPassword("Ångström is not enough"), await hashPassword("Ångström is not enough")];
    expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
    expect(one).not.toBe(two);
    expect(await verifyPassword("Ångström is not enough".normalize("NFD"), one)).toBe(true);
    expect(await verifyPassword("angström is not enough", one)).toBe(false);
    expect(await verifyPassword("anything", undefined)).toBe(false);
    expect([isOutdated(one), isOutdated(one.replace("t=2", "t=1"))]).toEqual([false, true]);
  });

  test.each([
    ["short", "has 5 characters"],
    ["x".repeat(300), "has 300 characters"],
    ["abababababababab", "repeats the same few characters"],
    ["abcdefghijklm", "straight run"],
    ["Password123!!!", "first that are guessed"],
    ["grace.hopper2026", "little more than your name"],
  ])("%s is refused with the reason", (password, reason) => {
    const owner = { name: "grace", email: "grace.hopper@example.com" };
    expect(() => assertGoodPassword(password, owner)).toThrow(
      expect.objectContaining({ code: "access.password_weak", message: expect.stringContaining(reason) }),
    );
    expect(() => assertGoodPassword(good, owner)).not.toThrow();
  });

  test("let in by name or e-mail; what is wrong is told in the same words and costs the same", async () => {
    await arrive("grace@example.com", { name: "grace" });
    for (const account of ["grace", "Grace@Example.com "])
      expect((await signInByPassword(ctx, { account, password: good }, from)).actor.name).toBe("grace");
    await createPrincipal(ctx, { kind: "user", name: "without" });
    await createPrincipal(ctx, { kind: "service-account", name: "robot" });
    const times: Record<string, number> = {};
    for (const account of ["grace", "without", "robot", "nobody", "' or 1=1 --"]) {
      const began = performance.now();
      await expect(signInByPassword(ctx, { account, password: "wrong, and long enough" }, from)).rejects.toMatchObject({
        code: "access.password_wrong",
        message: "Account and password do not fit together",
      });
      times[account] = performance.now() - began;
    }
    // the hash is most of it: an answer in a tenth of the time would tell that there is none
    expect(Math.min(...Object.values(times))).toBeGreaterThan(Math.max(...Object.values(times)) / 10);
  });

  test("are guessed ten times at most, from wherever; then even the right one waits, and is taken after the time", async () => {
    await arrive("ada@example.com", { name: "ada" });
    const attempt = (password: string, address: string) =>
      signInByPassword(ctx, { account: "ada", password }, { ...from, address });
    for (let guess = 0; guess < 10; guess += 1)
      await expect(attempt(`guess number ${guess}`, `198.51.100.${guess}`)).rejects.toMatchObject({
        code: "access.password_wrong",
      });
    await expect(attempt(good, "198.51.100.99")).rejects.toMatchObject({
      code: "request.rate_limited",
      message: expect.stringMatching(/in 15 minutes, at \d\d:\d\d UTC$/),
    });
    expect((await signInByPassword(ctx, { account: "grace", password: good }, from)).actor.name).toBe("grace");
    later(15 * 60_000);
    expect((await attempt(good, "198.51.100.99")).actor.name).toBe("ada");
  });

  test("that strangers guess wrong shuts nobody out of where they have signed in before, and gives no more guesses there", async () => {
    await arrive("lin@example.com", { name: "lin" });
    const attempt = (password: string, address: string) =>
      signInByPassword(ctx, { account: "lin", password }, { ...from, address });
    const home = "2001:db8:1:2::3";
    await attempt(good, home);
    for (let guess = 0; guess < 11; guess += 1)
      await attempt(`guess number ${guess}`, `203.0.113.${guess}`).catch(() => undefined);
    await expect(attempt(good, "203.0.113.99")).rejects.toMatchObject({ code: "request.rate_limited" });
    expect((await attempt(good, "2001:db8:1:2:ffff::1")).actor.name).toBe("lin");
    for (let guess = 0; guess < 10; guess += 1)
      await expect(attempt(`guess at home ${guess}`, home)).rejects.toMatchObject({ code: "access.password_wrong" });
    await expect(attempt(good, home)).rejects.toMatchObject({ code: "request.rate_limited" });
    later(31 * 86_400_000);
    for (let guess = 0; guess < 11; guess += 1)
      await attempt(`guess number ${guess}`, `203.0.113.${guess}`).catch(() => undefined);
    await expect(attempt(good, home)).rejects.toMatchObject({ code: "request.rate_limited" });
  });

  test("change with the old one, which ends the other sessions and not this one", async () => {
    const [here, there] = [
      await signInByPassword(ctx, { account: "ada", password: good }, from),
      await signInByPassword(ctx, { account: "ada", password: good }, from),
    ];
    const me = await withActor(ctx, here.session);
    await expect(changePassword(me, { password: "another good one" })).rejects.toMatchObject({
      code: "access.password_wrong",
    });
    await expect(changePassword(me, { current: good, password: "short" })).rejects.toMatchObject({
      code: "access.password_weak",
    });
    await changePassword(me, { current: good, password: "another good one" });
    expect((await authenticate(ctx, here.session)).name).toBe("ada");
    await expect(authenticate(ctx, there.session)).rejects.toMatchObject({ code: "access.token_invalid" });
    await expect(signInByPassword(ctx, { account: "ada", password: good }, from)).rejects.toMatchObject({
      code: "access.password_wrong",
    });
    await expect(
      changePassword(asActor(ctx, { ...me.actor, grant: "unlimited" }), { password: good }),
    ).rejects.toMatchObject({ code: "access.denied" });
  });

  test("a first one is set just after signing in by a link, not from a browser that was left open", async () => {
    const { id } = await createPrincipal(ctx, { kind: "user", name: "linked" });
    const enter = async () => withActor(ctx, (await signIn(ctx, (await createSignInLink(ctx, id)).link, from)).session);
    const old = await enter();
    later(20 * 60_000);
    await expect(changePassword(old, { password: good })).rejects.toMatchObject({ code: "access.denied" });
    await changePassword(await enter(), { password: good });
    expect((await signInByPassword(ctx, { account: "linked", password: good }, from)).actor.principalId).toBe(id);
    expect((await listSessions(ctx, id)).map(({ method }) => method)).toEqual(["password", "link"]);
  });
});

describe("an invitation", () => {
  test("gives teams, roles and rights to who accepts it, once", async () => {
    await createPrincipal(ctx, { kind: "team", name: "team-ops" });
    await ctx.db
      .insertInto("projects")
      .values({ id: "p1", name: "flights", title: "", owner: "team-ops", created_by: "system" })
      .execute();
    const { secret, invitation } = await invite("Linus.T@example.com", {
      teams: ["team-ops"],
      roles: { flights: "developer" },
    });
    expect([invitation.name, invitation.email]).toEqual(["linus-t", "linus.t@example.com"]);
    expect(await openInvitation(ctx, secret, from)).toMatchObject({ name: "linus-t" });
    await expect(acceptInvitation(ctx, { secret, password: "short" }, from)).rejects.toMatchObject({
      code: "access.password_weak",
    });
    const results = await Promise.allSettled([1, 2].map(() => acceptInvitation(ctx, { secret, password: good }, from)));
    expect(results.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    await expect(openInvitation(ctx, secret, from)).rejects.toMatchObject({ code: "access.invitation_invalid" });
    const [person] = (await listPeople(ctx)).filter(({ name }) => name.startsWith("linus-t"));
    expect(person).toMatchObject({
      email: "linus.t@example.com",
      teams: ["team-ops"],
      signsInBy: ["password", "link"],
    });
    expect(
      await ctx.db
        .selectFrom("project_members")
        .select("role")
        .where("principal_id", "=", person?.id ?? "")
        .execute(),
    ).toEqual([{ role: "developer" }]);
  });

  test("is checked whole before it is made", async () => {
    await expect(invite("linus.t@example.com")).rejects.toMatchObject({ code: "access.conflict" });
    await expect(invite("new@example.com", { teams: ["team-pos"] })).rejects.toMatchObject({
      message: expect.stringContaining("did you mean `team-ops`"),
    });
    await expect(invite("new@example.com", { roles: { nothing: "viewer" } })).rejects.toMatchObject({
      code: "project.not_found",
    });
    await expect(invite("new@example.com", { name: "team-ops" })).rejects.toMatchObject({ code: "access.conflict" });
  });

  test("has one link that is good: a new one ends the old; cancelled or expired, none is", async () => {
    const first = await invite("vera@example.com");
    await expect(invite("VERA@example.com")).rejects.toMatchObject({
      fix: expect.stringContaining("pave users resend vera@example.com"),
    });
    const second = await resendInvitation(ctx, "vera@example.com");
    await expect(openInvitation(ctx, first.secret, from)).rejects.toMatchObject({ code: "access.invitation_invalid" });
    later(8 * 86_400_000);
    await expect(openInvitation(ctx, second.secret, from)).rejects.toMatchObject({
      message: expect.stringContaining("expired on"),
    });
    const third = await resendInvitation(ctx, first.invitation.id);
    expect((await openInvitation(ctx, third.secret, from)).email).toBe("vera@example.com");
    await cancelInvitation(ctx, "vera@example.com");
    await expect(openInvitation(ctx, third.secret, from)).rejects.toMatchObject({ code: "access.invitation_invalid" });
    await expect(cancelInvitation(ctx, "vera@example.com")).rejects.toMatchObject({ code: "access.not_found" });
  });

  test("secrets are guessed sixty times at most from one address", async () => {
    const address = "203.0.113.9";
    for (let guess = 0; guess < 60; guess += 1)
      await expect(openInvitation(ctx, "pave_invite_x", { ...from, address })).rejects.toMatchObject({
        code: "access.invitation_invalid",
      });
    const { secret } = await invite("late@example.com");
    await expect(openInvitation(ctx, secret, { ...from, address })).rejects.toMatchObject({
      code: "request.rate_limited",
    });
    expect((await openInvitation(ctx, secret, from)).email).toBe("late@example.com");
  });

  test("neither secrets nor passwords are kept anywhere as they are", async () => {
    const { secret } = await invite("sealed@example.com");
    await acceptInvitation(ctx, { secret, password: "unmistakable password" }, from);
    for (const table of [
      "invitations",
      "passwords",
      "ledger_events",
      "tokens",
      "sessions",
      "access_attempts",
    ] as const) {
      const rows = JSON.stringify(await ctx.db.selectFrom(table).selectAll().execute());
      expect(rows).not.toContain("unmistakable");
      expect(rows).not.toContain(secret.split("_")[2]);
    }
  });
});

test("who is removed is out at once, and what stays behind is told before and after", async () => {
  const { actor, session } = await arrive("leaver@example.com", {
    name: "leaver",
    teams: [],
    roles: { flights: "admin" },
  });
  await createPrincipal(ctx, { kind: "team", name: "team-solo" });
  await ctx.db
    .insertInto("team_members")
    .values({
      team_id: (
        await ctx.db.selectFrom("principals").select("id").where("name", "=", "team-solo").executeTakeFirstOrThrow()
      ).id,
      principal_id: actor.principalId,
    })
    .execute();
  await ctx.db
    .insertInto("projects")
    .values({ id: "p2", name: "solo", title: "", owner: "team-solo", created_by: "system" })
    .execute();
  const behind = {
    emptyTeams: [{ team: "team-solo", projects: ["solo"] }],
    projectsWithoutAdmin: ["flights"],
    sessions: 1,
    tokens: 0,
  };
  expect(await leftBehind(ctx, "leaver@example.com")).toEqual(behind);
  expect(await removePerson(ctx, "leaver")).toEqual({ id: actor.principalId, leftBehind: behind });
  await expect(authenticate(ctx, session)).rejects.toMatchObject({ code: "access.token_invalid" });
  await expect(signInByPassword(ctx, { account: "leaver", password: good }, from)).rejects.toMatchObject({
    code: "access.password_wrong",
  });
  const { secret } = await invite("leaver@example.com");
  expect((await acceptInvitation(ctx, { secret, password: good }, from)).actor.name).toBe("leaver-2");
  const types = await ctx.db.selectFrom("ledger_events").select("type").distinct().execute();
  expect(types.map(({ type }) => type)).toEqual(
    expect.arrayContaining([
      "invitation.created",
      "invitation.resent",
      "invitation.cancelled",
      "invitation.accepted",
      "password.changed",
      "session.started",
      "session.ended",
      "principal.disabled",
    ]),
  );
});

test("groups give the most of what they give together, and names of people are made of what there is", () => {
  const mapping = {
    a: { teams: ["one"], roles: { flights: "viewer" as const }, admin: false },
    b: { teams: ["one", "two"], roles: { flights: "developer" as const, tips: "reviewer" as const }, admin: true },
  };
  expect(grantsOf(mapping, ["a", "b", "c", "__proto__", "constructor"])).toEqual({
    teams: ["one", "two"],
    platformAdmin: true,
    roles: [
      { project: "flights", role: "developer" },
      { project: "tips", role: "reviewer" },
    ],
  });
  expect(grantsOf(mapping, [])).toEqual({ teams: [], platformAdmin: false, roles: [] });
  expect(["Grace Hopper", "josé.ñandú@example.com", "42", "李", "a".repeat(90)].map(nameFrom)).toEqual([
    "grace-hopper",
    "jose-nandu",
    "person",
    "person",
    "a".repeat(50),
  ]);
});

test("a mapping of groups that is wrong is told with its place; one that is missing with its setting", async () => {
  const folder = await mkdtemp(join(tmpdir(), "pave-groups-"));
  try {
    const path = join(folder, "groups.yaml");
    await writeFile(path, "apiVersion: pave/v1\nkind: groups\ngroups:\n  ml: { roles: { flights: owner } }\n");
    expect(() => readGroupMapping(path)).toThrow(
      expect.objectContaining({ code: "config.invalid", message: expect.stringContaining(`${path}:4: `) }),
    );
    expect(() => readGroupMapping(join(folder, "none"))).toThrow(
      expect.objectContaining({ message: expect.stringContaining("PAVE_OIDC_GROUPS_FILE") }),
    );
  } finally {
    await rm(folder, { recursive: true });
  }
});
