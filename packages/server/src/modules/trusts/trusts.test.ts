import { randomUUID } from "node:crypto";
import { addTrustBody } from "@pave/contract";
import { exportSPKI, type JWTPayload, SignJWT, UnsecuredJWT } from "jose";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { asActor, type Ctx, createContext } from "../../db/context.ts";
import { createTestDatabase, type TestDatabase } from "../../db/test-database.ts";
import { silentLogger } from "../../kernel/logger.ts";
import { assertCan, authenticate, can, disablePrincipal, setProjectRole } from "../access/index.ts";
import { recordEvent } from "../ledger/index.ts";
import { addTrust } from "./add-trust.ts";
import { type ExchangeDeps, exchangeAssertion } from "./exchange-assertion.ts";
import { createIssuerKeys, pruneTrusts } from "./index.ts";
import { createServiceAccount, disableServiceAccount } from "./service-accounts.ts";
import { githubClaims, gitlabClaims, startIssuer } from "./testing/ci-issuer.ts";
import { removeTrust } from "./trust-store.ts";

const audience = "https://pave.example.com";
let test_: TestDatabase;
let ctx: Ctx;
let now: Date;
let github: Awaited<ReturnType<typeof startIssuer>>;
let gitlab: typeof github;
let deps: ExchangeDeps;
const clock = { now: () => now };

beforeAll(async () => {
  [test_, github, gitlab] = await Promise.all([createTestDatabase(), startIssuer(), startIssuer()]);
  ctx = createContext(test_.database, { log: silentLogger, clock });
});
afterAll(async () => {
  await Promise.all([github.close(), gitlab.close()]);
  await test_.drop();
});
beforeEach(() => {
  now = new Date();
  for (const { behaviour } of [github, gitlab])
    for (const key of Object.keys(behaviour)) delete behaviour[key as "down"];
  deps = {
    issuers: [
      { url: github.url, kind: "github" },
      { url: gitlab.url, kind: "gitlab" },
    ],
    keys: createIssuerKeys({ clock }),
    audience: () => audience,
  };
});

let count = 0;
async function newProject() {
  count += 1;
  const project = { id: randomUUID(), name: `flights-${count}` };
  await ctx.db
    .insertInto("projects")
    .values({ ...project, title: project.name, owner: "team", created_by: "system" })
    .execute();
  return project;
}
type Project = Awaited<ReturnType<typeof newProject>>;

const trust = (project: Project, input: Record<string, unknown> = {}) =>
  addTrust(
    ctx,
    project,
    addTrustBody.parse({ issuer: github.url, repository: "acme/flights", branch: "main", ...input }),
    deps.issuers,
  );
const exchange = (project: { name: string }, assertion: string, address = "192.0.2.1") =>
  exchangeAssertion(ctx, { assertion, project: project.name, address }, deps);

describe("a job of a trusted branch", () => {
  test("gets a token of the project for an hour at most, as a service account; what it does has the job as its cause", async () => {
    const [here, there] = [await newProject(), await newProject()];
    const { id, serviceAccount } = await trust(here);
    const { token, expiresAt } = await exchange(here, await github.sign(audience, githubClaims()));
    expect(expiresAt.getTime() - now.getTime()).toBeLessThanOrEqual(3_600_000);
    const actor = await authenticate(ctx, token);
    expect(actor).toMatchObject({ kind: "service-account", name: `${here.name}-ci`, principalId: serviceAccount.id });
    const job = asActor(ctx, actor);
    expect([
      await can(job, "run.start", here.id),
      await can(job, "platform.use"),
      await can(job, "plan.approve", here.id),
      await can(job, "member.update", here.id),
      await can(job, "project.create"),
      await can(job, "run.start", there.id),
    ]).toEqual([true, true, false, false, false, false]);
    await recordEvent(job, { type: "thing.done", subjectType: "thing", subjectId: "1", projectId: here.id });
    const events = await ctx.db
      .selectFrom("ledger_events")
      .select(["id", "type", "cause_id", "subject_id", "principal_name", "data"])
      .where("project_id", "=", here.id)
      .where("type", "in", ["trust.used", "thing.done"])
      .orderBy("seq")
      .execute();
    expect(events).toEqual([
      {
        id: expect.any(String),
        type: "trust.used",
        cause_id: null,
        subject_id: id,
        principal_name: `${here.name}-ci`,
        data: expect.objectContaining({
          repository: "acme/flights",
          ref: { kind: "branch", name: "main" },
          event: "push",
          startedBy: "octocat",
          commit: githubClaims().sha,
        }),
      },
      expect.objectContaining({ type: "thing.done", cause_id: events[0]?.id }),
    ]);
    now = new Date(now.getTime() + 3_600_001);
    await expect(authenticate(ctx, token)).rejects.toMatchObject({ code: "access.token_expired" });
  });

  test("of GitLab gets one too, by its own claims", async () => {
    const here = await newProject();
    await trust(here, { issuer: gitlab.url, repository: "acme/ml/flights", role: "viewer" });
    const { scopes } = await exchange(here, await gitlab.sign([audience, "other"], gitlabClaims()));
    expect(scopes).toEqual(["platform.use", "project.read"]);
  });

  test("of two trusts that let it in it gets the one that allows more, and never more than the account may", async () => {
    const here = await newProject();
    await trust(here, { role: "viewer" });
    await trust(here, { scopes: ["predict"] });
    const { id } = (await trust(here)).serviceAccount;
    const job = asActor(
      ctx,
      await authenticate(ctx, (await exchange(here, await github.sign(audience, githubClaims()))).token),
    );
    expect(await can(job, "run.start", here.id)).toBe(true);
    await setProjectRole(ctx, { projectId: here.id, principalId: id, role: "viewer" });
    expect(await can(job, "run.start", here.id)).toBe(false);
  });
});

