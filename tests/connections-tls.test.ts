import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createAuthority } from "../packages/server/src/drivers/tls/testing/make-certificates.ts";
import { type DataServer, startMariadbServer, startPostgresServer } from "./support/data-servers.ts";
import { readConnection } from "./support/read-connection.ts";

const password = "correct-horse-battery-staple";
const types = ["postgres", "mysql", "http"] as const;
type Type = (typeof types)[number];

/** Real servers with a certificate of an authority that nobody knows, for the name localhost alone. */
describe("a connection over TLS", { timeout: 60_000 }, () => {
  let folder: string;
  let postgres: DataServer;
  let mariadb: DataServer;
  let files: Server;
  let [authority, stranger] = ["", ""];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "pave-connection-tls-"));
    const own = createAuthority(folder);
    const pair = own.issue("localhost", { names: ["DNS:localhost"] });
    authority = await readFile(own.file, "utf8");
    files = createServer(
      { cert: await readFile(pair.certFile), key: await readFile(pair.keyFile) },
      (_request, response) => void response.writeHead(200).end("who\nreader\n"),
    );
    await new Promise<void>((resolve) => files.listen(0, "127.0.0.1", resolve));
    [postgres, mariadb] = await Promise.all([startPostgresServer("sales", pair), startMariadbServer("sales", pair)]);
    await postgres.ask(`create role reader login password '${password}'`);
    await mariadb.ask(`create user reader@'%' identified by '${password}' require ssl;
      grant select on sales.* to reader@'%'; flush privileges`);
    const other = await mkdtemp(join(folder, "other-"));
    stranger = await readFile(createAuthority(other).file, "utf8");
  }, 180_000);
  afterAll(async () => {
    files?.close();
    await Promise.all([postgres?.stop(), mariadb?.stop()]);
    await rm(folder, { recursive: true, force: true });
  });

  const read = (type: Type, settings: object): Promise<unknown> => {
    const port = { postgres: postgres.port, mysql: mariadb.port, http: (files.address() as AddressInfo).port }[type];
    const { host = "localhost", ...more } = settings as { host?: string };
    const place = type === "http" ? { url: `https://${host}:${port}` } : { host, port, database: "sales" };
    const question = {
      postgres: { query: "select (select ssl from pg_stat_ssl where pid = pg_backend_pid()) as who" },
      mysql: {
        query:
          "select case when variable_value = '' then 'plain' else 'tls' end as who from information_schema.session_status where variable_name = 'Ssl_cipher'",
      },
      http: { path: "table.csv" },
    }[type];
    const user = type === "http" ? {} : { user: "reader" };
    const connection = {
      ...{ name: "warehouse", environment: null, type, allowLoopback: true },
      ...{ settings: { tls: true, ...place, ...user, ...more }, password },
    };
    return readConnection(connection, question).then(
      ({ rows }) => rows,
      (error: Error) => error.message.trim(),
    );
  };

  it.each(types)("of %s is encrypted, and trusts the authority that it was given", async (type) => {
    const expected = { postgres: "true", mysql: "tls", http: "reader" }[type];
    expect(await read(type, { ca: authority })).toEqual([[expected]]);
  });

  it.each(types)("of %s trusts no other, and says what to do", async (type) => {
    for (const ca of [undefined, stranger])
      expect(await read(type, ca === undefined ? {} : { ca })).toMatch(/TLS failed.*--ca FILE/s);
  });

  it.each(types)("of %s takes no certificate of another name", async (type) => {
    expect(await read(type, { ca: authority, host: "127.0.0.1" })).toMatch(
      /TLS failed.*the name that is in the server's/s,
    );
  });

  it("of mysql is what a user may have to come over", async () => {
    expect(await read("mysql", { tls: false })).toMatch(
      /refuses the password.*if the user has to come over TLS, add `--tls on`/s,
    );
  });
});
