import { readFile } from "node:fs/promises";
import { join } from "node:path";
import pg from "pg";
import { reachableRoot } from "../../packages/server/src/drivers/process/reachable.ts";
import type { TestPlatform } from "./platform.ts";

/** A connection to the platform's own database, to be ended by who asked for it. */
export async function connectToDatabase(platform: TestPlatform): Promise<pg.Client> {
  const folder = join(await reachableRoot(platform.home), "postgres");
  const lines = (await readFile(join(folder, "data", "postmaster.pid"), "utf8")).split("\n");
  const [port = "", socketFolder = "", address = ""] = lines.slice(3, 6);
  const client = new pg.Client({
    host: socketFolder.trim() || address.trim(),
    port: Number(port),
    user: "pave",
    database: "pave",
    password: (await readFile(join(folder, "password"), "utf8")).trim(),
  });
  await client.connect();
  return client;
}

/** One statement on the platform's own database, for what no clock can bring about in a test. */
export async function queryDatabase(platform: TestPlatform, sql: string, values: readonly unknown[] = []) {
  const client = await connectToDatabase(platform);
  try {
    return await client.query(sql, [...values]);
  } finally {
    await client.end();
  }
}
