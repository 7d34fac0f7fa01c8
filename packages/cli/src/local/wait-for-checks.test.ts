import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Client } from "@pave/contract";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createOutput } from "../output.ts";
import { waitForChecks } from "./wait-for-checks.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "pave-checks-"));
  await writeFile(join(folder, "pave.yaml"), "name: clinic\nserve:\n  wine: { model: wine }\n");
});
afterAll(() => rm(folder, { recursive: true }));

/** A platform whose newest version of every model is 2, which is looked at once while it is checked; gives what was asked. */
async function asked(models: readonly string[]): Promise<string[]> {
  const looks: string[] = [];
  const client = {
    listModels: async () => ({ items: [{ name: "wine" }, { name: "other" }] }),
    listModelVersions: async () => ({ items: [{ version: "2" }] }),
    async getModelVersion({ params }: { params: { model: string; version: string } }) {
      looks.push(`${params.model}@${params.version}`);
      return { serving: { state: looks.length === 1 ? "running" : "passed" } };
    },
  } as unknown as Client;
  const { signal } = new AbortController();
  await waitForChecks(
    client,
    { output: createOutput({ json: true, quiet: true }), signal, folder },
    { project: "p", models },
  );
  return [...new Set(looks)];
}

test.each([
  ["an alias", ["models:/wine@champion"], ["wine@champion"]],
  ["the newest, which is not yet what `latest` means", ["models:/wine"], ["wine@2"]],
  ["several", ["wine@1", "other@latest"], ["wine@1", "other@2"]],
  ["what pave.yaml serves, where none is named", [], ["wine@2"]],
  ["nothing that names no model", ["runs:/1/model"], []],
])("waits for %s", async (_, models, expected) => {
  expect(await asked(models)).toEqual(expected);
});
