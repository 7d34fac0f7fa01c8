import { createHash } from "node:crypto";
import {
  machinePermissions,
  type Permission,
  type ProjectPermission,
  permissionKind,
  platformPermissionTable,
  projectPermissions,
  type Role,
  type RouteDefinition,
  type RouteName,
  roles,
  routes,
} from "@pave/contract";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createSignInLink, predictKeys } from "../modules/access/index.ts";
import { type ApiHouse, createApiHouse } from "./api-house.ts";
import { answersOtherwise, asksForMore, bodies, mlflowInput, parameters, queries, type Sample } from "./samples.ts";
import { insertPlatformPlan, insertThings, type Things } from "./things.ts";

/** Somebody who calls, with what the table of rights says of them; nothing here asks the server's own code. */
interface Caller {
  readonly name: string;
  readonly token: string | undefined;
  /** 401 whatever the route is. */
  readonly isRefused?: boolean;
  readonly role?: { readonly role: Role; readonly on: "mine" | "theirs" };
  readonly platformAdmin?: boolean;
  readonly scopes?: readonly Permission[];
  readonly tokenProject?: "mine" | "theirs";
  readonly isMachine?: boolean;
}

let house: ApiHouse;
let mine: Things;
let theirs: Things;
let callers: Caller[];
let samples: Readonly<Record<string, Sample>>;

beforeAll(async () => {
  house = await createApiHouse();
  mine = await insertThings(house.ctx, await house.project("mine"), 1);
  theirs = await insertThings(house.ctx, await house.project("theirs"), 7);
  await insertPlatformPlan(house.ctx, mine.number);
  samples = parameters(mine, theirs);
  callers = await createCallers();
}, 120_000);
afterAll(() => house.close());

async function createCallers(): Promise<Caller[]> {
  const { ctx, mint, person, admin } = house;
  const held: Caller[] = [];
  for (const on of ["mine", "theirs"] as const)
    for (const role of roles) {
      const { name, token } = await person(`${on}-${role}`, { [on]: role });
      held.push({ name, role: { role, on }, token });
    }
  const both = await person("both-admin", { mine: "admin", theirs: "admin" });
  const disabled = await person("disabled", { mine: "admin" });
  await ctx.db.updateTable("principals").set({ disabled_at: new Date() }).where("id", "=", disabled.id).execute();
  const revoked = await mint(both.id);
  await ctx.db.updateTable("tokens").set({ revoked_at: new Date() }).where("sha256", "=", hashOf(revoked)).execute();
  const { link } = await createSignInLink(ctx, both.id);
  const run = await person("run", {}, { kind: "run" });
  const account = await person("machine", {}, { kind: "service-account" });
  const role = { role: "admin", on: "mine" } as const;
  const machine = async (name: string, kind: "run" | "runner" | "gateway", scope: Permission, project?: string) => ({
    name,
    scopes: [scope],
    isMachine: true,
    ...(project === undefined ? {} : { tokenProject: "mine" as const }),
    token: await mint(kind === "run" ? run.id : account.id, { kind, scopes: [scope], projectId: project ?? null }),
  });
  const limited = async (name: string, bounds: Pick<Caller, "scopes" | "tokenProject">): Promise<Caller> => ({
    ...{ name, role, ...bounds },
    token: await mint(both.id, {
      scopes: bounds.scopes ?? null,
      projectId: bounds.tokenProject ? { mine, theirs }[bounds.tokenProject].projectId : null,
    }),
  });
  return [
    { name: "nobody", token: undefined, isRefused: true },
    { name: "a token that is none", token: "nonsense", isRefused: true },
    { name: "somebody disabled", token: disabled.token, isRefused: true },
    { name: "a revoked token", token: revoked, isRefused: true },
    { name: "an expired token", token: await mint(both.id, { expiresInMs: -1 }), isRefused: true },
    { name: "a sign-in link as a token", token: link, isRefused: true },
    ...held,
    { name: "a platform admin", token: admin, platformAdmin: true },
    await limited("an admin's token for reading", { scopes: ["project.read"] }),
    await limited("an admin's token of this project", { tokenProject: "mine" }),
    await limited("an admin's token of another project", { tokenProject: "theirs" }),
    await machine("a run", "run", "run.self", mine.projectId),
    await machine("a runner", "runner", "work.lease"),
    await machine("a gateway", "gateway", "gateway.sync"),
  ];
}

const hashOf = (token: string): string => createHash("sha256").update(token).digest("hex");

/** What the table says: 401, 403, 404 (not even the project's existence is theirs to know), or yes. */
function expected(caller: Caller, permission: Permission, inProject: boolean): 401 | 403 | 404 | "yes" {
  if (caller.isRefused) return 401;
  if (holds(caller, permission, inProject)) return "yes";
  return inProject && (permission === "project.read" || !holds(caller, "project.read", true)) ? 404 : 403;
}

