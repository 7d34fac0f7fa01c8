import pg from "pg";
import { roleName } from "./cluster.ts";
import { socketPort, type Transport } from "./server-settings.ts";

export interface EmbeddedConnection {
  /** The folder of the socket, or 127.0.0.1. */
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly database: string;
  readonly password: string;
}

export interface ServerFacts {
  /** For example `18.4`. */
  readonly version: string;
  readonly dataFolder: string;
}

export function connectionOf(transport: Transport, password: string): EmbeddedConnection {
  const place =
    transport.kind === "socket"
      ? { host: transport.folder, port: socketPort }
      : { host: "127.0.0.1", port: transport.port };
  return { ...place, user: roleName, database: roleName, password };
}

/** Connects once, makes Pave's database where it is missing, and says who answers. */
export async function checkServer(connection: EmbeddedConnection): Promise<ServerFacts> {
  try {
    return await askServer(connection);
  } catch (error) {
    if ((error as { code?: string }).code !== "3D000") throw error;
    await createDatabase(connection);
    return askServer(connection);
  }
}

function askServer(connection: EmbeddedConnection): Promise<ServerFacts> {
  return withClient(connection, async (client) => {
    const { rows } = await client.query<ServerFacts>(
      `select current_setting('server_version') as version, current_setting('data_directory') as "dataFolder"`,
    );
    const [facts] = rows;
    if (facts === undefined) throw new Error("the server did not say who it is");
    return facts;
  });
}

async function createDatabase(connection: EmbeddedConnection): Promise<void> {
  await withClient({ ...connection, database: "postgres" }, (client) => client.query(`create database ${roleName}`));
}

async function withClient<T>(connection: EmbeddedConnection, fn: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ ...connection, application_name: "pave supervisor", connectionTimeoutMillis: 5_000 });
  client.on("error", () => undefined);
  try {
    await client.connect();
    return await fn(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}
