import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Deployment, type Plan, type RouteDefinition, routes } from "@pave/contract";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { queryDatabase } from "./support/database.ts";
import { ownToken } from "./support/own-token.ts";
import { startPlatform, type TestPlatform } from "./support/platform.ts";
import { neutral, said } from "./support/said.ts";
import { type TinyProject, tinyProject } from "./support/tiny-project.ts";

vi.setConfig({ testTimeout: 300_000 });

/** What a person reads where a team's platform says no: gates, plans, approvals, predictions, tokens. */
let platform: TestPlatform;
let project: TinyProject;
/** Tokens by name: grace develops, hal reviews, eve only looks, otto is the other platform admin. */
const tokens: Record<string, string> = {};
beforeAll(async () => {
  platform = await startPlatform({ environment: { PAVE_LAPTOP: "false" } });
  project = await tinyProject(platform, "tiny");
  await platform.client.createPrincipal({ body: { kind: "user", name: "otto", platformAdmin: true } });
  tokens.otto = await ownToken(platform, "otto");
  for (const [name, role] of [
    ["grace", "developer"],
    ["hal", "reviewer"],
    ["eve", "viewer"],
  ] as const) {
    await platform.client.createPrincipal({ body: { kind: "user", name, platformAdmin: false } });
    await platform.client.setMember({ params: { project: "tiny", principal: name }, body: { role } });
    tokens[name] = await ownToken(platform, name);
  }
  await project.json(["run"]);
  await project.json(["deploy", "--to", "staging"]);
});
afterAll(() => platform?.remove());
beforeEach(() => project.reset());

const ask = async (...args: string[]) => say(await project.pave(args));
const askAs = async (name: string, ...args: string[]) => say(await project.pave(args, { token: tokens[name] ?? name }));
/** Without what differs from run to run: numbers of plans, and the estimate, which is of this machine. */
const say = (result: Parameters<typeof said>[0]) =>
  said(result)
    .replace(/plan \d+/gi, (text) => text.replace(/\d+/, "<n>"))
    .replace(/^ *estimate: .*\n.*\n/gm, "");
const live = async () => {
  const { items } = await project.json<{ items: Deployment[] }>(["deployments", "list"]);
  return items.map((item) => `${item.environment} version ${item.active?.modelVersion}`);
};

test("a gate that fails", async () => {
  await project.put("steps/evaluate/step.sh", `echo '{"roc_auc": 0.55}' > "$PAVE_OUTPUT/metrics.json"\n`);
  await project.put("steps/train/model/note.txt", "worse");
  await project.json(["run"]);
  expect(await ask("deploy", "--to", "staging")).toMatchInlineSnapshot(`
    "exit 1
    tiny plan <n>  blocked  to staging: Release tiny version 2 to staging
      ~ Serve tiny version 2 at tiny  It is the newest version that is ready; tiny version 1 runs now
      ✖ metrics.roc_auc >= 0.6  metrics.roc_auc = 0.55 (project: agreed with operations)
      roc_auc 0.5500 against the champion's 0.5500
      Blocked by 1 gate: nothing was released. Release a model that passes, or correct the gate where it stands.
      hash <hash>"
  `);
  expect(await live()).toEqual(["staging version 1"]);
});

test("a gate that names a metric that nobody measured, or a champion where there is none", async () => {
  await project.edit("pave.yaml", "metrics.roc_auc >= 0.6", "metrics.roc_acu >= 0.6");
  await project.put("steps/train/model/note.txt", "as good");
  await project.json(["run"]);
  expect(await ask("deploy", "--to", "staging")).toMatchInlineSnapshot(`
    "exit 1
    tiny plan <n>  blocked  to staging: Release tiny version 3 to staging
      ~ Change the project's gates in staging  Revision 3 removes or loosens \`metrics.roc_auc >= 0.6\`; somebody has to approve that
      ~ Serve tiny version 3 at tiny  It is the newest version that is ready; tiny version 1 runs now
      ! metrics.roc_acu >= 0.6  metrics.roc_acu does not exist: there are roc_auc; did you mean roc_auc? (project: agreed with operations)
      ✔ metrics.roc_auc >= 0.6  metrics.roc_auc = 0.7; this revision removes or loosens this rule: judged by the rule in force; changing it is an action of its own, which needs approval (project, in force in staging: agreed with operations)
      roc_auc 0.7000 against the champion's 0.7000
      approvals: 0 of 1 by reviewer or admin
      Blocked by 1 gate: nothing was released. Release a model that passes, or correct the gate where it stands.
      hash <hash>"
  `);
  expect(await live()).toEqual(["staging version 1"]);
});

