import { createServer, type Server } from "node:http";
import type { Run, RunStep } from "@pave/contract";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type DataServer,
  freePort,
  type S3Server,
  startMariadbServer,
  startPostgresServer,
  startS3Server,
} from "./support/data-servers.ts";
import { queryDatabase } from "./support/database.ts";
import { startPlatform, type TestPlatform } from "./support/platform.ts";
import { readConnection } from "./support/read-connection.ts";
import { type TinyProject, tinyProject } from "./support/tiny-project.ts";

const password = "correct-horse-battery-staple";
const names = { postgres: "warehouse", mysql: "shop", s3: "lake", http: "files" } as const;

let postgres: DataServer;
let mariadb: DataServer;
let s3: S3Server;
let files: Server & { readonly port: number };

beforeAll(async () => {
  [postgres, mariadb, s3, files] = await Promise.all([
    startPostgresServer("sales"),
    startMariadbServer("sales"),
    startS3Server([
      {
        name: "reader",
        credentials: [{ accessKey: "PAVEKEY", secretKey: password }],
        actions: ["Read:lake", "List:lake"],
      },
      { name: "stranger", credentials: [{ accessKey: "STRANGER", secretKey: password }], actions: ["Read:other"] },
    ]),
    startFileServer(),
  ]);
  await postgres.ask(`create role reader login password '${password}'; create role nobody login password '${password}';
    create type size as enum ('small', 'large'); create domain price as numeric(12, 2);
    create table orders (id bigint primary key, placed timestamptz, amount price, size size, note text, big numeric, raw bytea, late boolean, day date, local timestamp, share real, ratio double precision, tags jsonb, code uuid, small smallint);
    insert into orders values
      (9007199254740993, '2026-11-01 10:00:00.123456+02', 12345678.90, 'large', E'a "quoted", line\\nbreak', 12345678901234567890.12345, '\\x00ff10', true, '2026-02-28', '2026-02-28 23:59:59.999999', 0.1, 0.1, '{"a": [1]}', '6f9619ff-8b86-d011-b42d-00c04fc964ff', -32768),
      (2, null, null, null, '', 0.5, null, false, null, null, 'NaN', '-Infinity', null, null, null);
    grant select on orders to reader`);
  await mariadb.ask(`create user reader@'%' identified by '${password}'; create user nobody@'%' identified by '${password}';
    create table orders (id bigint unsigned primary key, placed timestamp(6) null, amount decimal(12,2), note text, raw varbinary(10), day date, local datetime(6), ratio double, tiny tinyint unsigned, kind enum('small','large'));
    set time_zone = '+00:00';
    insert into orders values (18446744073709551615, '2026-11-01 08:00:00.123456', 12345678.90, 'a "quoted", ☂ line\\nbreak', x'00ff10', '2026-02-28', '2026-02-28 23:59:59.999999', 0.1, 255, 'large'), (2, null, null, '', null, null, null, null, null, null);
    grant select on sales.orders to reader@'%'; grant usage on *.* to nobody@'%'; flush privileges`);
  await s3.put("lake/prices/2026 11.csv", "id,price\n1,2.5\n2,3.5\n");
}, 180_000);
afterAll(async () => {
  files?.close();
  await Promise.all([postgres?.stop(), mariadb?.stop(), s3?.stop()]);
});

/** Files behind a password, and redirects to where none may lead. */
async function startFileServer() {
  const server = createServer((request, response) => {
    const path = request.url ?? "";
    const isIn = request.headers.authorization === `Basic ${Buffer.from(`reader:${password}`).toString("base64")}`;
    const redirect = {
      "/data/inner": "http://169.254.169.254/latest/meta-data/",
      "/data/loop": "/data/loop",
      "/data/moved": "/data/table.csv",
    }[path];
    if (!isIn) response.writeHead(401).end("who are you?");
    else if (redirect) response.writeHead(302, { location: redirect }).end();
    else if (path === "/data/table.csv") response.writeHead(200, { etag: '"v7"' }).end("a,b\n1,x\n2,y\n");
    else response.writeHead(404).end();
  });
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  return Object.assign(server, { port });
}