describe("nobody else gets in", () => {
  const refusals: [string, (sign: typeof github.sign) => Promise<string>, object][] = [
    [
      "for another audience",
      (sign) => sign("https://other.example.com", githubClaims()),
      {
        code: "access.assertion_invalid",
        message: expect.stringContaining('is for "https://other.example.com", expected "https://pave.example.com"'),
      },
    ],
    [
      "of another repository",
      (sign) => sign(audience, githubClaims({ repository: "mallory/flights" })),
      { code: "access.not_trusted", problems: undefined },
    ],
    [
      "of another branch",
      (sign) => sign(audience, githubClaims({ ref: "refs/heads/topic" })),
      { code: "access.not_trusted", problems: [{ message: "it runs on the branch topic; trusted: the branch main" }] },
    ],
    [
      "of a pull request's code with the base's rights",
      (sign) => sign(audience, githubClaims({ event_name: "pull_request_target" })),
      { code: "access.not_trusted" },
    ],
    [
      "that has expired",
      (sign) => sign(audience, githubClaims({ exp: Math.floor(Date.now() / 1000) - 60 })),
      { code: "access.assertion_invalid", message: expect.stringContaining("expired at") },
    ],
    [
      "of the future",
      (sign) => sign(audience, githubClaims({ iat: Math.floor(Date.now() / 1000) + 120 })),
      { code: "access.assertion_invalid", message: expect.stringContaining("issued in the future") },
    ],
    [
      "that is not good yet",
      (sign) => sign(audience, githubClaims({ nbf: Math.floor(Date.now() / 1000) + 120 })),
      { code: "access.assertion_invalid", message: expect.stringContaining("not good yet") },
    ],
    ["without an id", (sign) => sign(audience, githubClaims({ jti: "" })), { code: "access.assertion_invalid" }],
    ["without an end", (sign) => sign(audience, githubClaims({ exp: 0 })), { code: "access.assertion_invalid" }],
    [
      "of an issuer that nobody allowed",
      (sign) => sign(audience, githubClaims({ iss: "https://evil.example.com" })),
      { code: "access.not_trusted", message: expect.stringContaining("evil.example.com") },
    ],
    [
      "that says it is of the other issuer",
      (sign) => sign(audience, githubClaims({ iss: gitlab.url })),
      { code: "access.assertion_invalid" },
    ],
    ["that names no repository", (sign) => sign(audience, { sub: "x" }), { code: "access.assertion_invalid" }],
    [
      "signed with an unknown key",
      async (sign) => sign(audience, githubClaims(), { key: await github.newKey() }),
      { code: "access.assertion_invalid", message: expect.stringContaining("does not publish") },
    ],
    [
      "signed with an unknown key under a known name",
      async (sign) => sign(audience, githubClaims(), { key: await github.newKey(), kid: github.present().kid }),
      { code: "access.assertion_invalid", message: expect.stringContaining("signature") },
    ],
    ["without a signature", async () => unsigned(githubClaims()), { code: "access.assertion_invalid" }],
    [
      "signed with the public key as a secret",
      async () => confused(githubClaims()),
      {
        code: "access.assertion_invalid",
        message: expect.stringContaining("not signed with a public key's algorithm"),
      },
    ],
    [
      "that is none",
      async () => "pave_api_x",
      { code: "access.assertion_invalid", message: expect.stringContaining("is none") },
    ],
    [
      "that is huge",
      async (sign) => sign(audience, githubClaims({ filler: "x".repeat(30_000) })),
      { code: "access.assertion_invalid" },
    ],
  ];
  test.each(refusals)("with a token %s", async (_name, make, expected) => {
    const here = await newProject();
    await trust(here);
    const assertion = await make(github.sign);
    const error = await exchange(here, assertion).catch((error: unknown) => error);
    expect(error).toMatchObject(expected);
    expect(error).toMatchObject({ fix: expect.any(String) });
    expect(JSON.stringify(error)).not.toContain(assertion);
    expect(await ctx.db.selectFrom("tokens").select("id").where("project_id", "=", here.id).execute()).toEqual([]);
  });

  test("a second time with the same token, not even at the same moment", async () => {
    const here = await newProject();
    await trust(here);
    const assertion = await github.sign(audience, githubClaims());
    const results = await Promise.allSettled([1, 2, 3, 4].map(() => exchange(here, assertion)));
    expect(results.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected", "rejected", "rejected"]);
    await expect(exchange(here, assertion)).rejects.toMatchObject({ code: "access.assertion_used" });
    await pruneTrusts(ctx);
    await expect(exchange(here, assertion)).rejects.toMatchObject({ code: "access.assertion_used" });
  });

  test("into another project, which is not said to be there", async () => {
    const [here, there] = [await newProject(), await newProject()];
    await trust(here);
    const refused = await Promise.all(
      [there, { name: "no-such-project" }].map(async (project) =>
        exchange(project, await github.sign(audience, githubClaims())).catch((error: Error) =>
          error.message.replace(project.name, "X"),
        ),
      ),
    );
    expect(refused[0]).toBe(refused[1]);
  });

  test("when the trust is removed or the account disabled; tokens that came of it end at once", async () => {
    const here = await newProject();
    const [one, two] = [await trust(here), await trust(here, { branch: "topic", serviceAccount: `${here.name}-two` })];
    const { token } = await exchange(here, await github.sign(audience, githubClaims()));
    await removeTrust(ctx, one.id);
    await expect(authenticate(ctx, token)).rejects.toMatchObject({ code: "access.token_invalid" });
    await expect(exchange(here, await github.sign(audience, githubClaims()))).rejects.toMatchObject({
      code: "access.not_trusted",
    });
    const topic = () => github.sign(audience, githubClaims({ ref: "refs/heads/topic" }));
    await exchange(here, await topic());
    await disablePrincipal(ctx, two.serviceAccount.id);
    await expect(exchange(here, await topic())).rejects.toMatchObject({
      problems: [{ message: `the service account ${here.name}-two is disabled` }],
    });
  });

  test("when another repository took the name over", async () => {
    const here = await newProject();
    await trust(here);
    await exchange(here, await github.sign(audience, githubClaims()));
    await expect(
      exchange(here, await github.sign(audience, githubClaims({ repository_id: "75" }))),
    ).rejects.toMatchObject({
      code: "access.not_trusted",
      problems: [{ message: expect.stringContaining("another repository now") }],
    });
  });

  test("by trying again and again", async () => {
    const bad = await github.sign("https://other.example.com", githubClaims());
    const codes = new Set<string>();
    for (let turn = 0; turn < 301; turn += 1)
      codes.add(
        await exchange({ name: "x" }, bad, "198.51.100.9").then(
          () => "in",
          (error: { code: string }) => error.code,
        ),
      );
    expect([...codes]).toEqual(["access.assertion_invalid", "request.rate_limited"]);
  });
});

const unsigned = (claims: JWTPayload): string =>
  new UnsecuredJWT({ ...claims, jti: "1", iss: github.url, aud: audience })
    .setIssuedAt()
    .setExpirationTime("5m")
    .encode();

/** RS256 taken for HS256: the public key, which everybody has, as the shared secret. */
async function confused(claims: JWTPayload): Promise<string> {
  const { publicKey, kid } = github.present();
  return new SignJWT({ ...claims, jti: "2", iss: github.url, aud: audience })
    .setProtectedHeader({ alg: "HS256", kid })
    .setIssuedAt()
    .setExpirationTime("5m")
    .sign(new TextEncoder().encode(await exportSPKI(publicKey)));
}

describe("the issuer", () => {
  test("rotates its keys: a new one is taken at once, the one before no longer, and strangers' keys make nobody ask again", async () => {
    const here = await newProject();
    await trust(here);
    const old = github.present();
    await exchange(here, await github.sign(audience, githubClaims()));
    now = new Date(now.getTime() + 60_000);
    await github.rotate();
    const late = githubClaims({ exp: Math.floor(now.getTime() / 1000) + 300 });
    await exchange(here, await github.sign(audience, late));
    await expect(exchange(here, await github.sign(audience, late, { key: old }))).rejects.toMatchObject({
      message: expect.stringContaining("does not publish"),
    });
    const before = github.asked();
    const stranger = await github.newKey();
    for (let turn = 0; turn < 5; turn += 1)
      await exchange(here, await github.sign(audience, late, { key: stranger })).catch(() => undefined);
    expect(github.asked()).toBe(before);
  });

  test.each([
    ["is down", { down: true }, "it answered 503"],
    [
      "says it is another",
      { named: "https://token.actions.githubusercontent.com" },
      "it says that it is https://token",
    ],
    ["has its keys at another host", { keysUrl: "http://169.254.169.254/keys" }, "at another host"],
    ["leads to a private address", { redirect: "http://169.254.169.254/latest" }, "it answered 302"],
  ])("that %s lets nobody in, and says so without a fault of the job's", async (_name, behaviour, reason) => {
    const here = await newProject();
    await trust(here);
    Object.assign(github.behaviour, behaviour);
    await expect(exchange(here, await github.sign(audience, githubClaims()))).rejects.toMatchObject({
      code: "access.issuer_unavailable",
      message: expect.stringContaining(reason),
    });
  });

  test("that does not answer is waited for five seconds, once for all who ask", async () => {
    const here = await newProject();
    await trust(here);
    github.behaviour.silent = true;
    const started = performance.now();
    const before = github.asked();
    const results = await Promise.allSettled(
      [1, 2, 3].map(async () => exchange(here, await github.sign(audience, githubClaims()))),
    );
    expect(results.every(({ status }) => status === "rejected")).toBe(true);
    expect(performance.now() - started).toBeLessThan(8_000);
    expect(github.asked() - before).toBe(1);
    github.behaviour.silent = false;
    await exchange(here, await github.sign(audience, githubClaims()));
  });

  test("that is down does not matter while its keys are known", async () => {
    const here = await newProject();
    await trust(here);
    await exchange(here, await github.sign(audience, githubClaims()));
    github.behaviour.down = true;
    await exchange(here, await github.sign(audience, githubClaims()));
  });
});

describe("trusts and service accounts", () => {
  test("a trust names what it lets in, of an issuer that is allowed, with no more than its role", async () => {
    const here = await newProject();
    expect(() => addTrustBody.parse({ issuer: github.url, repository: "acme/flights" })).toThrow(/a whole repository/);
    expect(() => addTrustBody.parse({ issuer: github.url, repository: "acme/flights", branch: "*" })).toThrow(
      /let in everything/,
    );
    await expect(trust(here, { issuer: "https://evil.example.com" })).rejects.toMatchObject({
      code: "request.invalid",
    });
    await expect(trust(here, { scopes: ["plan.approve"] })).rejects.toMatchObject({
      message: expect.stringContaining("plan.approve is nothing that a developer may"),
    });
  });

  test("an account of one project is no other's to use or to end", async () => {
    const [here, there] = [await newProject(), await newProject()];
    const account = await createServiceAccount(ctx, here, { name: `${here.name}-batch`, role: "viewer" });
    expect(account).toMatchObject({ project: here.name, roles: [{ project: here.name, role: "viewer" }], tokens: 0 });
    await expect(trust(there, { serviceAccount: account.name })).rejects.toMatchObject({ code: "access.conflict" });
    await expect(disableServiceAccount(ctx, there, account.name)).rejects.toMatchObject({ code: "access.not_found" });
    await trust(here, { serviceAccount: account.name });
    expect((await disableServiceAccount(ctx, here, account.name)).roles).toEqual([
      { project: here.name, role: "developer" },
    ]);
    await expect(trust(here, { serviceAccount: account.name })).rejects.toMatchObject({
      message: expect.stringContaining("is disabled"),
    });
  });

  test("a token bound to a project is refused in another with what it may not even see", async () => {
    const [here, there] = [await newProject(), await newProject()];
    await trust(here);
    const job = asActor(
      ctx,
      await authenticate(ctx, (await exchange(here, await github.sign(audience, githubClaims()))).token),
    );
    await expect(assertCan(job, "project.read", there)).rejects.toMatchObject({ code: "project.not_found" });
  });
});