test("a revision that lowers its own gate", async () => {
  await project.edit("pave.yaml", "metrics.roc_auc >= 0.6", "metrics.roc_auc >= 0.5");
  await project.put("steps/evaluate/step.sh", `echo '{"roc_auc": 0.55}' > "$PAVE_OUTPUT/metrics.json"\n`);
  await project.put("steps/train/model/note.txt", "worse, and says it is fine");
  await project.json(["run"]);
  expect(await ask("deploy", "--to", "staging")).toMatchInlineSnapshot(`
    "exit 1
    tiny plan <n>  blocked  to staging: Release tiny version 4 to staging
      ~ Change the project's gates in staging  Revision 4 removes or loosens \`metrics.roc_auc >= 0.6\`; somebody has to approve that
      ~ Serve tiny version 4 at tiny  It is the newest version that is ready; tiny version 1 runs now
      ✔ metrics.roc_auc >= 0.5  metrics.roc_auc = 0.55 (project: agreed with operations)
      ✖ metrics.roc_auc >= 0.6  metrics.roc_auc = 0.55; this revision removes or loosens this rule: judged by the rule in force; changing it is an action of its own, which needs approval (project, in force in staging: agreed with operations)
      roc_auc 0.5500 against the champion's 0.5500
      approvals: 0 of 1 by reviewer or admin
      Blocked by 1 gate: nothing was released. Release a model that passes, or correct the gate where it stands.
      hash <hash>"
  `);
  expect(await live()).toEqual(["staging version 1"]);
});

test("an environment whose rules are wrong", async () => {
  const file = join(platform.folder, "environment.yaml");
  const head = "apiVersion: pave/v1\nkind: environment\nname: canary\n";
  const set = async (yaml: string) => {
    await writeFile(file, yaml);
    return neutral(await ask("environments", "apply", file), { [platform.folder]: "<folder>" });
  };
  expect(await set(`${head}gates: [{ check: "metrics.roc_auc" }]\n`)).toMatchInlineSnapshot(`
    "exit 2
    error environments/canary.yaml:4:18: \`metrics.roc_auc\` is a number, expected a condition that is true or false
      Compare it with something, for example \`>= 0.8\`."
  `);
  expect(await set(`${head}gates: [{ check: "scna.pickle != 'unsafe'" }]\n`)).toMatchInlineSnapshot(`
    "exit 2
    error environments/canary.yaml:4:18: \`scna.pickle != 'unsafe'\`: scna is unknown here, expected one of metrics, candidate, champion, model, scan, review, environment, project, rows
      Did you mean scan?"
  `);
  expect(await set(`${head}aproval: {}\n`)).toMatchInlineSnapshot(`
    "exit 2
    error environments/canary.yaml:4:1: unknown key \`aproval\`; did you mean \`approvals\`?
      use one of apiVersion, kind, name, description, after, approvals, gates, reviews, quotas, vars, log, freeze, source, rollout, or remove it"
  `);
  expect(await set(`${head}after: stagign\n`)).toMatchInlineSnapshot(`
    "exit 2
    error environments/canary.yaml:4:8: \`after\`: there is no environment \`stagign\`; did you mean \`staging\`?
      create that one first, or remove \`after\`"
  `);
  expect(await set(`${head}approvals: { quorum: many }\n`)).toMatchInlineSnapshot(`
    "exit 2
    error environments/canary.yaml:4:22: \`approvals.quorum\`: expected a number, found the text "many"
      change it to a number"
  `);
});

