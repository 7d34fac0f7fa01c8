import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { CheckModelWork } from "@pave/contract";
import type { FakeApi } from "./fake-api.ts";

const fixtures = join(import.meta.dirname, "..", "..", "gateway", "fixtures");

/** The check of a model folder from the gateway's tests. */
export async function checkModelWork(api: FakeApi, name: string): Promise<CheckModelWork> {
  const names = await readdir(join(fixtures, name));
  const files = names.map(async (file) => api.file(file, await readFile(join(fixtures, name, file))));
  return { kind: "check-model", files: await Promise.all(files), timeoutMs: 30_000, memoryBytes: 2 ** 30 };
}