function holds(caller: Caller, permission: Permission, inProject: boolean): boolean {
  if (caller.scopes && !caller.scopes.includes(permission)) return false;
  if (caller.isMachine) return true;
  if (permissionKind(permission) === "platform") {
    if (caller.tokenProject && permission !== "platform.use") return false;
    const row = platformPermissionTable[permission as keyof typeof platformPermissionTable];
    return caller.platformAdmin === true || row.who === "everybody";
  }
  if ((machinePermissions as readonly string[]).includes(permission) || !inProject) return false;
  if (caller.tokenProject === "theirs") return false;
  if (caller.platformAdmin) return true;
  const { roles: able } = projectPermissions[permission as ProjectPermission];
  return caller.role?.on === "mine" && (able as readonly Role[]).includes(caller.role.role);
}

const all = (Object.keys(routes) as RouteName[]).map((name) => ({ name, definition: routes[name] as RouteDefinition }));
const guarded = all.filter(({ definition }) => definition.permission !== "public");
const permissionOf = ({ permission }: RouteDefinition): Permission =>
  permission === "signed-in" ? "platform.use" : (permission as Permission);
const parametersOf = (path: string): string[] => [...path.matchAll(/:(\w+)/g)].map(([, name = ""]) => name);

function sampleOf(route: RouteName, name: string): Sample {
  const sample = samples[`${route}.${name}`] ?? samples[name];
  if (sample) return sample;
  throw new Error(
    `The route ${route} has the path parameter :${name}, and packages/server/src/rights/samples.ts has no sample for it. Add to \`parameters\`: "${name}": { mine, theirs, missing } – what the project has (make it in things.ts), what another project has, what nobody has.`,
  );
}

function urlOf(name: RouteName, which: (parameter: string) => keyof Sample, query = ""): string {
  const { path } = routes[name];
  const filled = path.replace(/:(\w+)/g, (_, parameter: string) => {
    const sample = sampleOf(name, parameter);
    return encodeURIComponent(sample[which(parameter)] ?? sample.missing);
  });
  return `/api/v1${filled}${query ? `?${query}` : ""}`;
}

/** As many at once as the database has connections for. */
async function inParallel<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const queue = [...items];
  const next = async (): Promise<void> => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: 8 }, next));
}

test("every route has a sample for each parameter of its path", () => {
  for (const { name, definition } of all)
    for (const parameter of parametersOf(definition.path)) sampleOf(name, parameter);
});

test("every route answers every caller as the table of rights says", { timeout: 60_000 }, async () => {
  const wrong: string[] = [];
  const calls = guarded.flatMap((route) => callers.map((caller) => ({ ...route, caller })));
  await inParallel(calls, async ({ name, definition, caller }) => {
    const { method, path } = definition;
    const verdict = expected(caller, permissionOf(definition), path.includes(":project"));
    const isRead = method === "GET";
    if (verdict === "yes" && (definition.raw === "events" || asksForMore[name])) return;
    // who may is let as far as a thing that is not there, so that nothing changes; who may not names what is there
    const which =
      verdict === "yes" && (!isRead || answersOtherwise[name])
        ? (one: string) => (one === "project" ? "mine" : "missing")
        : () => "mine";
    const url = urlOf(name, which as () => keyof Sample, isRead ? queries(mine)[name] : "");
    const { status, text } = await house.send(method, url, caller.token, isRead ? undefined : {});
    const said = `${caller.name}: ${method} ${path} (${name}) gives ${status}, expected ${verdict}: ${text.slice(0, 200)}`;
    if (verdict !== "yes") {
      if (status !== verdict) wrong.push(said);
      else if (verdict === 404 && !text.includes('"project.not_found"')) wrong.push(said);
    } else if (status === 401 || status === 403 || status >= 500 || text.includes('"project.not_found"'))
      wrong.push(said);
    else if (isRead && status >= 400 && !answersOtherwise[name])
      wrong.push(
        `${said}; add what it needs to \`queries\` of rights/samples.ts, or why it cannot to \`answersOtherwise\``,
      );
  });
  expect(wrong.slice(0, 20)).toEqual([]);
});