test("an approval by the author, by somebody without the role, of a plan that moved, of none", async () => {
  const { number } = await project.json<Plan>(["promote", "staging", "production"]);
  const plan = String(number);
  expect(await ask("plans", "approve", plan)).toMatchInlineSnapshot(`
    "exit 3
    error root is the plan's author, and the environment does not let authors approve their own plans
      Ask somebody else with the role reviewer or admin."
  `);
  expect(await ask("plans", "apply", plan)).toMatchInlineSnapshot(`
    "exit 2
    error Plan <n> lacks approvals: it needs 1 by the role reviewer or admin
      Have it approved in the portal or with \`pave plans approve 5\`."
  `);
  expect(await askAs("grace", "plans", "approve", plan)).toMatchInlineSnapshot(`
    "exit 3
    error grace lacks the permission plan.approve on project tiny
      Ask an admin of the project for a role that has it (/docs/access lists them)."
  `);
  expect(await askAs("eve", "plans", "approve", plan)).toMatchInlineSnapshot(`
    "exit 3
    error eve lacks the permission plan.approve on project tiny
      Ask an admin of the project for a role that has it (/docs/access lists them)."
  `);
  expect(await ask("plans", "approve", "99")).toMatchInlineSnapshot(`
    "exit 2
    error There is no plan <n> in this project
      List them with \`pave plans list\`."
  `);
  expect(await live()).toEqual(["staging version 1"]);

  const environment = join(platform.folder, "production.yaml");
  await writeFile(
    environment,
    `apiVersion: pave/v1\nkind: environment\nname: production\nafter: staging\napprovals: { roles: [reviewer], quorum: 1 }\ngates: [{ check: "metrics.roc_auc >= 0.65" }]\n`,
  );
  const change = await project.json<Plan>(["environments", "apply", environment, "--yes"]);
  await project.json(["plans", "approve", String(change.number), "--platform"], { token: tokens.otto ?? "" });
  expect(await askAs("hal", "plans", "approve", plan)).toMatchInlineSnapshot(`
    "exit 2
    error Plan <n> is stale: environment production was 1, is 2
      Compute it again with \`pave plans recompute 5\`."
  `);
  expect(await ask("plans", "apply", plan)).toMatchInlineSnapshot(`
    "exit 2
    error Plan <n> is stale: environment production was 1, is 2
      Compute it again with \`pave plans recompute 5\`."
  `);
  const again = await project.json<Plan>(["plans", "recompute", plan]);
  await project.json(["plans", "approve", String(again.number)], { token: tokens.hal ?? "" });
  expect(await live()).toEqual(["production version 1", "staging version 1"]);
  expect(await askAs("hal", "plans", "approve", String(again.number))).toMatchInlineSnapshot(`
    "exit 2
    error Plan <n> is applied; it cannot be approved
      Make a new plan."
  `);
  expect(await askAs("hal", "plans", "approve", plan)).toMatchInlineSnapshot(`
    "exit 2
    error Plan <n> was superseded by plan <n>; it cannot be approved
      Make a new plan."
  `);
});

