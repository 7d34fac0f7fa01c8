/*
 * The one PostgreSQL of a test run. The global set-up starts it without making anybody wait; whoever needs a database
 * waits for `ready.json` in the run's folder, so tests without a database begin at once.
 */
import { readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { sleep } from "../kernel/time.ts";

export interface TestServer {
  /** Of the maintenance database. */
  readonly url: string;
  /** A migrated database that nobody connects to. */
  readonly template: string;
  /** Every database of this run begins with it. */
  readonly prefix: string;
}

export async function announceTestServer(
  folder: string,
  result: TestServer | { readonly error: string },
): Promise<void> {
  const path = join(folder, "ready.json");
  await writeFile(`${path}.draft`, JSON.stringify(result));
  await rename(`${path}.draft`, path);
}

export async function waitForTestServer(folder: string, timeoutMs = 200_000): Promise<TestServer> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const text = await readFile(join(folder, "ready.json"), "utf8").catch(() => undefined);
    if (text !== undefined) {
      const result = JSON.parse(text) as TestServer | { error: string };
      if ("error" in result) throw new Error(`The test database did not start: ${result.error}`);
      return result;
    }
    if (Date.now() > deadline) throw new Error(`The test database did not start within ${timeoutMs} ms`);
    await sleep(10);
  }
}
