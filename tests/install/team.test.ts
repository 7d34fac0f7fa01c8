import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import type { AccessExplanation, Backup, ModelVersion, Plan, Run } from "@pave/contract";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { reachableRoot } from "../../packages/server/src/drivers/process/reachable.ts";
import {
  clientSecret,
  startTestProvider,
  type TestProvider,
} from "../../packages/server/src/modules/people/testing/test-provider.ts";
import { githubClaims, startIssuer } from "../../packages/server/src/modules/trusts/testing/ci-issuer.ts";
import { processesIn } from "../../packages/server/src/runner/testing/processes-in.ts";
import { browserPath, launchBrowser, type Person, signIn } from "../support/browser.ts";
import { builtPave } from "../support/built-pave.ts";
import { type CiMachines, ciMachines, githubLines } from "../support/ci-machines.ts";
import { type Commands, createCommands } from "../support/commands.ts";
import { type DataServer, startPostgresServer } from "../support/data-servers.ts";
import { eventually } from "../support/eventually.ts";
import { moveTrafficAtOnce } from "../support/move-traffic-at-once.ts";
import { startPlatform, type TestPlatform } from "../support/platform.ts";
import { type TinyProject, tinyProject } from "../support/tiny-project.ts";

const fixtures = join(import.meta.dirname, "..", "fixtures");
const repository = "acme/shop";
const row = { origin: "ORD", hour: 17, distance: 733, wind: 25.5 };
const order = "lisbon-4711";
const readerPassword = "correct-horse-battery-staple";
/** As pave.yaml names it. */
const secret = (name: string): string => `\${{ secrets.${name} }}`;
const othersSecret = "the-other-project's-own-secret";

const spec = `apiVersion: pave/v1
kind: project
name: shop
owner: platform
python: { requires: ">=3.11", lock: requirements.lock }
pipelines:
  train:
    steps:
      orders: { uses: pave/read-connection@1, with: { connection: warehouse, query: "SELECT id, note FROM orders ORDER BY id" } }
      look: { uses: ./steps/spy, inputs: { table: orders.table } }
      make: { uses: ./steps/make, inputs: { source: orders.table } }
      train: { uses: ./steps/train, inputs: { table: make.table }, with: { depth: 6 } }
      evaluate: { uses: ./steps/evaluate, inputs: { model: train.model, test: make.table } }
models:
  shop: { from: train.train.model, evaluation: train.evaluate.metrics }
gates:
  - { check: "metrics.roc_auc >= 0.6", message: "agreed with operations" }
serve:
  shop: { model: shop }
`;

const make = `apiVersion: pave/v1
kind: component
name: make
version: 1.0.0
inputs: { source: { type: dataset, file: true } }
outputs: { table: { type: dataset, format: csv } }
run: { command: [sh, step.sh] }
`;

interface Message {
  readonly type: string;
  readonly data: { readonly title: string; readonly url: string; readonly project: string };
}

/**
 * A team's week on one server: who is invited, what their jobs may do, who decides what goes to production, what a step
 * can reach, and what is left after the machine is gone.
 */