test("what another project has is, below a project's path, as unknown as what nobody has", {
  timeout: 60_000,
}, async () => {
  const admin = callers.find(({ name }) => name === "mine-admin")?.token;
  const wrong: string[] = [];
  const calls = guarded.flatMap(({ name, definition }) =>
    parametersOf(definition.path).includes("project")
      ? parametersOf(definition.path)
          .filter((parameter) => parameter !== "project" && sampleOf(name, parameter).theirs !== undefined)
          .map((parameter) => ({ name, definition, parameter }))
      : [],
  );
  expect(calls.length).toBeGreaterThan(40);
  await inParallel(calls, async ({ name, definition: { method, path, raw }, parameter }) => {
    const sample = sampleOf(name, parameter);
    const ask = async (which: "theirs" | "missing") => {
      const url = urlOf(name, (one) => (one === parameter ? which : "mine"), queries(mine)[name]);
      const body = method === "GET" || raw === "request" ? undefined : (bodies[name] ?? {});
      const { status, text } = await house.send(method, url, admin, body);
      return { status, text: text.replaceAll(sample[which] ?? "", "ID") };
    };
    const [foreign, unknown] = [await ask("theirs"), await ask("missing")];
    const said = `${method} ${path} (${name}) with another project's :${parameter}: ${foreign.status} ${foreign.text}`;
    if (foreign.status !== 404)
      wrong.push(
        `${said}, expected 404${foreign.status === 400 ? "; add what it needs to `bodies` of rights/samples.ts" : ""}`,
      );
    else if (foreign.text !== unknown.text) wrong.push(`${said}\n  differs from what nobody has: ${unknown.text}`);
  });
  expect(wrong).toEqual([]);
});

test("protocols of others let in the same callers, and show a stranger nothing of the project", {
  timeout: 60_000,
}, async () => {
  const wrong: string[] = [];
  // whoever sent so many wrong tokens is not answered for a while, which is tested elsewhere
  await house.ctx.db.deleteFrom("access_attempts").execute();
  const calls = house.app.protocols
    .flatMap(({ routes }) => routes)
    .filter(({ permission }) => permission !== "public")
    .flatMap((route) => callers.map((caller) => ({ route, caller })))
    // the other address of the same handlers
    .filter(
      ({ route, caller }) => !route.path.startsWith("/ajax-api") || caller.isRefused || caller.role?.role === "viewer",
    );
  expect(calls.length).toBeGreaterThan(1000);
  const secrets = new RegExp(`${mine.trackedRun}|${mine.loggedModel}|"${mine.model}"|"${mine.step}"`);
  await inParallel(calls, async ({ route: { method, path, permission: usual, attempts }, caller }) => {
    const permission = (caller.name === "a run" ? attempts : undefined) ?? (usual as Permission);
    const isPlatform = permissionKind(permission) === "platform";
    const isIn = !caller.isRefused && holds(caller, permission, !isPlatform);
    // whoever may is looked at only where nothing is changed by it
    if (isIn && (method !== "GET" || caller.isMachine)) return;
    const { url, known } = mlflowInput(path, mine);
    const query = Object.entries(known).flatMap(([name, value]) =>
      [value].flat().map((one): [string, string] => [name, String(one)]),
    );
    const { status, text } =
      method === "GET"
        ? await house.send(method, `${url}?${new URLSearchParams(query)}`, caller.token)
        : await house.send(method, url, caller.token, bodyOf(path, known));
    const said = `${caller.name}: ${method} ${path} gives ${status}: ${text.slice(0, 200)}`;
    const isBarred = caller.isMachine || caller.scopes !== undefined || isPlatform;
    if (caller.isRefused) {
      if (status !== 401) wrong.push(`${said}, expected 401`);
    } else if (isIn) {
      if (status === 401 || status === 403 || status >= 500) wrong.push(`${said}, expected an answer`);
    } else if (isBarred) {
      if (status !== 403) wrong.push(`${said}, expected 403`);
    } else if (caller.role?.on === "mine" && caller.tokenProject !== "theirs") {
      if (status !== 403) wrong.push(`${said}, expected 403`);
    } else if (status >= 500 || (status < 400 ? secrets.test(text) : ![400, 403, 404].includes(status)))
      wrong.push(said);
  });
  expect(wrong.slice(0, 20)).toEqual([]);
});

test("gateways let in whoever the table lets ask endpoints", async () => {
  const keys = new Map((await predictKeys(house.ctx)).map((key) => [key.sha256, key]));
  for (const caller of callers) {
    const found = keys.get(hashOf(caller.token ?? ""))?.projectIds ?? [];
    const isLetIn = found === "all" || found.includes(mine.projectId);
    const mayAsk = !caller.isRefused && !caller.isMachine && holds(caller, "deployment.predict", true);
    expect([caller.name, isLetIn]).toEqual([caller.name, mayAsk]);
  }
});

/** Files are sent as they are; what is sent in parts is asked for in JSON. */
function bodyOf(path: string, known: object): unknown {
  if (!path.includes("mlflow-artifacts")) return known;
  return path.includes("/mpu/")
    ? { path: "model.bin", num_parts: 1, upload_id: "u", parts: [{ part_number: 1, etag: "e" }] }
    : "x";
}