test("a change of an environment's rules that nobody else has looked at", async () => {
  const file = join(platform.folder, "production.yaml");
  await writeFile(
    file,
    "apiVersion: pave/v1\nkind: environment\nname: production\nafter: staging\napprovals: { quorum: 0, selfApproval: true }\n",
  );
  const apply = (...options: string[]) => ask("environments", "apply", file, ...options);
  expect(await apply()).toMatchInlineSnapshot(`
    "exit 2
    error Nothing was planned: there is nobody to ask
      Say --yes to plan it, or --dry-run to only look."
  `);
  expect(await apply("--dry-run")).toMatchInlineSnapshot(`
    "exit 0
    platform plan <n>  open  to production: Change approvals, gates of production
      ~ Change approvals, gates of production  Judged by the rules in force (version 2), not by those it brings: 1 approval by platform admins, other than the author
          - approvals.quorum: 1
          + approvals.quorum: 0
          - approvals.selfApproval: false
          + approvals.selfApproval: true
          + gates: none
          - gates.0.check: metrics.roc_auc >= 0.65
          - gates.0.mode: prevent
      approvals: 0 of 1 by a platform admin
      It would wait for approval.
      hash <hash>"
  `);
  expect(await apply("--yes", "-m", "faster")).toMatchInlineSnapshot(`
    "exit 0
    platform plan <n>  open  to production: Change approvals, gates of production
      ~ Change approvals, gates of production  Judged by the rules in force (version 2), not by those it brings: 1 approval by platform admins, other than the author
          - approvals.quorum: 1
          + approvals.quorum: 0
          - approvals.selfApproval: false
          + approvals.selfApproval: true
          + gates: none
          - gates.0.check: metrics.roc_auc >= 0.65
          - gates.0.mode: prevent
      approvals: 0 of 1 by a platform admin
      faster
      Waits for approval: pave plans approve 2 --platform
      hash <hash>"
  `);
  const { items } = await project.json<{ items: Plan[] }>(["plans", "list", "--platform"]);
  const plan = String(items[0]?.number);
  expect(await ask("plans", "approve", plan, "--platform")).toMatchInlineSnapshot(`
    "exit 3
    error root is the plan's author, and the environment does not let authors approve their own plans
      Ask another platform admin; there has to be a second one."
  `);
  expect(await askAs("hal", "plans", "approve", plan, "--platform")).toMatchInlineSnapshot(`
    "exit 3
    error hal lacks the permission platform-plan.approve
      Ask a platform admin, or use a token that has it."
  `);
  expect(await ask("plans", "apply", plan, "--platform")).toMatchInlineSnapshot(`
    "exit 2
    error Plan <n> lacks approvals: it needs 1 by a platform admin
      Have it approved in the portal or with \`pave plans approve 2 --platform\`."
  `);
  expect(await askAs("grace", "environments", "apply", file, "--yes")).toMatchInlineSnapshot(`
    "exit 3
    error grace lacks the permission environment.update
      Ask a platform admin, or use a token that has it."
  `);
  expect(await ask("plans", "show", plan, "--platform", "--project", "tiny")).toMatchInlineSnapshot(`
    "exit 2
    error A plan is a project's or the platform's: --project and --platform exclude each other
      Leave one of them out."
  `);
  const outside = await platform.pave(["plans", "show", plan], { text: true });
  expect(say(outside)).toMatchInlineSnapshot(`
    "exit 2
    error Whose plan? There is no pave.yaml here or in a folder above
      Say --platform for a plan of the platform, such as a change of an environment, or --project NAME."
  `);
  expect(await askAs("otto", "plans", "reject", plan, "--platform", "-m", "one approval is little enough")).toContain(
    "rejected",
  );
  expect(await project.json(["environments", "show", "production"])).toMatchObject({
    version: 2,
    approvals: { quorum: 1, selfApproval: false },
    source: expect.stringContaining("roc_auc >= 0.65"),
  });
});

const good = { origin: "ORD", hour: 15, distance: 771.6, wind: 20 };
test.each([
  ["a missing feature", { origin: "ORD", hour: 15 }],
  ["an extra feature", { ...good, winds: 1 }],
  ["a wrong type", { ...good, hour: "three" }],
  ["a fraction where a whole number is due", { ...good, hour: 3.5 }],
  ["null where a value is due", { ...good, distance: null }],
  ["no row at all", []],
])("a prediction with %s", async (_, input) => {
  expect(await ask("predict", "production", "--input", JSON.stringify(input))).toMatchSnapshot();
});

