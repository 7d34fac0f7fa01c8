import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { DuckDBInstance } from "@duckdb/node-api";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { builtPave } from "./support/built-pave.ts";
import { eventually } from "./support/eventually.ts";
import { startTruthPlatform, type TruthPlatform, truthProject } from "./support/truth-platform.ts";

const params = { project: truthProject, environment: "production", deployment: "late" };
const row = { origin: "ORD", hour: 17, distance: 733, wind: 25.5 };

describe("what an endpoint answered and what came true", { timeout: 120_000 }, () => {
  let platform: TruthPlatform;
  const secret = "N-4711-secret";

  const truthNow = () => platform.client.getTruth({ params, query: {} });
  const logged = (rows: number) => eventually(`${rows} logged rows`, truthNow, (truth) => truth.logged >= rows);
  const send = (body: string, { contentType = "application/json", query = "" } = {}) =>
    fetch(`${platform.url}/api/v1/projects/${truthProject}/deployments/production/late/ground-truth${query}`, {
      method: "POST",
      headers: { authorization: `Bearer ${platform.token}`, "content-type": contentType },
      body,
    });

  beforeAll(async () => {
    platform = await startTruthPlatform({ log: { redact: ["origin"] }, environment: { log: { redact: ["wind"] } } });
  }, 120_000);
  afterAll(() => platform?.remove());

  it("goes from a request to a number", async () => {
    const one = await platform.predict(row);
    expect(one).toMatchObject({ status: 200, predictionId: expect.stringMatching(/^[0-9a-f-]{36}$/) });
    const many = await platform.predict({ inputs: [row, { ...row, hour: 3 }, { ...row, hour: 9 }] });
    await logged(4);

    const labels = [
      { predictionId: one.predictionId, value: true, at: "2001-06-11" },
      ...[0, 1, 2].map((row) => ({ predictionId: many.predictionId, row, value: false, at: "2001-06-12" })),
    ];
    const answer = await send(JSON.stringify(labels));
    expect(await answer.json()).toMatchObject({ received: 4, accepted: 4, problems: [] });
    const lines = labels.map((label) => JSON.stringify(label)).join("\n");
    expect(await (await send(lines, { contentType: "application/x-ndjson" })).json()).toMatchObject({ duplicate: 4 });

    const truth = await truthNow();
    expect(truth).toMatchObject({
      kind: "binary",
      positive: "true",
      loggedShare: 1,
      windows: [{ start: "2001-06-11T00:00:00.000Z", rows: 4, actual: { value: 0.25 }, coverage: 1 }],
    });
    const rows = await platform.query<{ score: number }>("select score from predictions");
    const mean = rows.reduce((sum, { score }) => sum + score, 0) / rows.length;
    expect(truth.windows[0]?.predicted?.value).toBeCloseTo(mean, 9);
  });

  it("keeps redacted values out of every file, row and log, whoever asked for it", async () => {
    await platform.predict({ ...row, origin: secret, wind: 98_765.25 });
    await logged(5);
    const rows = await platform.query<{ text: string }>(
      "select string_agg(encode(content, 'base64'), ' ') as text from request_log_spool",
    );
    expect(rows[0]?.text).toBeTruthy();
    for (const name of await tablesOf(platform)) {
      const found = await platform.query<{ found: boolean }>(
        `select exists (select from ${name} t where t::text like $1 or t::text like '%98765.25%') as found`,
        [`%${secret}%`],
      );
      expect(found[0]?.found, name).toBe(false);
    }
    for (const text of await textsBelow(platform.folder)) {
      expect(text).not.toContain(secret);
      expect(text).not.toContain("98765.25");
    }
  });

  it("makes Parquet of the log, gives it to those who may read it, and deletes it in time", async () => {
    expect((await platform.client.listRequestLog({ params })).waitingRows).toBeGreaterThan(4);
    await platform.query("update request_log_spool set received_at = received_at - interval '2 hours'");
    await platform.loop("request-log");
    const list = await platform.client.listRequestLog({ params });
    expect(list).toMatchObject({ waitingRows: 0, files: [{ format: "parquet", rows: 5 }], retentionDays: 30 });

    const [file] = list.files;
    const response = await platform.client.raw("getRequestLogFile", { params: { ...params, file: file?.id } });
    const folder = await mkdtemp(join(tmpdir(), "pave-parquet-"));
    await writeFile(join(folder, "log.parquet"), Buffer.from(await response.arrayBuffer()));
    const read = await readParquet(join(folder, "log.parquet"));
    await rm(folder, { recursive: true });
    expect(read).toHaveLength(5);
    expect(read[0]).toMatchObject({
      row: 0,
      score: expect.any(Number),
      label: expect.stringMatching(/^(true|false)$/),
    });
    expect(JSON.parse(String(read[0]?.features))).toEqual({
      origin: "[redacted]",
      hour: 17,
      distance: 733,
      wind: "[redacted]",
    });
    expect(JSON.stringify(read)).not.toContain(secret);

    const reader = await platform.client.createToken({
      body: { name: "labels", project: truthProject, scopes: ["deployment.label", "project.read"], expiresInDays: 1 },
    });
    const refused = await fetch(`${platform.url}/api/v1/projects/${truthProject}/deployments/production/late/log`, {
      headers: { authorization: `Bearer ${reader.token}` },
    });
    expect(refused.status).toBe(403);

    await platform.query("update request_log_files set to_at = now() - interval '31 days'");
    const objects = (await filesBelow(join(platform.folder, "artifacts", "objects"))).length;
    await platform.loop("prune-truth");
    expect((await platform.client.listRequestLog({ params })).files).toEqual([]);
    expect(await filesBelow(join(platform.folder, "artifacts", "objects"))).toHaveLength(objects - 1);
  });

  it("loses nothing and doubles nothing when the api is away, or takes a part and cannot say so", async () => {
    const before = (await truthNow()).logged;
    await platform.stopApi();
    for (let index = 0; index < 20; index += 1) expect((await platform.predict(row)).status).toBe(200);
    const spool = join(platform.folder, "gateway", "request-log");
    await eventually(
      "a part on disk",
      () => readdir(spool),
      (names) => names.length > 0,
    );
    // taken, and the acknowledgement lost: the same parts come again
    const parts = await Promise.all((await readdir(spool)).map((name) => readFile(join(spool, name), "utf8")));
    await platform.startApi();
    const sent = await Promise.all([1, 2].map(() => post(platform, parts.join(""))));
    expect(sent.map(({ status }) => status)).toEqual([200, 200]);
    await eventually(
      "an empty spool",
      () => readdir(spool),
      (names) => names.length === 0,
    );
    expect((await logged(before + 20)).logged).toBe(before + 20);
  });

  it("does what the documentation says", async () => {
    const docs = await readFile(join(import.meta.dirname, "..", "docs", "ground-truth.md"), "utf8");
    const [, script = ""] = /```sh\n([\s\S]*?)```/.exec(docs) ?? [];
    const { stdout } = await promisify(execFile)("sh", ["-ec", script], {
      env: {
        PATH: process.env.PATH,
        PAVE_URL: platform.url,
        PAVE_TOKEN: platform.token,
        GATEWAY: `http://127.0.0.1:${platform.gateway.port}`,
      },
    });
    const answer = JSON.parse(stdout) as { accepted: number; pending: number; received: number };
    expect([answer.received, answer.accepted + answer.pending]).toEqual([1, 1]);
  });

  it("takes a table from the terminal client, and shows the weeks there", async () => {
    const before = (await truthNow()).logged;
    const ids = await Promise.all([1, 2, 3].map(() => platform.predict(row)));
    await logged(before + 3);
    const folder = await mkdtemp(join(tmpdir(), "pave-labels-"));
    const path = join(folder, "labels.csv");
    const lines = ids.map(({ predictionId }, index) => `${predictionId},${index === 0 ? "True" : "False"},2001-07-03`);
    await writeFile(path, ["predictionId,value,at", ...lines, "4711,True,"].join("\r\n"));
    const cli = await builtPave();
    const pave = (...args: string[]) =>
      promisify(execFile)(process.execPath, [cli, ...args, "--project", truthProject], {
        env: { ...process.env, PAVE_URL: platform.url, PAVE_TOKEN: platform.token, PAVE_HOME: folder },
      }).catch((error: { code: number; stdout: string; stderr: string }) => error);
    const sent = await pave("ground-truth", "send", path, "production", "--json");
    expect(sent, sent.stderr).toMatchObject({ code: 1 });
    const answer = JSON.parse(sent.stdout) as Record<string, number>;
    expect(answer).toMatchObject({ received: 4, unknown: 1, problems: [{ line: 5 }] });
    expect((answer.accepted ?? 0) + (answer.pending ?? 0)).toBe(3);
    const shown = await eventually(
      "the labels of the table",
      async () => (await pave("deployments", "truth", "production")).stdout,
      (text) => /2001-07-02 +3 /.test(text),
    );
    expect(shown).toContain("33.3 %");

    const wrong = join(folder, "wrong.csv");
    await writeFile(wrong, "id,value\n4711,True\n");
    expect(await pave("ground-truth", "send", wrong, "production")).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("expected the columns predictionId, value and maybe row and at, found id, value"),
    });
    await rm(folder, { recursive: true });
  });

  it("refuses what is no label with its place, never with a 5xx", async () => {
    for (const body of ["", "[", "[1,2", "null", "[]", '{"predictionId": 1}', "\u0000", "[".repeat(100_000)]) {
      const response = await send(body);
      expect([200, 400], `${body.slice(0, 20)}: ${response.status}`).toContain(response.status);
    }
    const listed = await (await send('[{"predictionId": "x", "value": 1}, 7]')).json();
    expect(listed).toMatchObject({ unknown: 1, malformed: 1, problems: [{ line: 1 }, { line: 2 }] });
  });
});

const post = (platform: TruthPlatform, body: string) =>
  fetch(`${platform.url}/api/v1/gateway/log`, {
    method: "POST",
    headers: { authorization: `Bearer ${platform.gatewayToken}`, "content-type": "application/x-ndjson" },
    body,
  });

async function tablesOf(platform: TruthPlatform): Promise<string[]> {
  const rows = await platform.query<{ name: string }>(
    "select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')",
  );
  return rows.map(({ name }) => name);
}

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

const textsBelow = async (folder: string): Promise<string[]> =>
  Promise.all((await filesBelow(folder)).map((path) => readFile(path, "latin1").catch(() => "")));

async function readParquet(path: string): Promise<readonly Record<string, unknown>[]> {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  const reader = await connection.runAndReadAll(`select * from read_parquet('${path}') order by predicted_at`);
  const rows = reader.getRowObjectsJson();
  connection.closeSync();
  instance.closeSync();
  return rows;
}
