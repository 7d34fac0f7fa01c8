import { cp, readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Run, RunStep, Secret } from "@pave/contract";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { reachableRoot } from "../packages/server/src/drivers/process/reachable.ts";
import { queryDatabase } from "./support/database.ts";
import { startPlatform, type TestPlatform } from "./support/platform.ts";

const token = 'tök/"7+Zq&=% x9!w';
const otherToken = "staging-only-4711-abcdef";
const key = `-----BEGIN PRIVATE KEY-----
${"MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcw"}
${"q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83v"}
-----END PRIVATE KEY-----
`;

/** What gives a value away, made here and not by the code that masks. */
function formsOf(value: string): string[] {
  const base64 = Buffer.from(value).toString("base64");
  const whole = base64.slice(0, Math.floor(Buffer.byteLength(value) / 3) * 4);
  return [
    value,
    JSON.stringify(value).slice(1, -1),
    ...[whole, whole.replaceAll("+", "-").replaceAll("/", "_")],
    ...[encodeURIComponent(value), new URLSearchParams({ value }).toString().slice("value=".length)],
    Buffer.from(value).toString("hex"),
  ];
}
const forms = [...[token, otherToken].flatMap(formsOf), ...key.split("\n").slice(1, 3).flatMap(formsOf)];
const found = (bytes: Buffer): string[] => forms.filter((form) => bytes.includes(form));