test("a prediction by HTTP that is no JSON, not finite, too large, without a right", async () => {
  const { token } = await platform.client.createToken({
    body: { name: "caller", project: "tiny", scopes: ["deployment.predict"], expiresInDays: 1 },
  });
  const predict = async (body: string, bearer: string = token, path = "production/tiny/tiny/predict") => {
    const response = await fetch(`${platform.gatewayUrl}/${path}`, {
      method: "POST",
      headers: { authorization: `Bearer ${bearer}`, "content-type": "application/json" },
      body,
    });
    return `${response.status} ${neutral(await response.text())}`;
  };
  await vi.waitFor(async () => expect(await predict(JSON.stringify(good))).toMatch(/^200 /), { timeout: 60_000 });
  expect(await predict('{"origin": "ORD"')).toMatchInlineSnapshot(
    `"400 {"error":{"code":"request.invalid","message":"the body is not valid JSON at line 1, column 17: found the end of the body","fix":"send valid JSON (double quotes, no trailing commas)"}}"`,
  );
  expect(await predict('{"origin": "ORD", "hour": 15, "distance": NaN}')).toMatchInlineSnapshot(
    `"400 {"error":{"code":"request.invalid","message":"the body is not valid JSON at line 1, column 43: found \\"NaN\\"","fix":"JSON has no NaN or Infinity: send null for a missing value"}}"`,
  );
  expect(await predict('{"origin": "ORD", "hour": 15, "distance": 1e999}')).toMatchInlineSnapshot(
    `"400 {"error":{"code":"prediction.invalid","message":"distance: expected a finite number, found a number beyond what a computer can hold","fix":"send \\"distance\\" as a finite number"}}"`,
  );
  expect(await predict(JSON.stringify({ origin: "x".repeat(2 ** 24) }))).toMatchInlineSnapshot(
    `"413 {"error":{"code":"request.too_large","message":"expected a body of at most 1048576 bytes, found at least 16777229","fix":"send fewer rows in one request"}}"`,
  );
  expect(await predict(JSON.stringify(good), "pave_wrong")).toMatchInlineSnapshot(
    `"401 {"error":{"code":"access.token_invalid","message":"the token is not known here","fix":"check it for missing characters, or create a new one with \`pave tokens create\`"}}"`,
  );
  expect(await predict(JSON.stringify(good), tokens.eve)).toMatchInlineSnapshot(
    `"401 {"error":{"code":"access.token_invalid","message":"the token is not known here","fix":"check it for missing characters, or create a new one with \`pave tokens create\`"}}"`,
  );
  expect(await predict(JSON.stringify(good), token, "production/tiny/tyni/predict")).toMatchInlineSnapshot(
    `"404 {"error":{"code":"deployment.not_found","message":"/production/tiny/tyni/predict: there is no endpoint here","fix":"\`pave deployments list\` shows the endpoints there are"}}"`,
  );
});

test("a token that is wrong, expired, revoked, limited, or that of somebody who may not", async () => {
  expect(await askAs("pave_0123456789", "status")).toMatchInlineSnapshot(`
    "exit 3
    error The token is not valid: it is unknown, mistyped or revoked
      Make a new one with \`pave tokens create\`, or sign in again with \`pave login\` or \`pave open\`."
  `);
  expect(await askAs("eve", "run")).toMatchInlineSnapshot(`
    "exit 3
    error eve lacks the permission revision.push on project tiny
      Ask an admin of the project for a role that has it (/docs/access lists them)."
  `);
  expect(await askAs("grace", "principals", "create", "mallory")).toMatchInlineSnapshot(`
    "exit 3
    error grace lacks the permission platform.admin
      Ask a platform admin, or use a token that has it."
  `);
  expect(await askAs("grace", "status", "--project", "other")).toMatchInlineSnapshot(`
    "exit 2
    error There is no project other, or it is not yours to see
      List yours with \`pave projects list\`, or ask its owner for a role."
  `);

  const { token, record } = await platform.client.createToken({ body: { name: "short", expiresInDays: 1 } });
  expect((await project.pave(["status"], { token })).code).toBe(0);
  await queryDatabase(platform, "update tokens set expires_at = now() - interval '1 minute' where id = $1", [
    record.id,
  ]);
  expect(await askAs(token, "status")).toMatchInlineSnapshot(`
    "exit 3
    error The token expired on <time>
      Make a new one with \`pave tokens create\`."
  `);

  const revoked = await platform.client.createToken({ body: { name: "gone", expiresInDays: 1 } });
  await platform.client.revokeToken({ params: { token: revoked.record.id } });
  expect(await askAs(revoked.token, "status")).toMatchInlineSnapshot(`
    "exit 3
    error The token is not valid: it is unknown, mistyped or revoked
      Make a new one with \`pave tokens create\`, or sign in again with \`pave login\` or \`pave open\`."
  `);

  const limited = await platform.client.createToken({
    body: { name: "reads", scopes: ["project.read", "platform.use"], expiresInDays: 1 },
  });
  expect(await askAs(limited.token, "run")).toMatchInlineSnapshot(`
    "exit 3
    error This token of root lacks the permission revision.push: it is limited to project.read, platform.use
      Use a token that has it: \`pave tokens create NAME --scope …\`."
  `);
  expect(
    said(await project.pave(["status"], { environment: { PAVE_URL: "http://127.0.0.1:9", PAVE_TOKEN: "pave_x" } })),
  ).toMatchInlineSnapshot(`
    "exit 4
    error No platform answers at <url>
      Start it with \`pave up\`, or correct the address: what you typed, the context, or PAVE_URL."
  `);
});

