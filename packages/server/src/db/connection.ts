import { isAbsolute } from "node:path";
import type { ClientConfig } from "pg";
import { columnParsers } from "./column-parsers.ts";

/** Where a database is: a `postgres://` URL, or its parts. `host` may be the folder of a Unix socket. */
export type DatabaseAddress = string | DatabaseConnection;

export interface DatabaseConnection {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly database: string;
  readonly password?: string;
}

/** What every client of Pave has in common. */
export function clientConfig(
  address: DatabaseAddress,
  options: { applicationName: string; statementTimeoutMs: number },
): ClientConfig {
  return {
    ...(typeof address === "string" ? { connectionString: address } : address),
    types: columnParsers,
    application_name: options.applicationName,
    statement_timeout: options.statementTimeoutMs,
    idle_in_transaction_session_timeout: 60_000,
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
  };
}

export function connectionUrl(connection: DatabaseConnection): string {
  const secret = connection.password === undefined ? "" : `:${encodeURIComponent(connection.password)}`;
  const login = `${encodeURIComponent(connection.user)}${secret}`;
  const database = encodeURIComponent(connection.database);
  if (!isAbsolute(connection.host)) return `postgres://${login}@${connection.host}:${connection.port}/${database}`;
  return `postgres://${login}@localhost:${connection.port}/${database}?host=${encodeURIComponent(connection.host)}`;
}

/** The address without its password, for messages. */
export function describeAddress(address: DatabaseAddress): string {
  if (typeof address !== "string") return `${address.host}:${address.port}/${address.database}`;
  if (!URL.canParse(address)) return "the given URL";
  const { host, pathname, searchParams } = new URL(address);
  return `${searchParams.get("host") ?? host}${pathname}`;
}

/** The same URL with another database. */
export function withDatabase(url: string, database: string): string {
  const changed = new URL(url);
  changed.pathname = `/${encodeURIComponent(database)}`;
  return changed.href;
}
