import { createHash } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { asActor, type Ctx, createContext } from "../../db/context.ts";
import { createTestDatabase, type TestDatabase } from "../../db/test-database.ts";
import { silentLogger } from "../../kernel/logger.ts";
import { authenticate, createPrincipal, disablePrincipal, mintToken } from "../access/index.ts";
import { allowTerminal } from "./allow-terminal.ts";
import { answerTerminal, lookAtTerminal, pollDevice, startDevice } from "./device-flow.ts";
import { pruneTerminals } from "./index.ts";
import { fitsChallenge } from "./pkce.ts";
import { redeemCode } from "./redeem-code.ts";

const verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const codeChallenge = createHash("sha256").update(verifier).digest("base64url");
const redirectUri = "http://127.0.0.1:49152/callback";
const address = "192.0.2.1";
const expiresInMs = 30 * 86_400_000;

let test_: TestDatabase;
let ctx: Ctx;
let now = new Date("2026-01-01T12:00:00Z");
let grace: Ctx;
let count = 0;

beforeAll(async () => {
  test_ = await createTestDatabase();
  ctx = createContext(test_.database, { log: silentLogger, clock: { now: () => now } });
});
afterAll(() => test_.drop());
beforeEach(async () => {
  count += 1;
  const { id } = await createPrincipal(ctx, { kind: "user", name: `grace-${count}` });
  const { token } = await mintToken(ctx, { kind: "session", principalId: id, name: "s", expiresInMs: 86_400_000 });
  grace = asActor(ctx, await authenticate(ctx, token));
});
const later = (seconds: number) => {
  now = new Date(now.getTime() + seconds * 1000);
};

test("the verifier of RFC 7636's example fits its challenge, and no other", () => {
  expect(fitsChallenge(verifier, "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM")).toBe(true);
  for (const wrong of [`${verifier}x`, verifier.toLowerCase(), "", "short", `${verifier}\0`])
    expect(fitsChallenge(wrong, codeChallenge)).toBe(false);
  expect(fitsChallenge(verifier, "")).toBe(false);
});

describe("a terminal with a browser", () => {
  const allow = async () => {
    const { redirect } = await allowTerminal(grace, {
      ...{ redirectUri, codeChallenge, address },
      ...{ state: "a-state-of-the-terminal", host: "lovelace" },
    });
    const url = new URL(redirect);
    expect([url.origin, url.searchParams.get("state")]).toEqual(["http://127.0.0.1:49152", "a-state-of-the-terminal"]);
    return url.searchParams.get("code") ?? "";
  };
  const redeem = (code: string, change: object = {}) =>
    redeemCode(ctx, { code, verifier, redirectUri, address, expiresInMs, ...change });

  test("gets a token of who said yes, once; a code that comes again ends it", async () => {
    const code = await allow();
    const issued = await redeem(code);
    const actor = await authenticate(ctx, issued?.token ?? "");
    expect(actor).toMatchObject({ name: `grace-${count}`, kind: "user", grant: { scopes: null, projectId: null } });
    expect(issued?.expiresAt).toEqual(new Date(now.getTime() + expiresInMs));
    expect(await redeem(code)).toBeUndefined();
    await expect(authenticate(ctx, issued?.token ?? "")).rejects.toMatchObject({ code: "access.token_invalid" });
  });

  test("gets one of two at once", async () => {
    const code = await allow();
    const both = await Promise.all([redeem(code), redeem(code)]);
    expect(both.filter(Boolean)).toHaveLength(1);
  });

  test("gets nothing with another's code, verifier or port, or too late", async () => {
    const code = await allow();
    expect(await redeem("unknown")).toBeUndefined();
    expect(await redeem(code, { verifier: "x".repeat(43) })).toBeUndefined();
    expect(await redeem(code, { redirectUri: "http://127.0.0.1:49153/callback" })).toBeUndefined();
    later(61);
    expect(await redeem(code)).toBeUndefined();
  });

  test("gets nothing of somebody who was disabled meanwhile", async () => {
    const code = await allow();
    await disablePrincipal(ctx, grace.actor.principalId);
    await expect(redeem(code)).rejects.toMatchObject({ code: "access.token_invalid" });
  });

  test.each([
    "https://evil.example.com/callback",
    "http://127.0.0.1.evil.example.com:80/callback",
    "http://127.0.0.1:49152@evil.example.com/callback",
    "http://localhost:49152/callback",
    "http://127.0.0.1:49152/other",
    "http://127.0.0.1:49152/callback?next=https://evil.example.com",
    "javascript:alert(1)",
  ])("is answered at no other place than its own machine: %s", async (uri) => {
    const asked = { redirectUri: uri, codeChallenge, state: "a-state-of-the-terminal", host: "lovelace", address };
    await expect(allowTerminal(grace, asked)).rejects.toMatchObject({ code: "request.invalid" });
  });

  test("is let in by no token, however strong", async () => {
    const { token } = await mintToken(ctx, {
      kind: "api",
      principalId: grace.actor.principalId,
      name: "t",
      expiresInMs: 60_000,
    });
    const program = asActor(ctx, await authenticate(ctx, token));
    const asked = { redirectUri, codeChallenge, state: "a-state-of-the-terminal", host: "lovelace", address };
    await expect(allowTerminal(program, asked)).rejects.toMatchObject({ code: "access.denied" });
  });
});