test("a request that the API refuses: no token, no JSON, no such route, too large a body, another host", async () => {
  const call = async (path: string, init: RequestInit = {}) => {
    const response = await fetch(`${platform.url}${path}`, {
      ...init,
      headers: { authorization: `Bearer ${platform.token}`, "content-type": "application/json", ...init.headers },
    });
    return `${response.status} ${neutral(await response.text())}`;
  };
  const post = { method: "POST" };
  expect(await call("/api/v1/projects", { headers: { authorization: "" } })).toMatchInlineSnapshot(
    `"401 {"error":{"code":"access.unauthenticated","message":"This needs a sign-in: the request carries no token and no session","docs":"/docs/errors#access-unauthenticated","fix":"Run \`pave open\` or \`pave login URL\`, or send \`Authorization: Bearer <token>\`."}}"`,
  );
  expect(await call("/api/v1/projects", { ...post, body: "{" })).toMatchInlineSnapshot(
    `"400 {"error":{"code":"request.invalid","message":"The request's body is not JSON, though its content type says so","docs":"/docs/errors#request-invalid","fix":"Send valid JSON."}}"`,
  );
  expect(await call("/api/v1/projects", { ...post, body: '{"name": "No Such Name!"}' })).toMatchInlineSnapshot(
    `"400 {"error":{"code":"request.invalid","message":"body.name: expected lower-case letters, digits and dashes, start with a letter and have at most 63 characters, found the text \\"No Such Name!\\"","docs":"/docs/errors#request-invalid","fix":"Correct it and send it again.","problems":[{"path":"body.name","message":"expected lower-case letters, digits and dashes, start with a letter and have at most 63 characters, found the text \\"No Such Name!\\""}]}}"`,
  );
  expect(
    await call("/api/v1/projects", { ...post, body: "a=1", headers: { "content-type": "text/csv" } }),
  ).toMatchInlineSnapshot(
    `"415 {"error":{"code":"request.unsupported_media_type","message":"The body must be JSON, found the content type text/csv","docs":"/docs/errors#request-unsupported_media_type","fix":"Send it with content-type: application/json."}}"`,
  );
  expect(
    await call("/api/v1/projects", { ...post, body: JSON.stringify({ name: "x".repeat(3 * 2 ** 20) }) }),
  ).toMatchInlineSnapshot(
    `"413 {"error":{"code":"request.too_large","message":"The request's body is larger than this route takes","docs":"/docs/errors#request-too_large","fix":"Send less, or upload files as blobs."}}"`,
  );
  expect(await call("/api/v1/project")).toMatchInlineSnapshot(
    `"404 {"error":{"code":"request.not_found","message":"There is no GET /api/v1/project","docs":"/docs/errors#request-not_found","fix":"Check method and path."}}"`,
  );
  expect(await call("/api/v1/projects/tiny/runs/none")).toMatchInlineSnapshot(
    `"400 {"error":{"code":"request.invalid","message":"path.run: expected a number, found the text \\"none\\"","docs":"/docs/errors#request-invalid","fix":"Correct it and send it again.","problems":[{"path":"path.run","message":"expected a number, found the text \\"none\\""}]}}"`,
  );
  expect(await call("/api/v1/projects/tiny%00/runs")).toMatchInlineSnapshot(
    `"400 {"error":{"code":"request.invalid","message":"The request has the character NUL in it","docs":"/docs/errors#request-invalid","fix":"Correct it and send it again."}}"`,
  );
  expect(await call("/api/v1/projects/%E0%A4%A/runs")).toMatchInlineSnapshot(
    `"400 {"error":{"code":"request.invalid","message":"'/api/v1/projects/%E0%A4%A/runs' is not a valid url component","docs":"/docs/errors#request-invalid","fix":"Correct it and send it again."}}"`,
  );
});