const settingsOf = (type: keyof typeof names) =>
  ({
    postgres: { host: "127.0.0.1", port: postgres.port, database: "sales", user: "reader", tls: false },
    mysql: { host: "127.0.0.1", port: mariadb.port, database: "sales", user: "reader", tls: false },
    s3: { url: `http://127.0.0.1:${s3.port}`, bucket: "lake", user: "PAVEKEY", region: "us-east-1", tls: false },
    http: { url: `http://127.0.0.1:${files.port}/data`, user: "reader", tls: false },
  })[type];

/** The component by itself, on one of the servers. */
function read(type: keyof typeof names, params: Record<string, unknown>, given: Record<string, unknown> = {}) {
  const { settings = {}, ...over } = given as { settings?: object };
  const connection = {
    name: names[type],
    environment: null,
    type,
    settings: { ...settingsOf(type), ...settings },
    password,
    allowLoopback: true,
    ...over,
  };
  return readConnection(connection, params);
}
const failure = (...given: Parameters<typeof read>) =>
  read(...given).then(
    () => "nothing failed",
    (error: Error) => error.message.trim(),
  );

describe("reading through a connection", { timeout: 60_000 }, () => {
  it("of PostgreSQL keeps every type and value", async () => {
    const { rows, types, source } = await read("postgres", { query: "SELECT * FROM orders ORDER BY id DESC;" });
    expect(types).toEqual({
      ...{
        id: "BIGINT",
        placed: "TIMESTAMP WITH TIME ZONE",
        amount: "DECIMAL(12,2)",
        size: "VARCHAR",
        note: "VARCHAR",
      },
      ...{
        big: "DECIMAL(38,5)",
        raw: "BLOB",
        late: "BOOLEAN",
        day: "DATE",
        local: "TIMESTAMP",
        share: "FLOAT",
        ratio: "DOUBLE",
      },
      ...{ tags: "VARCHAR", code: "VARCHAR", small: "SMALLINT" },
    });
    expect(rows).toEqual([
      [
        "9007199254740993",
        "2026-11-01 08:00:00.123456+00",
        "12345678.90",
        "large",
        'a "quoted", line\nbreak',
        "12345678901234567890.12345",
        "\\x00\\xFF\\x10",
        "true",
        "2026-02-28",
        "2026-02-28 23:59:59.999999",
        "0.1",
        "0.1",
        '{"a": [1]}',
        "6f9619ff-8b86-d011-b42d-00c04fc964ff",
        "-32768",
      ],
      ["2", null, null, null, "", "0.50000", null, "false", null, null, "nan", "-inf", null, null, null],
    ]);
    expect(source).toEqual({
      connection: "warehouse",
      type: "postgres",
      environment: null,
      query: "SELECT * FROM orders ORDER BY id DESC;",
      path: null,
      etag: null,
    });
  });

  it("of MariaDB keeps every type and value", async () => {
    const { rows, types } = await read("mysql", { query: "SELECT * FROM orders ORDER BY id DESC" });
    expect(types).toEqual({
      ...{ id: "UBIGINT", placed: "TIMESTAMP WITH TIME ZONE", amount: "DECIMAL(12,2)", note: "VARCHAR", raw: "BLOB" },
      ...{ day: "DATE", local: "TIMESTAMP", ratio: "DOUBLE", tiny: "UTINYINT", kind: "VARCHAR" },
    });
    expect(rows).toEqual([
      [
        "18446744073709551615",
        "2026-11-01 08:00:00.123456+00",
        "12345678.90",
        'a "quoted", ☂ line\nbreak',
        "\\x00\\xFF\\x10",
        "2026-02-28",
        "2026-02-28 23:59:59.999999",
        "0.1",
        "255",
        "large",
      ],
      ["2", null, null, "", null, null, null, null, null, null],
    ]);
  });

  it("of S3 and HTTP reads one file, and notes its state", async () => {
    expect(await read("s3", { path: "prices/2026 11.csv" })).toMatchObject({
      rows: [
        ["1", "2.5"],
        ["2", "3.5"],
      ],
      types: { id: "BIGINT", price: "DOUBLE" },
    });
    expect(await read("http", { path: "table.csv" })).toMatchObject({
      rows: [
        ["1", "x"],
        ["2", "y"],
      ],
      source: { etag: '"v7"', path: "table.csv" },
    });
  });

  it.each<[string, () => Promise<string>, RegExp]>([
    [
      "a type without a counterpart",
      () => failure("postgres", { query: "SELECT now() - now() AS age" }),
      /column age is of the type interval, which has no exact type in Parquet; say what it shall be in the query: age::text/,
    ],
    [
      "a float of MariaDB",
      () => failure("mysql", { query: "SELECT CAST(1.5 AS FLOAT) AS f" }),
      /column f is of the type float.*CAST\(f AS DOUBLE\)/,
    ],
    [
      "a day without end",
      () => failure("postgres", { query: "SELECT 'infinity'::date AS d" }),
      /column d \(date\) has the value infinity/,
    ],
    [
      "more digits than a decimal has",
      () => failure("postgres", { query: "SELECT 10::numeric ^ 40 AS n" }),
      /column n \(numeric\) has values of 41 digits/,
    ],
    [
      "a query that writes",
      () => failure("postgres", { query: "DELETE FROM orders RETURNING id" }),
      /connection warehouse: .*; correct the query/,
    ],
    [
      "a query that writes by a function",
      () =>
        failure("postgres", {
          query:
            "SELECT set_config('transaction_read_only', 'off', false), nextval(pg_get_serial_sequence('orders', 'id'))",
        }),
      /connection warehouse: /,
    ],
    [
      "two statements",
      () => failure("postgres", { query: "SELECT 1 AS a; COMMIT; DROP TABLE orders" }),
      /cannot insert multiple commands/,
    ],
    ["two statements of MariaDB", () => failure("mysql", { query: "SELECT 1 AS a; DROP TABLE orders" }), /SQL syntax/],
    ["a write to MariaDB", () => failure("mysql", { query: "DELETE FROM orders" }), /connection shop: /],
    [
      "a table that is not there",
      () => failure("postgres", { query: "SELECT * FROM oders" }),
      /relation "oders" does not exist; correct the query/,
    ],
    [
      "a query that takes too long",
      () => failure("postgres", { query: "SELECT pg_sleep(5)::text AS a", timeoutSeconds: 1 }),
      /the query was stopped.*raise `timeoutSeconds`/,
    ],
    [
      "one of MariaDB",
      () =>
        failure("mysql", {
          query:
            "WITH RECURSIVE t AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM t WHERE i < 900) SELECT sum(a.i * b.i * c.i) AS n FROM t a JOIN t b JOIN t c",
          timeoutSeconds: 1,
        }),
      /connection shop: the query was stopped.*raise `timeoutSeconds`/,
    ],
    [
      "too many rows",
      () => failure("postgres", { query: "SELECT n FROM generate_series(1, 5000) AS n", maxRows: 4999 }),
      /more than 4999 rows; let the query choose fewer, or raise `maxRows`/,
    ],
    [
      "too many bytes",
      () =>
        failure("mysql", {
          query:
            "SELECT repeat('x', 300000) AS a UNION ALL SELECT repeat('y', 300000) UNION ALL SELECT repeat('z', 500000)",
          maxBytes: 1_000_000,
        }),
      /more than 1000000 bytes/,
    ],
    ["no row", () => failure("postgres", { query: "SELECT * FROM orders WHERE id = 7" }), /the query gives no row/],
    [
      "two columns of one name",
      () => failure("postgres", { query: "SELECT 1 AS a, 2 AS a" }),
      /two columns of the query are called a/,
    ],
    ["a path for a database", () => failure("postgres", { path: "a.csv" }), /read by `query`/],
    ["a path out of the URL", () => failure("http", { path: "../secret.csv" }), /leads out of the connection's/],
    ["a key out of the bucket", () => failure("s3", { path: "../other/secret.csv" }), /has a part that is \. or \.\./],
    [
      "a redirect to a cloud's credentials",
      () => failure("http", { path: "inner" }),
      /169\.254\.169\.254, an address that no connection may lead to/,
    ],
    ["redirects without end", () => failure("http", { path: "loop" }), /redirects more than 5 times/],
    [
      "loopback on a shared platform",
      () => failure("postgres", { query: "SELECT 1 AS a" }, { allowLoopback: false }),
      /127\.0\.0\.1, this platform's own machine/,
    ],
    [
      "a name for it",
      () =>
        failure(
          "http",
          { path: "table.csv" },
          { allowLoopback: false, settings: { url: `http://localhost:${files.port}/data` } },
        ),
      /this platform's own machine/,
    ],
    [
      "a link-local address",
      () => failure("mysql", { query: "SELECT 1 AS a" }, { settings: { host: "169.254.169.254" } }),
      /no connection may lead to/,
    ],
    [
      "TLS that the server has not",
      () => failure("postgres", { query: "SELECT 1 AS a" }, { settings: { tls: true } }),
      /speaks no TLS; switch TLS on there, or add the connection with `--tls off`/,
    ],
  ])("%s is told with the fix", async (_, fail, expected) => {
    const message = await fail();
    expect(message).toMatch(expected);
    expect(message).not.toContain(password);
  });

  it("many rows stay within the memory of the step", async () => {
    const { rows } = await read("postgres", {
      query: "SELECT n, repeat('x', 50) AS a FROM generate_series(1, 300000) AS n",
      maxRows: 2_000_000,
      maxBytes: 1e9,
    }).catch((error: Error) => ({ rows: [error.message] }));
    expect(rows.length).toBe(300_000);
  });
});

describe("connections of a platform", { timeout: 300_000 }, () => {
  let platform: TestPlatform;
  let project: TinyProject;
  const spec = (over = "") => `apiVersion: pave/v1
kind: project
name: reads
owner: platform
pipelines:
  read:
    steps:
      orders: { uses: pave/read-connection@1, with: { connection: warehouse, query: "SELECT id, note FROM orders ORDER BY id" }, retries: 0 }
      shop: { uses: pave/read-connection@1, with: { connection: shop, query: "SELECT id, note FROM orders ORDER BY id" } }
      prices: { uses: pave/read-connection@1, with: { connection: lake, path: prices/2026 11.csv, version: "2026-11"${over} } }
      after: { uses: pave/profile-table@1, inputs: { source: orders.table } }
  staging:
    steps:
      orders: { uses: pave/read-connection@1, with: { connection: warehouse, query: "SELECT current_user AS who" } }
`;
  const add = (name: string, args: readonly string[], input: string) =>
    project
      .pave(["connections", "add", name, ...args, "--json"], { input })
      .then(({ stdout, code }) => ({ code, data: JSON.parse(stdout) }));
  const warehouse = () => [
    "--type",
    "postgres",
    "--host",
    "127.0.0.1",
    "--port",
    String(postgres.port),
    "--database",
    "sales",
    "--user",
    "reader",
    "--tls",
    "off",
  ];
  const check = async (args: readonly string[]) =>
    (await project.pave(["connections", "check", ...args, "--json"])).stdout;
  const stepOf = (run: Run, name: string) => run.graph.find((step) => step.name === name) as RunStep;

  beforeAll(async () => {
    platform = await startPlatform();
    project = await tinyProject(platform, "reads", { "pave.yaml": spec() });
  }, 120_000);
  afterAll(() => platform?.remove());

  it("a spec that names one that is not there does not run", async () => {
    await add("warehouses", warehouse(), password);
    const { stdout } = await project.pave(["run", "read", "--json"]);
    expect(JSON.parse(stdout).error.problems.map((one: { message: string }) => one.message)).toContain(
      "there is no connection `warehouse`; did you mean `warehouses`?",
    );
  });

  it("one that lacks a setting, or has one too many, is refused with the fix", async () => {
    const error = async (args: readonly string[], input = password) => (await add("x", args, input)).data.error;
    expect(await error(["--type", "postgres", "--host", "db"])).toMatchObject({
      code: "connection.invalid",
      fix: "Give --database and --user",
    });
    expect(await error(["--type", "http", "--url", "https://a.test", "--bucket", "bucket1"])).toMatchObject({
      message: expect.stringContaining("has no bucket"),
    });
    expect(await error(["--type", "http", "--url", "https://ada:x@a.test"])).toMatchObject({
      message: expect.stringContaining("without a name, a password"),
    });
    expect(await error(["--type", "postgres", "--host", "https://db", "--database", "d", "--user", "u"])).toMatchObject(
      { fix: "Give the port as --port" },
    );
    expect(await error(warehouse(), "")).toMatchObject({ message: expect.stringContaining("password") });
  });

  it("check proves one, and says for each failure what to do", async () => {
    await add("warehouse", warehouse(), password);
    await add(
      "shop",
      [
        "--type",
        "mysql",
        "--host",
        "127.0.0.1",
        "--port",
        String(mariadb.port),
        "--database",
        "sales",
        "--user",
        "reader",
      ],
      password,
    );
    await add(
      "lake",
      ["--type", "s3", "--url", `http://127.0.0.1:${s3.port}`, "--bucket", "lake", "--user", "PAVEKEY"],
      password,
    );
    await add(
      "files",
      ["--type", "http", "--url", `http://127.0.0.1:${files.port}/data`, "--user", "reader"],
      password,
    );
    for (const name of Object.values(names)) expect(JSON.parse(await check([name])), name).toMatchObject({ ok: true });

    type Bad = readonly [kind: string, type: keyof typeof names, change: object, secret: string, fix: string];
    const bad: readonly Bad[] = [
      ["host", "postgres", { host: "nowhere.invalid" }, password, "correct the host"],
      ["refused", "postgres", { port: 1 }, password, "start the server"],
      ["tls", "postgres", { tls: true }, password, "--tls off"],
      ["password", "postgres", {}, "another-password", "with the password on standard input"],
      ["missing", "postgres", { database: "sale" }, password, "correct `--database`"],
      ["rights", "postgres", { user: "nobody" }, password, "GRANT SELECT"],
      ["password", "mysql", {}, "another-password", "standard input"],
      ["rights", "mysql", { user: "nobody" }, password, "GRANT SELECT"],
      ["password", "s3", {}, "another-password", "standard input"],
      ["rights", "s3", { user: "STRANGER" }, password, "right to read"],
      ["password", "http", {}, "another-password", "standard input"],
    ];
    const results: unknown[] = [];
    for (const [, type, change, secret, fix] of bad) {
      const params = { project: "reads", connection: "bad" };
      const settings = { ...settingsOf(type), ...change };
      await platform.client.setConnection({ params, body: { type, settings, password: secret } });
      const { ok, kind, fix: said } = await platform.client.checkConnection({ params, body: {} });
      results.push([ok, kind, said?.includes(fix) ? fix : said]);
    }
    expect(results).toEqual(bad.map(([kind, , , , fix]) => [false, kind, fix]));
    expect((await project.pave(["connections", "check", "bad"])).code).toBe(1);
    expect((await project.pave(["connections", "remove", "bad"])).code).toBe(0);
  });

  let first: Run;
  it("a run reads through them; what it read is a dataset of the run, and no credential is in it", async () => {
    first = await project.json<Run>(["run", "read"]);
    expect(first.state, first.message ?? "").toBe("succeeded");
    expect(first.datasets).toMatchObject(
      [
        {
          step: "orders",
          connection: "warehouse",
          type: "postgres",
          environment: null,
          query: "SELECT id, note FROM orders ORDER BY id",
          rows: 2,
        },
        {
          step: "shop",
          connection: "shop",
          rows: 2,
          columns: [{ name: "id", exactType: "UBIGINT" }, { name: "note" }],
        },
        {
          step: "prices",
          connection: "lake",
          path: "prices/2026 11.csv",
          version: "2026-11",
          etag: expect.any(String),
          rows: 2,
        },
      ].sort(
        (a, b) =>
          first.datasets.findIndex((one) => one.step === a.step) -
          first.datasets.findIndex((one) => one.step === b.step),
      ),
    );
    const shown = await project.pave(["runs", "show", String(first.number)]);
    expect(shown.stdout).toContain("warehouse");
    expect(shown.stdout).toContain("SELECT id, note FROM orders");
    const { rows } = await queryDatabase(
      platform,
      "select d.name, d.source from tracked_datasets d join tracked_inputs i on i.dataset_id = d.id",
    );
    expect(rows.map((row) => (row as { name: string }).name)).toContain("warehouse.orders");
    expect(JSON.stringify(rows)).not.toContain(password);
  });

  it("data behind a connection is read again, unless the spec names its version; what follows it comes from the cache", async () => {
    const again = await project.json<Run>(["run", "read"]);
    expect(stepOf(again, "orders")).toMatchObject({
      cached: null,
      cacheMiss: expect.stringContaining("may have changed"),
    });
    expect(stepOf(again, "prices").cached).not.toBeNull();
    expect(stepOf(again, "after").cached).not.toBeNull();
    expect(again.datasets.map((one) => one.step)).toContain("prices");
  });

  it("a changed password fails the step that reads with it, once, and nothing else", async () => {
    await postgres.ask("alter role reader password 'turned-over-just-now'");
    const { stdout } = await project.pave(["run", "read", "--json"]);
    const failed = JSON.parse(stdout) as Run;
    expect(stepOf(failed, "orders")).toMatchObject({
      state: "failed",
      message: expect.stringMatching(
        /refuses the password of reader; set the present one: `pave connections add warehouse …`/,
      ),
    });
    expect(stepOf(failed, "orders").attempts).toHaveLength(1);
    expect(stepOf(failed, "shop").state).toBe("succeeded");
    await add("warehouse", warehouse(), "turned-over-just-now");
    expect((await project.json<Run>(["run", "read"])).state).toBe("succeeded");
  });

  it("each environment binds its own", async () => {
    await postgres.ask(`create role stager login password '${password}'; grant select on orders to stager`);
    await add(
      "warehouse",
      ["--environment", "staging", ...warehouse().map((word) => (word === "reader" ? "stager" : word))],
      password,
    );
    const { number, datasets } = await project.json<Run>(["run", "staging", "--environment", "staging"]);
    expect(datasets).toMatchObject([{ environment: "staging", rows: 1 }]);
    const { rows } = await queryDatabase(
      platform,
      "select data from ledger_events where type = 'connection.used' and (data ->> 'run')::int = $1",
      [number],
    );
    expect(rows).toMatchObject([
      { data: { name: "warehouse", environment: "staging", version: 1, step: "orders", attempt: 1 } },
    ]);
  });

  it("no table holds a password", async () => {
    const { rows: tables } = await queryDatabase(
      platform,
      "select format('%I.%I', table_schema, table_name) as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'",
    );
    const leaks: string[] = [];
    for (const { name } of tables as { name: string }[])
      for (const { row } of (await queryDatabase(platform, `select t::text as row from ${name} as t`)).rows as {
        row: string;
      }[])
        for (const secret of [password, "turned-over-just-now", Buffer.from(`reader:${password}`).toString("base64")])
          if (row.includes(secret)) leaks.push(`${name}: ${row}`);
    expect(leaks).toEqual([]);
  });
});
