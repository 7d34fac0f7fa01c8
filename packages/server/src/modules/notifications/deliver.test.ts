import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type CreateTarget, createTargetBody, scheduleSchema } from "@pave/contract";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { sendDeliveryAgain, showDeliveries } from "./deliveries.ts";
import { listInbox } from "./inbox.ts";
import { addRoute, removeRoute, showRoutes } from "./routes.ts";
import { addTarget, removeTarget, showTargets, testTarget } from "./targets.ts";
import { nextAddresses, type Received, ToldHouse } from "./testing/told-house.ts";

const [minuteMs, hourMs, dayMs] = [60_000, 3_600_000, 86_400_000];
const secret = `whsec_${Buffer.from("0123456789abcdef0123456789abcdef").toString("base64")}`;

/** What docs/notifications.md tells receivers to do, as it stands there. */
const docs = readFileSync(join(import.meta.dirname, "../../../../../docs/notifications.md"), "utf8");
const shown = (language: string): string => new RegExp(`\`\`\`${language}\\n([^]*?)\`\`\``).exec(docs)?.[1] ?? "";
const { isGenuine } = (await import(`data:text/javascript,${encodeURIComponent(shown("js"))}`)) as {
  isGenuine: (headers: Received["headers"], body: string, secret: string, now: number) => boolean;
};
function isGenuineInPython(headers: Received["headers"], body: string, nowMs: number): string {
  const call = `\nimport json, sys\na = json.load(sys.stdin)\nprint(is_genuine(a["headers"], a["body"].encode(), a["secret"], a["now"]))`;
  const input = JSON.stringify({ headers, body, secret, now: nowMs / 1000 });
  return execFileSync("python3", ["-c", `${shown("python")}${call}`], { input, encoding: "utf8" }).trim();
}

let house: ToldHouse;
beforeAll(async () => {
  house = await ToldHouse.create();
});
afterAll(() => house.close());
beforeEach(async () => {
  nextAddresses(["127.0.0.1"]);
  await house.notifications.settled();
  const { db } = house.ctx;
  for (const table of [
    "notifications",
    "notification_routes",
    "notification_targets",
    "notification_preferences",
  ] as const)
    await db.deleteFrom(table).execute();
  house.received.length = 0;
  house.answer = (_path, response) => void response.end("thanks");
});

const target = async (given: Record<string, unknown> & { name: string }, as: "mia" | "ida" = "ida") =>
  addTarget(
    house.deps,
    house.as(as),
    createTargetBody.parse({ kind: "webhook", url: `${house.url}/${given.name}`, ...given }),
  );
const route = (name: string, more: object = {}, as: "mia" | "ida" = "ida") =>
  addRoute(house.as(as), { target: name, kinds: [], tiers: [], schedule: scheduleSchema.parse({}), ...more });
const hook = async (name = "hook", more: object = {}) => {
  await target({ name, secret });
  await route(name, more);
};
const log = async (name?: string) =>
  (await showDeliveries(house.as("ida"), { limit: 50, ...(name ? { target: name } : {}) })).items;
const pass = async (milliseconds: number) => {
  house.nowMs += milliseconds;
  await house.send();
};
const typesOf = (received: readonly Received[]) => received.map(({ body }) => JSON.parse(body).type as string);