const shapeOf = (query: RouteDefinition["query"]): object => (query as { shape?: object } | undefined)?.shape ?? {};

test("odd values on every route are never a failure of the server", async () => {
  const odd = ["x", "-1", "99999999999999999999", "\0", "'", "00000000-0000-0000-0000-000000000000", "tiny", "1"];
  const failures: string[] = [];
  for (const [name, route] of Object.entries<RouteDefinition>(routes)) {
    if (route.raw === "events" || name.startsWith("gateway") || ["leaseWork", "signOut"].includes(name)) continue;
    for (const value of odd) {
      const path = route.path
        .replace(":project", value === "x" ? "x" : "tiny")
        .replace(/:\w+/g, () => encodeURIComponent(value));
      const query = new URLSearchParams(
        Object.keys(shapeOf(route.query)).map((key) => [key, value] as [string, string]),
      );
      const body =
        route.method === "GET"
          ? undefined
          : JSON.stringify({ name: value, environment: value, role: value, yaml: value, digest: value, link: value });
      const response = await fetch(`${platform.url}/api/v1${path}?${query}`, {
        method: route.method,
        headers: {
          authorization: `Bearer ${platform.token}`,
          "content-type": route.raw === "request" ? "application/octet-stream" : "application/json",
        },
        ...(body === undefined ? {} : { body }),
      });
      const text = await response.text();
      if (response.status >= 500 || (response.status >= 400 && !/"message":".+"/.test(text)))
        failures.push(`${name} with ${JSON.stringify(value)}: ${response.status} ${text}`);
    }
  }
  expect(failures).toEqual([]);
});

test("a changed limit and a gate tightened too much, with the model that runs already; then nothing changed", async () => {
  await project.edit("pave.yaml", "tiny: { model: tiny }", "tiny: { model: tiny, timeout: 2s }");
  await project.edit("pave.yaml", "metrics.roc_auc >= 0.6", "metrics.roc_auc >= 0.8");
  const said = await ask("deploy", "--to", "staging", "--model", "tiny@1");
  expect(said).toMatch(/^exit 1\ntiny plan <n> {2}blocked/);
  expect(said).toMatch(/Revision \d+ instead of 1: configuration changes; model version stays/);
  expect(said).toContain("✖ metrics.roc_auc >= 0.8  metrics.roc_auc = 0.7");
  const same = ["deploy", "--to", "staging", "--model", "tiny@1", "--revision", "1"];
  expect(await ask(...same)).toMatch(/^exit 0\n✔ There is nothing to do: in staging tiny serves tiny version 1/);
});

test("nothing was lost on the way", async () => {
  expect(await live()).toEqual(["production version 1", "staging version 1"]);
  expect((await project.pave(["predict", "production"])).code).toBe(0);
  const { items } = await project.json<{ items: { state: string }[] }>(["runs", "list"]);
  // four of the pipeline, and the champion scored once by the code that judged its challengers
  expect(items.map((run) => run.state)).toEqual(Array(5).fill("succeeded"));
});