/** A full run whose steps do all they can to show their secrets. */
describe("secrets", { timeout: 300_000 }, () => {
  let platform: TestPlatform;
  let folder: string;
  const seen: string[] = [];
  const pave = async (args: readonly string[], input?: string) => {
    const result = await platform.pave(args, { folder, ...(input === undefined ? {} : { input }) });
    seen.push(result.stdout, result.stderr);
    return result;
  };
  const json = async <T>(args: readonly string[], input?: string): Promise<T> => {
    const result = await pave(args, input);
    expect(result.code, result.stdout).toBe(0);
    return result.data as T;
  };
  const errorOf = async (args: readonly string[], input?: string) => {
    const { code, data } = await pave(args, input);
    expect(code).not.toBe(0);
    return (
      data as { error: { code: string; message: string; fix: string; problems?: { message: string; fix: string }[] } }
    ).error;
  };
  let run: Run;
  const step = (name: string): RunStep => run.graph.find((one) => one.name === name) as RunStep;
  const logOf = async (name: string): Promise<string> => {
    const { chunks } = await platform.client.getLogs({
      params: { project: "leaks", run: run.number, step: name },
      query: { limitBytes: 1_000_000 },
    });
    return chunks.map(({ text }) => text).join("");
  };

  beforeAll(async () => {
    platform = await startPlatform();
    folder = join(platform.folder, "leaks");
    await cp(join(import.meta.dirname, "fixtures", "leaks"), folder, { recursive: true });
    await json(["init", "--yes"]);
  }, 120_000);
  afterAll(() => platform?.remove());

  it("a run that names a secret that is not there is refused, with a suggestion, and nothing is started", async () => {
    await json(["secrets", "set", "API_TOKENS"], "some-other-value");
    const { message, problems = [] } = await errorOf(["run", "leak"]);
    expect(message).toContain("API_TOKEN");
    expect(problems.map((one) => `${one.message} | ${one.fix}`)).toContain(
      "there is no secret `API_TOKEN`; did you mean `API_TOKENS`? | correct the name, or make it: `pave secrets set API_TOKEN`",
    );
    const checked = (await pave(["validate"])).data as { problems: { message: string }[] };
    expect(checked.problems.map((one) => one.message)).toContain("there is no secret `PRIVATE_KEY`");
    expect(await json<{ items: unknown[] }>(["runs", "list"])).toMatchObject({ items: [] });
  });

  it("what cannot be a secret is refused with the reason, and is not quoted", async () => {
    const short = await errorOf(["secrets", "set", "API_TOKEN"], "hunter2\n");
    expect(short).toMatchObject({
      code: "secret.invalid",
      message: expect.stringContaining("at least 8 characters, found 7"),
    });
    expect(short.message).not.toContain("hunter2");
    expect((await errorOf(["secrets", "set", "API_TOKEN"], "")).message).toContain("found nothing");
    expect(await errorOf(["secrets", "set", "api-token"], "long-enough-value")).toMatchObject({
      code: "request.invalid",
    });
    expect((await errorOf(["secrets", "set", "API_TOKEN", "-e", "stagin"], "long-enough-value")).message).toContain(
      "did you mean `staging`?",
    );
    expect((await errorOf(["secrets", "set", "API_TOKEN", "long-enough-value"])).message).toContain(
      "too many arguments",
    );
    expect(await errorOf(["secrets", "remove", "API_TOKEN"])).toMatchObject({ code: "secret.not_found" });
  });

  it("a secret of another environment is told from one that is not there", async () => {
    await json(["secrets", "set", "API_TOKEN", "--environment", "staging"], otherToken);
    const { problems = [] } = await errorOf(["run", "tidy"]);
    expect(problems[0]).toMatchObject({
      message: "secret `API_TOKEN` is for the environment staging alone, and this run is for none",
      fix: expect.stringContaining("pave run --environment staging"),
    });
    expect(await errorOf(["run", "tidy", "--environment", "production"])).toMatchObject({
      code: "access.denied",
      message: expect.stringContaining("the plans of production take approvals"),
    });
  });

  it("steps get the value of their run's environment, and versions follow each other", async () => {
    await json(["secrets", "set", "API_TOKEN"], "first-value-of-it\n");
    expect(await json<Secret>(["secrets", "set", "API_TOKEN"], `${token}\n`)).toMatchObject({
      version: 2,
      environment: null,
    });
    await json(["secrets", "set", "PRIVATE_KEY"], key);
    run = await json<Run>(["run", "tidy", "--environment", "staging"]);
    expect(run.environment).toBe("staging");
    expect(await logOf("count")).toContain(`length ${otherToken.length}`);
    run = await json<Run>(["run", "tidy", "--refresh"]);
    expect(await logOf("count")).toContain(`length ${token.length}`);
    // another value is no other step: what comes out must not depend on it
    run = await json<Run>(["run", "tidy"]);
    expect(step("count").cached).not.toBeNull();
  });

  it("a run whose steps give their secrets away in every way shows none of them", async () => {
    const result = await pave(["run", "leak"]);
    expect(result.code).toBe(1);
    run = await platform.client.getRun({ params: { project: "leaks", run: 4 } });

    const said = await logOf("say");
    expect(said).toContain("slow *** end\n");
    expect(said).toContain(`${"x".repeat(100)}***\n`);
    expect(said).toContain(`length ${token.length}, plain ada`);
    expect(said).toContain("here: ***.");
    expect(said).toContain("there: ***.");
    expect(step("say").state).toBe("succeeded");

    const logged = await logOf("log");
    expect(logged.match(/^runs\/[a-z-]+ 200$/gm) ?? logged).toHaveLength(15);
    expect(logged).toContain("artifact 4");
    expect(logged).toContain("has the value of the secret API_TOKEN in it");

    expect(step("fail")).toMatchObject({
      state: "failed",
      message: expect.stringContaining("could not sign in with ***, ***"),
    });
    expect(step("write").message).toContain("note.txt: has the value of the secret API_TOKEN in it");
    expect(step("name").message).toContain("note.***: has the value of the secret API_TOKEN in it");
    expect(await logOf("without")).toContain("TOKEN is undefined, KEY is undefined");
  });

  it("every use is in the ledger, once for an attempt: who, which run, which version", async () => {
    const { rows } = await queryDatabase(
      platform,
      "select data from ledger_events where type = 'secret.used' and (data ->> 'run')::int = $1 order by data ->> 'step', data ->> 'name'",
      [run.number],
    );
    const use = (step: string, name: string, version: number) => ({
      ...{ name, environment: null, version, run: run.number, step, attempt: 1, requestedBy: "root" },
    });
    const user = (rows[0] as { data: { requestedBy: string } }).data.requestedBy;
    expect(rows.map((row: { data: unknown }) => row.data)).toEqual(
      [
        use("fail", "API_TOKEN", 2),
        use("log", "API_TOKEN", 2),
        use("name", "API_TOKEN", 2),
        use("say", "API_TOKEN", 2),
        use("say", "PRIVATE_KEY", 1),
        use("write", "API_TOKEN", 2),
      ].map((one) => ({ ...one, requestedBy: user })),
    );
    const { items } = await json<{ items: Secret[] }>(["secrets", "list"]);
    expect(items.find((one) => one.name === "PRIVATE_KEY")).toMatchObject({ version: 1, lastUsedRun: run.number });
  });

  it("the master key is turned over while nothing else changes, and a removed secret is gone", async () => {
    const before = await readFile(join(platform.home, "master-keys"), "utf8");
    expect(await json(["secrets", "rotate-key"])).toMatchObject({ isNew: true, rewrapped: expect.any(Number) });
    expect((await stat(join(platform.home, "master-keys"))).mode & 0o777).toBe(0o600);
    expect(await readFile(join(platform.home, "master-keys"), "utf8")).toContain(before.split("\n")[1]);
    await platform.stop();
    await platform.start();
    run = await json<Run>(["run", "tidy", "--refresh"]);
    expect(await logOf("count")).toContain(`length ${token.length}`);
    await json(["secrets", "remove", "API_TOKENS"]);
  });

  it("no table, log, event, error, metric or file holds a secret, in any form", async () => {
    const { rows: tables } = await queryDatabase(
      platform,
      "select format('%I.%I', table_schema, table_name) as name from information_schema.tables where table_schema not in ('pg_catalog', 'information_schema') and table_type = 'BASE TABLE'",
    );
    expect(tables.length).toBeGreaterThan(60);
    const leaks: string[] = [];
    for (const { name } of tables as { name: string }[]) {
      const { rows } = await queryDatabase(platform, `select t::text as row from ${name} as t`);
      // a row doubles quotes and backslashes
      for (const { row } of rows as { row: string }[])
        for (const text of [row, row.replaceAll('""', '"').replaceAll("\\\\", "\\")])
          if (found(Buffer.from(text)).length > 0) leaks.push(`${name}: ${text.slice(0, 300)}`);
    }
    const roots = new Set([platform.home, await reachableRoot(platform.home)]);
    let files = 0;
    for (const root of roots)
      for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
        const path = join(entry.parentPath, entry.name);
        if (!entry.isFile() || path.includes("/compile-cache/") || path.includes("/python/")) continue;
        const bytes = await readFile(path).catch(() => Buffer.alloc(0));
        files += 1;
        if (found(bytes).length > 0) leaks.push(`${path}: ${found(bytes).join(", ")}`);
      }
    for (const text of seen) if (found(Buffer.from(text)).length > 0) leaks.push(`the terminal: ${text.slice(0, 300)}`);
    const metrics = await fetch(`${platform.url}/metrics`, { headers: { authorization: `Bearer ${platform.token}` } });
    if (found(Buffer.from(await metrics.text())).length > 0) leaks.push("metrics");
    expect(files).toBeGreaterThan(50);
    expect(leaks).toEqual([]);
  });
});