describe.skipIf(!browserPath)("a team on one server", { timeout: 400_000 }, () => {
  let platform: TestPlatform;
  let restored: TestPlatform | undefined;
  let provider: TestProvider;
  let issuer: Awaited<ReturnType<typeof startIssuer>>;
  let warehouse: DataServer;
  let channel: Server;
  let browser: Browser;
  let ci: CiMachines;
  let shop: TinyProject;
  let folder: string;
  let admin: Person;
  let devPage: Page;
  let dev: Commands;
  let targets: Readonly<Record<string, readonly [string, string | number]>>;
  let waiting: Plan;
  let answers: unknown;
  const messages: Message[] = [];

  beforeAll(async () => {
    [provider, issuer, warehouse, browser, folder] = await Promise.all([
      startTestProvider(),
      startIssuer(),
      startPostgresServer("sales"),
      launchBrowser(),
      mkdtemp(join(tmpdir(), "pave-team-")),
    ]);
    await warehouse.ask(`create role reader login password '${readerPassword}'; create table orders (id int, note text);
      insert into orders values (1, '${order}'), (2, 'porto-4712'); grant select on orders to reader`);
    channel = createServer(async (request, response) => {
      messages.push(JSON.parse(await text(request)) as Message);
      response.end("thanks");
    });
    await new Promise<void>((resolve) => channel.listen(0, "127.0.0.1", resolve));
    await writeFile(join(folder, "client-secret"), clientSecret);
    platform = await startPlatform({
      environment: {
        PAVE_OIDC_ISSUER: provider.issuer,
        PAVE_OIDC_CLIENT_ID: "pave",
        PAVE_OIDC_CLIENT_SECRET_FILE: join(folder, "client-secret"),
        PAVE_OIDC_SCOPES: "openid email profile",
        PAVE_OIDC_NAME: "Example ID",
        PAVE_CI_ISSUERS: `${issuer.url}=github`,
        PAVE_OUTBOUND_ALLOW: "127.0.0.1",
        PAVE_BACKUP_FOLDER: join(folder, "backups"),
      },
    });
    provider.register(platform.url);
    await moveTrafficAtOnce(platform, { ofTeam: true });
    shop = await tinyProject(platform, "shop", {
      "pave.yaml": spec,
      "steps/make/component.yaml": make,
      "requirements.lock": "# Only what Python brings.\n",
    });
    await cp(join(fixtures, "spy", "steps", "spy"), join(shop.folder, "steps", "spy"), { recursive: true });
    ci = await ciMachines("shop", () => platform.url);
    admin = await signIn(browser, platform.signInUrl);
  }, 400_000);
  afterAll(async () => {
    await browser?.close();
    await Promise.all([platform?.remove(), restored?.remove(), warehouse?.stop(), ci?.remove(), issuer?.close()]);
    await provider?.stop();
    channel?.close();
    await rm(folder, { recursive: true, force: true });
  });

  /** At the provider, from whatever page of Pave they wanted. */
  const comeIn = async (login: string, path: string): Promise<Page> => {
    const page = await (await browser.newContext({ viewport: { width: 1440, height: 900 } })).newPage();
    page.setDefaultTimeout(60_000);
    await page.goto(`${platform.url}${path}`);
    await page.getByRole("link", { name: "Continue with Example ID" }).click();
    await page.locator('input[name="login"]').fill(login);
    await page.locator('input[name="password"]').fill("x");
    await page.locator('button[type="submit"]').first().click();
    return page;
  };

  it("an admin invites a developer and a reviewer, who come in at their OpenID provider", async () => {
    const { page } = admin;
    for (const [person, role] of [
      ["devi", "developer"],
      ["rita", "reviewer"],
    ] as const) {
      provider.people.set(person, { email: `${person}@example.com`, email_verified: true });
      await page.goto(`${platform.url}/settings/people`);
      await page.getByRole("button", { name: "Invite" }).click();
      const dialog = page.getByRole("dialog", { name: "Invite somebody" });
      await dialog.getByLabel("E-mail").fill(`${person}@example.com`);
      await dialog.getByLabel("Role on a project").click();
      await page.getByRole("option", { name: "shop" }).click();
      await dialog.getByLabel("Role", { exact: true }).click();
      await page.getByRole("option", { name: role }).click();
      await dialog.getByRole("button", { name: "Make the invitation" }).click();
      await page.getByRole("table", { name: "Invitations" }).getByText(`${person}@example.com`).waitFor();
    }
    devPage = await comeIn("devi", "/projects/shop");
    await devPage.getByRole("heading", { name: "shop", level: 1 }).waitFor();

    dev = createCommands({
      entry: await builtPave(),
      folder: shop.folder,
      environment: { PAVE_HOME: join(folder, "laptop"), PAVE_PORT: "", PAVE_TOKEN: "", BROWSER: "none" },
      url: () => platform.url,
    });
    const login = dev.call(["login", platform.url, "--json"], {});
    const link = await eventually(
      "the link of `pave login`",
      async () => /(http:\S+\/authorize\?\S+)/.exec(login.output.stderr)?.[1] ?? "",
      (found) => found !== "",
    );
    await devPage.goto(link);
    await devPage.getByRole("button", { name: "Allow" }).click();
    expect(await login.ended).toMatchObject({ code: 0 });
    expect(await dev.json(["whoami"])).toMatchObject({ principal: { name: "devi" }, platformAdmin: false });
  });

  it("the developer's jobs release to staging without a stored secret", async () => {
    const { page } = admin;
    await shop.json(["trusts", "add", "--issuer", issuer.url, "--repository", repository, "--branch", "main"]);
    const settings = ["--type", "postgres", "--host", "127.0.0.1", "--port", String(warehouse.port)];
    const signing = ["--database", "sales", "--user", "reader", "--tls", "off"];
    await dev.json(["connections", "add", "warehouse", ...settings, ...signing], { input: readerPassword });
    expect(await dev.json(["connections", "check", "warehouse"])).toMatchObject({ ok: true });
    targets = await whatIsNotTheirs();
    await shop.put("steps/spy/targets.json", JSON.stringify(targets));
    await shop.put(".gitignore", ci.files.get(".gitignore")?.content ?? "");
    ci.push(shop.folder, "first");

    issuer.jobs(githubClaims({ repository, sub: `repo:${repository}:ref:refs/heads/main` }));
    const { folder: checkout, sha } = await ci.checkout();
    const job = { ...issuer.githubJob(), GITHUB_SHA: sha, GITHUB_REF_NAME: "main" };
    await ci.run(githubLines(ci.files, "release"), checkout, job);
    const { items } = await dev.json<{ items: Plan[] }>(["plans", "list"]);
    expect(items).toMatchObject([
      { environment: "staging", state: "applied", author: { name: "shop-ci", kind: "service-account" } },
    ]);
    await page.goto(`${platform.url}/projects/shop/deployments/staging/shop`);
    await page.getByText("shop version 1 in release 1, online").waitFor();
  });

  /** Another project's step in the middle of its work, with a secret; and what else there is on this machine. */
  const whatIsNotTheirs = async () => {
    const other = join(platform.folder, "other");
    await cp(join(fixtures, "spy"), other, { recursive: true });
    const yaml = (await readFile(join(other, "pave.yaml"), "utf8"))
      .replace("name: spy", "name: other")
      .replace("wait: { uses: ./steps/wait }", `wait: { uses: ./steps/wait, env: { KEY: "${secret("OTHER_KEY")}" } }`);
    await writeFile(join(other, "pave.yaml"), yaml);
    await writeFile(join(other, "steps", "spy", "targets.json"), "{}");
    await platform.json(["init", "--yes"], { folder: other });
    await platform.json(["secrets", "set", "OTHER_KEY"], { folder: other, input: othersSecret });
    const victim = await platform.json<Run>(["run", "victim", "--no-wait"], { folder: other });
    const said = await eventually(
      "the other project's step",
      async () => {
        const params = { project: "other", run: victim.number, step: "wait" };
        return (await platform.client.getLogs({ params, query: {} })).chunks.map((chunk) => chunk.text).join("");
      },
      (log) => log.includes("waiting in "),
    );
    const [, input = ""] = /waiting in (\S+) as \d+/.exec(said) ?? [];
    const [pid] = await processesIn(join(input, "..", ".."));
    const pids = await platform.pids();
    const root = await reachableRoot(platform.home);
    const gateway = Number(new URL(platform.gatewayUrl).port);
    return {
      "its connection's data": ["find", order],
      "more than there is in it": ["find", "lisbon-4799"],
      "the other step's folder": ["read", input],
      "the other step's environment": ["read", `/proc/${pid}/environ`],
      "its own experiment": ["ask", "/api/2.0/mlflow/experiments/get-by-name?experiment_name=Default"],
      "the other project's run": ["ask", `/api/2.0/mlflow/runs/get?run_id=${victim.id.replaceAll("-", "")}`],
      "the other project's secrets": ["ask", "/api/v1/projects/other/secrets"],
      "the other project": ["ask", "/api/v1/projects/other"],
      "the master key": ["read", join(platform.home, "master-keys")],
      "the admin's token": ["read", join(platform.home, "cli.json")],
      "the roles' tokens": ["read", join(platform.home, "roles.json")],
      "the server's environment": ["read", `/proc/${pids.server}/environ`],
      "the database's files": ["list", join(root, "postgres")],
      "the warehouse, past its connection": ["port", warehouse.port],
      "the gateway": ["port", gateway],
      "a machine elsewhere": ["address", "198.51.100.7"],
      "where clouds keep credentials": ["address", "169.254.169.254"],
    } as const;
  };

  it("a step reads its connection's data, and nothing that is not its own", async () => {
    const { items } = await dev.json<{ items: Run[] }>(["runs", "list"]);
    const run = await dev.json<Run>(["runs", "show", String(items[0]?.number)]);
    const look = run.graph.find(({ name }) => name === "look");
    const report = look?.outputs.find(({ port }) => port === "report")?.artifact?.metadata as {
      errors: Record<string, string>;
    };
    const isConfined = look?.attempts[0]?.isolation?.files === true;
    const told: Readonly<Record<string, string>> = {
      "its connection's data": "worked",
      "more than there is in it": "ENODATA",
      "its own experiment": "worked",
      "the other project's run": "404",
      "the other project's secrets": "404",
      "the other project": "404",
      "the warehouse, past its connection": "ECONNREFUSED",
      "the gateway": "ECONNREFUSED",
      "a machine elsewhere": "ENETUNREACH",
      "where clouds keep credentials": "ENETUNREACH",
    };
    // what cannot be seen is not refused: it is not there
    const refusal = isConfined ? "ENOENT" : "EACCES";
    expect(report.errors).toEqual(
      Object.fromEntries(Object.keys(targets).map((name) => [name, told[name] ?? refusal])),
    );
    expect(look?.attempts[0]?.isolation).toMatchObject({ user: true, network: "none" });

    // asked for by name it is not there either
    const naming = ` env: { KEY: "${secret("OTHER_KEY")}" },`;
    await shop.edit("pave.yaml", "look: { uses: ./steps/spy,", `look: { uses: ./steps/spy,${naming}`);
    expect(await dev.pave(["run"])).toMatchObject({
      code: 2,
      data: { error: { problems: [{ message: "there is no secret `OTHER_KEY`" }] } },
    });
    await shop.edit("pave.yaml", naming, "");
    // what was read is in the lineage of the model that came of the run
    const { lineage } = await dev.json<ModelVersion>(["models", "show", "shop@1"]);
    expect(lineage.run).toMatchObject({ number: run.number });
    expect(run.datasets).toMatchObject([{ connection: "warehouse", rows: 2 }]);
    expect(lineage.datasets).toContainEqual(expect.objectContaining({ digest: run.datasets[0]?.digest, rows: 2 }));
  });

  it("promotion waits for somebody else than the developer, whatever their role", async () => {
    await platform.json([...["notifications", "targets", "add", "reviews", "webhook", "--json"]], {
      input: `http://127.0.0.1:${(channel.address() as AddressInfo).port}/reviews`,
    });
    await platform.json(["notifications", "routes", "add", "reviews", "--kind", "approval-wanted"]);
    waiting = await dev.json<Plan>(["promote", "staging", "production", "-m", "a week in staging without a fault"]);
    expect(waiting).toMatchObject({ state: "open", author: { name: "devi" }, mayApprove: { allowed: false } });
    const approve = ["plans", "approve", String(waiting.number)];
    expect(await dev.pave(approve)).toMatchObject({ code: 3, data: { error: { code: "access.denied" } } });
    await platform.json(["members", "set", "devi", "admin", "--project", "shop"]);
    const { data } = await dev.pave(approve);
    expect(data).toMatchObject({ error: { message: expect.stringMatching(/made this plan|author/) } });
    const explained = await dev.json<AccessExplanation>([
      "access",
      "explain",
      "devi",
      "plan.approve",
      "plan",
      String(waiting.number),
    ]);
    expect(explained).toMatchObject({ allowed: false });
    await platform.json(["members", "set", "devi", "developer", "--project", "shop"]);

    const path = `/projects/shop/plans/${waiting.number}`;
    await devPage.goto(`${platform.url}${path}`);
    const button = devPage.getByRole("button", { name: "Approve" });
    await button.waitFor();
    expect(await button.getAttribute("aria-disabled")).toBe("true");
  });

  it("the reviewer hears of it by webhook, reads the plan, comments and approves", async () => {
    const [message] = await eventually(
      "the message",
      async () => messages.filter(({ type }) => type === "approval-wanted"),
      (found) => found.length > 0,
    );
    expect(message).toMatchObject({ data: { project: "shop", title: expect.stringContaining("production") } });
    const { pathname } = new URL(message?.data.url ?? "");
    const page = await comeIn("rita", pathname);
    await page.getByRole("heading", { name: waiting.title, level: 1 }).waitFor();
    await page.getByText("metrics.roc_auc >= 0.6").first().waitFor();
    await page.getByText("a week in staging without a fault").first().waitFor();
    await page.getByLabel("Say something").fill("Who is called when it is wrong, @devi?");
    await page.keyboard.press("Control+Enter");
    await page.getByRole("article", { name: "Comment by rita" }).waitFor();
    // the developer has the same page open
    await devPage.getByRole("article", { name: "Comment by rita" }).getByText("Who is called").waitFor();
    await devPage.getByRole("button", { name: "Answer" }).click();
    await devPage.getByLabel("Answer").fill("The desk, day and night.");
    await devPage.keyboard.press("Control+Enter");
    await page.getByRole("article", { name: "Comment by devi" }).getByText("The desk").waitFor();

    await page.getByRole("textbox", { name: "Comment", exact: true }).fill("asked who is called");
    await page.getByRole("button", { name: "Approve" }).click();
    for (const one of [page, devPage])
      await one.getByRole("heading", { name: waiting.title }).locator("xpath=..").getByText("applied").waitFor();
    const plan = await dev.json<Plan>(["plans", "show", String(waiting.number)]);
    expect(plan.approvalList).toMatchObject([
      { principal: { name: "rita" }, decision: "approved", comment: "asked who is called" },
    ]);
    answers = await ask(platform);
    expect(admin.complaints).toEqual([]);
  });

  it("the server is backed up, restored on an empty folder, and serves the same predictions", async () => {
    const backup = await platform.json<Backup>(["backup"]);
    expect(backup).toMatchObject({ state: "succeeded", summary: { warnings: [] } });
    // the machine is gone; the master key was kept apart
    const key = await readFile(join(platform.home, "master-keys"));
    await platform.stop();
    restored = await startPlatform({
      async prepare(home) {
        const result = await platform.pave(["restore", join(folder, "backups"), "--to", home]);
        expect(result, result.stderr).toMatchObject({ code: 0 });
        await writeFile(join(home, "master-keys"), key, { mode: 0o600 });
      },
    });
    expect(await ask(restored)).toEqual(answers);
    const { approvalList } = await restored.client.getPlan({ params: { project: "shop", plan: waiting.number } });
    expect(approvalList).toMatchObject([{ principal: { name: "rita" } }]);
    const check = await restored.json(["connections", "check", "warehouse"], { folder: shop.folder });
    expect(check).toMatchObject({ ok: true });
  });

  const ask = async (on: TestPlatform): Promise<unknown> => {
    const params = { project: "shop", environment: "production", deployment: "shop" };
    const { body } = await eventually(
      "an answer",
      () => on.client.tryDeployment({ params, body: { input: row } }),
      ({ status }) => status === 200,
    );
    return (body as { predictions: unknown }).predictions;
  };
});