describe("a webhook", () => {
  it("gets signed JSON with a link into the portal, once", async () => {
    await hook();
    await house.alert(3, { severity: "page" });
    await house.send();
    await house.send();
    const [one, ...others] = house.received;
    expect(others).toEqual([]);
    const { headers, body } = one as Received;
    expect(isGenuine(headers, body, secret, house.nowMs)).toBe(true);
    expect(isGenuine(headers, body.replace("drift", "drifts"), secret, house.nowMs)).toBe(false);
    expect(isGenuine(headers, body, secret, house.nowMs + 10 * minuteMs)).toBe(false);
    expect(isGenuineInPython(headers, body, house.nowMs)).toBe("True");
    expect(isGenuineInPython(headers, `${body} `, house.nowMs)).toBe("False");
    expect(JSON.parse(body)).toEqual({
      id: headers["webhook-id"],
      type: "alert-opened",
      timestamp: "2026-03-02T12:00:00.000Z",
      data: {
        ...{
          title: "inputs of late drift",
          detail: "late in production",
          project: "flights",
          team: "ops",
          tier: "critical",
        },
        ...{ url: "http://pave.test/projects/flights/monitoring/alerts/3", urgent: true, count: 1 },
        ...{ firstAt: "2026-03-02T12:00:00.000Z", lastAt: "2026-03-02T12:00:00.000Z" },
        details: { alert: 3, kind: "inputs", severity: "page", environment: "production", deployment: "late" },
      },
    });
    expect(await log()).toMatchObject([
      { target: "hook", state: "delivered", attempts: 1, lastStatus: 200, title: "inputs of late drift", nextAt: null },
    ]);
  });

  it("that answers 500 for a day is tried eleven times under one id, given up visibly, and can be sent again", async () => {
    await hook();
    house.answer = (_path, response) => void response.writeHead(500).end("boom \u0007 at /hook");
    await house.alert();
    const began = house.nowMs;
    for (let round = 0; round < 40 && (await log())[0]?.state === "waiting"; round += 1) await pass(hourMs);
    const [given] = await log();
    expect(given).toMatchObject({ state: "failed", attempts: 11, lastStatus: 500, nextAt: null });
    expect(given?.lastError).toBe("expected an answer of 200 to 299, found 500: boom   at ********");
    expect(new Set(house.received.map(({ headers }) => headers["webhook-id"])).size).toBe(1);
    expect(new Set(house.received.map(({ headers }) => headers["webhook-signature"])).size).toBe(11);
    expect(house.nowMs - began).toBeGreaterThan(20 * hourMs);
    expect((await listInbox(house.as("ida"), { show: "all", limit: 9 })).items[0]).toMatchObject({
      kind: "delivery-failed",
      title: "hook did not take a message for a day",
    });
    expect(await showTargets(house.as("ida"))).toMatchObject([{ last: { state: "failed" }, waiting: 0 }]);

    house.answer = (_path, response) => void response.end();
    await sendDeliveryAgain(house.as("ida"), given?.id ?? "");
    await house.send();
    expect(await log()).toMatchObject([{ state: "delivered", attempts: 1 }]);
    expect(new Set(house.received.map(({ headers }) => headers["webhook-id"])).size).toBe(1);
    await expect(sendDeliveryAgain(house.as("mia"), given?.id ?? "")).rejects.toMatchObject({
      code: "notification.delivery_not_found",
    });
  });

  it("that asks to be left alone for a while is", async () => {
    await hook();
    house.answer = (_path, response) => void response.writeHead(429, { "retry-after": "600" }).end();
    await house.alert();
    await house.send();
    await pass(9 * minuteMs);
    expect(house.received).toHaveLength(1);
    await pass(2 * minuteMs);
    expect(house.received).toHaveLength(2);
  });

  it("that hangs holds up no other, and gets no more than a few at once", async () => {
    await hook("hang");
    await hook("fine");
    house.answer = (path, response) => {
      if (path === "/fine") response.end();
    };
    for (let number = 1; number <= 6; number += 1) await house.alert(number, { deployment: `d${number}` });
    const at = (path: string) => house.received.filter((one) => one.path === path).length;
    const until = Date.now() + 5000;
    while (at("/fine") < 6 && Date.now() < until) {
      await house.notifications.deliver(house.ctx);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    expect([at("/fine"), at("/hang")]).toEqual([6, 4]);
    await house.notifications.stop();
    house.notifications = await house.worker();
    expect((await log("hang")).map(({ state, attempts }) => `${state} ${attempts}`).sort()).toEqual([
      ...["waiting 0", "waiting 0", "waiting 1", "waiting 1", "waiting 1", "waiting 1"],
    ]);
  });

  it("is sent again what a killed worker had taken, when its lease is over; two workers send nothing twice", async () => {
    await hook();
    house.answer = () => undefined;
    await house.alert(1);
    await house.notifications.deliver(house.ctx);
    await vi.waitFor(() => expect(house.received).toHaveLength(1), { timeout: 5000, interval: 10 });
    const other = await house.worker();
    house.answer = (_path, response) => void response.end();
    await house.send(other);
    expect(house.received).toHaveLength(1);
    house.nowMs += 2 * minuteMs;
    await house.alert(2, { deployment: "other" });
    await Promise.all([house.send(other), house.worker().then((third) => house.send(third))]);
    expect(house.received).toHaveLength(3);
    expect(new Set(house.received.map(({ headers }) => headers["webhook-id"])).size).toBe(2);
    await house.notifications.stop();
    house.notifications = await house.worker();
  });

  it.each<[string, (path: string, response: Parameters<ToldHouse["answer"]>[1]) => void, string]>([
    [
      "redirects to a private address",
      (_path, response) => void response.writeHead(302, { location: "http://169.254.169.254/latest" }).end(),
      "found 302; redirects are not followed",
    ],
    ["closes the connection", (_path, response) => void response.destroy(), "cannot be asked"],
  ])("that %s is a failure with its reason, tried again later", async (_, answer, reason) => {
    await hook();
    house.answer = answer;
    await house.alert();
    await house.send();
    expect(await log()).toMatchObject([{ state: "waiting", attempts: 1, lastError: expect.stringContaining(reason) }]);
    expect(house.received).toHaveLength(1);
  });

  it("that answers with megabytes has answered", async () => {
    await hook();
    house.answer = (_path, response) => {
      for (let index = 0; index < 64; index += 1) response.write(Buffer.alloc(65_536, 97));
      response.end();
    };
    await house.alert();
    await house.send();
    expect(await log()).toMatchObject([{ state: "delivered", lastStatus: 200 }]);
  });

  it("whose name leads to a private address by now is refused, whatever it was when it was added", async () => {
    await target({ name: "hook", secret, url: `http://hooks.example:${new URL(house.url).port}/x` });
    await route("hook");
    nextAddresses(["10.0.0.1"]);
    await house.alert();
    await house.send();
    expect(await log()).toMatchObject([
      { state: "waiting", lastStatus: null, lastError: expect.stringContaining("hooks.example leads to 10.0.0.1") },
    ]);
    expect(house.received).toEqual([]);
  });
});

describe("routes", () => {
  it("carry the kinds, tiers and projects that they are for", async () => {
    for (const name of ["all", "alerts", "low", "others"]) await target({ name, secret });
    await route("all");
    await route("alerts", { kinds: ["alert-opened"] });
    await route("low", { tiers: ["experimental", "internal"] });
    await target({ name: "team", secret, team: "ops" }, "mia");
    await route("team", { tiers: ["critical"] }, "mia");
    await house.alert();
    await house.plan(11, "ann");
    await house.send();
    expect(house.received.map(({ path, body }) => `${path} ${JSON.parse(body).type}`).sort()).toEqual([
      ...[
        "/alerts alert-opened",
        "/all alert-opened",
        "/all approval-wanted",
        "/team alert-opened",
        "/team approval-wanted",
      ],
    ]);
  });

  it("that lead to one target send once", async () => {
    await hook();
    await route("hook", { kinds: ["alert-opened"] });
    await house.alert();
    await house.send();
    expect(house.received).toHaveLength(1);
  });

  it("do not carry what is one person's", async () => {
    await hook();
    await house.happens("ann", {
      ...{ type: "comment.mentioned", subjectId: "c" },
      data: { principals: [house.actors.bob.principalId], link: "/projects/flights" },
    });
    await house.send();
    expect(house.received).toEqual([]);
  });

  it("keep quiet hours, which what is urgent passes, and send what waited as one message", async () => {
    house.nowMs = Date.parse("2026-03-02T22:00:00Z");
    await hook("hook", { schedule: scheduleSchema.parse({ quiet: { from: "20:00", to: "07:00" } }) });
    await house.alert(1);
    await house.alert(2, { deployment: "second" });
    await house.alert(3, { deployment: "third", severity: "page" });
    await house.send();
    expect(typesOf(house.received)).toEqual(["alert-opened"]);
    await pass(8 * hourMs);
    expect(house.received).toHaveLength(1);
    await pass(hourMs);
    const digest = JSON.parse(house.received[1]?.body ?? "{}");
    expect([digest.type, digest.data.items.length, digest.data.items[0].type]).toEqual(["digest", 2, "alert-opened"]);
    expect((await log()).map(({ state }) => state)).toEqual(["delivered", "delivered", "delivered"]);
  });

  it("collect for a digest, and a digest that fails is sent again as it was", async () => {
    house.nowMs = Date.parse("2026-03-02T12:10:00Z");
    await hook("hook", { schedule: scheduleSchema.parse({ digest: "hourly" }) });
    for (const number of [1, 2, 3]) await house.alert(number, { deployment: `d${number}` });
    await pass(49 * minuteMs);
    expect(house.received).toEqual([]);
    house.answer = (_path, response) => void response.writeHead(503).end();
    await pass(2 * minuteMs);
    house.answer = (_path, response) => void response.end();
    await house.alert(4, { deployment: "d4" });
    await pass(minuteMs);
    await pass(hourMs);
    const ids = house.received.map(({ headers, body }) => [
      headers["webhook-id"],
      JSON.parse(body).data.items?.length ?? 1,
    ]);
    expect(ids.map(([, items]) => items)).toEqual([3, 3, 1]);
    expect(ids[0]?.[0]).toBe(ids[1]?.[0]);
  });

  it("send what happens again and again once, and once more with how often it was", async () => {
    await hook();
    for (let number = 1; number <= 5; number += 1) {
      await house.alert(number);
      await pass(minuteMs);
    }
    expect(house.received).toHaveLength(1);
    await pass(10 * minuteMs);
    expect(house.received.map(({ body }) => JSON.parse(body).data.count)).toEqual([1, 5]);
    await pass(dayMs);
    expect(house.received).toHaveLength(2);
  });

  it("belong to teams: members change their team's, nobody else sees them", async () => {
    await target({ name: "team", secret, team: "ops" }, "mia");
    const { id } = await route("team", {}, "mia");
    expect(await showRoutes(house.as("ann"))).toEqual([]);
    expect(await showTargets(house.as("ann"))).toEqual([]);
    const denied = { code: "access.denied" };
    await expect(addTarget(house.deps, house.as("ann"), { ...slack(), team: "ops" })).rejects.toMatchObject(denied);
    await expect(addTarget(house.deps, house.as("mia"), slack())).rejects.toMatchObject(denied);
    await expect(removeRoute(house.as("ann"), id)).rejects.toMatchObject({ code: "notification.route_not_found" });
    await expect(removeTarget(house.as("ann"), "team")).rejects.toMatchObject({
      code: "notification.target_not_found",
    });
    await expect(target({ name: "team", secret, team: "ops" }, "mia")).rejects.toMatchObject({
      code: "notification.target_exists",
    });
    await removeTarget(house.as("mia"), "team");
    expect([await showRoutes(house.as("mia")), await showTargets(house.as("mia"))]).toEqual([[], []]);
  });
});

const slack = (): CreateTarget => ({ kind: "slack", name: "slack", url: `${house.url}/services/T0/B0/verysecret` });

describe("a target", () => {
  it("is tried with a message, and says what it answered", async () => {
    await addTarget(house.deps, house.as("ida"), slack());
    expect(await testTarget(house.deps, house.as("ida"), "slack")).toMatchObject({
      ok: true,
      status: 200,
      answer: "thanks",
    });
    expect(JSON.parse(house.received[0]?.body ?? "{}").text).toBe("Test: this is a test");
    house.answer = (_path, response) => void response.writeHead(404).end("no_service");
    expect(await testTarget(house.deps, house.as("ida"), "slack")).toMatchObject({
      ...{ ok: false, status: 404, answer: "expected an answer of 200 to 299, found 404: no_service" },
    });
    nextAddresses(["169.254.169.254"]);
    await addTarget(house.deps, house.as("ida"), { kind: "teams", name: "teams", url: "https://teams.example/x" });
    expect(await testTarget(house.deps, house.as("ida"), "teams")).toMatchObject({
      ...{ ok: false, status: null, answer: expect.stringContaining("169.254.169.254") },
    });
  });

  it.each([
    [{ kind: "slack", url: "ftp://hooks.example/x" }, "a URL of http or https"],
    [{ kind: "webhook", url: "https://ada:hidden@hooks.example/" }, "without a name and a password"],
    [{ kind: "email", host: "mail.example", from: "pave@example.com" }, "to: expected at least one address"],
    [
      { kind: "email", host: "mail.example", from: "pave@example.com", to: ["a@b.c"], user: "u" },
      "password: expected one",
    ],
  ])("such as %j is refused, with what was expected", async (given, message) => {
    const adding = target({ name: "bad", url: undefined, ...given });
    await expect(adding).rejects.toMatchObject({
      code: "notification.target_invalid",
      message: expect.stringContaining(message),
    });
  });

  it("keeps its secrets: not in a list, a log, the ledger, or a table", async () => {
    await addTarget(house.deps, house.as("ida"), slack());
    await target({ name: "hook", secret });
    await route("slack");
    house.answer = (path, response) => void response.writeHead(500).end(`nothing at ${path}`);
    await house.alert();
    await house.send();
    const shown = JSON.stringify([await showTargets(house.as("ida")), await log(), await showRoutes(house.as("ida"))]);
    expect(shown).not.toMatch(/verysecret|whsec/);
    const { rows } = await house.db.database.pool.query(
      `select t::text as row from notification_targets t union all select d::text from notification_deliveries d
       union all select e::text from ledger_events e union all select n::text from notifications n`,
    );
    const tables = JSON.stringify(rows);
    for (const text of ["verysecret", secret, secret.slice(6), Buffer.from("verysecret").toString("base64")])
      expect(tables).not.toContain(text);
  });
});
