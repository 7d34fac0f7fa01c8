import pg from "pg";
import { describe, expect, it } from "vitest";
import { connectionUrl, describeAddress, withDatabase } from "./connection.ts";

describe("connectionUrl", () => {
  it.each([
    { host: "db.example.org", port: 6432, user: "pave", database: "pave", password: "p@ss/w:rd" },
    { host: "/var/lib/pave/a b/run", port: 5432, user: "pave", database: "pave", password: "x" },
    { host: "127.0.0.1", port: 5432, user: "pave", database: "pave" },
  ])("is read by the driver as the same address: $host", (connection) => {
    const { host, port, user, database, password } = new pg.Client({ connectionString: connectionUrl(connection) });
    expect({ host, port, user, database, password: password || undefined }).toEqual({
      password: undefined,
      ...connection,
    });
  });
});

it("describeAddress leaves the password out", () => {
  expect(describeAddress("postgres://pave:secret@db.example.org:6432/pave")).toBe("db.example.org:6432/pave");
  expect(describeAddress("postgres://pave:secret@localhost/pave?host=%2Frun%2Fpg")).toBe("/run/pg/pave");
  expect(describeAddress("not a url, secret")).toBe("the given URL");
});

it("withDatabase changes the database only", () => {
  expect(withDatabase("postgres://pave:x@localhost/pave?host=%2Frun", "other")).toBe(
    "postgres://pave:x@localhost/other?host=%2Frun",
  );
});