describe("a terminal without a browser", () => {
  const start = () => startDevice(ctx, { host: "lovelace", address });
  const typed = (userCode: string) => userCode.replace("-", "");
  const poll = (deviceCode: string) => pollDevice(ctx, { deviceCode, address, expiresInMs });

  test("waits, is answered once, and gets one token", async () => {
    const { deviceCode, userCode } = await start();
    expect(userCode).toMatch(/^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$/);
    later(3);
    expect(await poll(deviceCode)).toBe("waiting");
    expect(await lookAtTerminal(grace, typed(userCode), address)).toMatchObject({ host: "lovelace", address });
    await answerTerminal(grace, { userCode: typed(userCode), allow: true, address });
    later(3);
    const issued = await poll(deviceCode);
    if (typeof issued !== "object") throw new Error(issued);
    expect(await authenticate(ctx, issued.token)).toMatchObject({ principalId: grace.actor.principalId });
    later(3);
    expect(await poll(deviceCode)).toBe("over");
    await expect(lookAtTerminal(grace, typed(userCode), address)).rejects.toMatchObject({
      code: "access.code_invalid",
    });
  });

  test("that asks too often waits longer each time", async () => {
    const { deviceCode, intervalSeconds } = await start();
    expect(intervalSeconds).toBe(3);
    expect(await poll(deviceCode)).toBe("slow down");
    later(4);
    expect(await poll(deviceCode)).toBe("slow down");
    later(13);
    expect(await poll(deviceCode)).toBe("waiting");
  });

  test("is told of a no, and of a code that is too old", async () => {
    const [denied, late] = [await start(), await start()];
    await answerTerminal(grace, { userCode: typed(denied.userCode), allow: false, address });
    expect(await poll(denied.deviceCode)).toBe("denied");
    later(600);
    expect(await poll(late.deviceCode)).toBe("over");
    await expect(lookAtTerminal(grace, typed(late.userCode), address)).rejects.toMatchObject({
      code: "access.code_invalid",
    });
    expect(await poll("unknown")).toBe("over");
    later(3_601);
    await pruneTerminals(ctx);
    expect(await ctx.db.selectFrom("terminal_requests").select("id").execute()).toEqual([]);
  });

  test("is not found by guessing: after ten wrong codes not even the right one is looked at", async () => {
    const { userCode } = await start();
    for (let turn = 0; turn < 10; turn += 1)
      await expect(lookAtTerminal(grace, "BBBBBBBB", `198.51.100.${turn}`)).rejects.toMatchObject({
        code: "access.code_invalid",
      });
    await expect(lookAtTerminal(grace, typed(userCode), address)).rejects.toMatchObject({
      code: "request.rate_limited",
    });
    await expect(answerTerminal(grace, { userCode: typed(userCode), allow: true, address })).rejects.toMatchObject({
      code: "request.rate_limited",
    });
  });

  test("no more are begun from one address than people could need", async () => {
    const from = { host: "lovelace", address: "203.0.113.9" };
    for (let turn = 0; turn < 60; turn += 1) await startDevice(ctx, from);
    await expect(startDevice(ctx, from)).rejects.toMatchObject({ code: "request.rate_limited" });
  });

  test("keeps no code in the database", async () => {
    const { deviceCode, userCode } = await start();
    const rows = JSON.stringify(await ctx.db.selectFrom("terminal_requests").selectAll().execute());
    expect(rows).not.toContain(deviceCode);
    expect(rows).not.toContain(typed(userCode));
  });
});
