import type { Client } from "@pave/contract";
import { expect, test } from "vitest";
import type { CommandContext } from "../command.ts";
import { modelsShow } from "./models-show.ts";

const version = (number: string, aliases: string[]) => ({
  version: number,
  status: "READY",
  aliases,
  run: { number: Number(number) },
  live: aliases.length > 0 ? [{ environment: "staging", deployment: "late" }] : [],
  createdAt: new Date().toISOString(),
});
const change = { event: "e", alias: "best", before: "1", at: new Date().toISOString(), by: { name: "ada" } };
const show = (reference: string, next: string | null = null, changes: object[] = []) => {
  const client = {
    listAliasChanges: async () => ({ items: changes, next: null }),
    listModelVersions: async () => ({ items: [version("2", ["best"]), version("1", [])], next }),
  } as unknown as Client;
  const context = { folder: "/", client: async () => client } as unknown as CommandContext;
  return modelsShow.run(context, [reference], { project: "flights" });
};

test("a model without a version is shown with those it has", async () => {
  const { data, text } = await show("late");
  expect(data).toMatchObject({ name: "late", items: [{ version: "2" }, { version: "1" }], next: null });
  expect(text.split("\n")).toEqual([
    "late",
    expect.stringMatching(/^version +state +aliases +run +live in +when/),
    expect.stringMatching(/^2 +READY +@best +2 +staging\/late +0 s ago$/),
    expect.stringMatching(/^1 +READY +1 +0 s ago$/),
  ]);
  expect((await show("late", "1")).text).toContain("Older ones are left out");
});

test("a model is shown with who set which alias", async () => {
  const changes = [
    { ...change, version: null },
    { ...change, before: null, version: "2" },
  ];
  const { data, text } = await show("late", null, changes);
  expect(data).toMatchObject({ aliasChanges: changes });
  expect(text.split("\n").slice(-3)).toEqual([
    expect.stringMatching(/^alias +from +to +by +when *$/),
    expect.stringMatching(/^@best +1 +removed +ada +0 s ago$/),
    expect.stringMatching(/^@best +– +2 +ada +0 s ago$/),
  ]);
});

test("a version says where it was, and what drift of it is measured against or why there is nothing", async () => {
  let releases: object[] = [];
  const shown = (profile: object) => {
    const client = {
      getModelVersion: async () => ({
        ...{ ...version("2", []), name: "late", digest: "sha256:1", metrics: {}, signature: null, releases },
        lineage: { run: null, revision: null, datasets: [], pythonEnvironment: null },
        serving: { state: "passed", problem: null },
      }),
      getVersionProfile: async () => ({ rows: 0, message: "", prediction: null, columns: [], ...profile }),
    } as unknown as Client;
    const context = { folder: "/", client: async () => client } as unknown as CommandContext;
    return modelsShow.run(context, ["late@2"], { project: "flights" });
  };
  const none = await shown({ state: "making" });
  expect(none.text).toMatch(/^live in +nowhere$/m);
  expect(none.text).toMatch(/^other releases +none$/m);
  const over = { environment: "staging", deployment: "late", state: "superseded", endedAt: new Date().toISOString() };
  releases = [
    { ...over, number: 9, state: "rolling-out", endedAt: null },
    { ...over, number: 8, state: "active", endedAt: null },
    ...[7, 6, 5, 4, 3, 2].map((number) => ({ ...over, number })),
  ];
  const ready = await shown({ state: "ready", rows: 4000, columns: [{}, {}] });
  expect(ready.text).toMatch(
    /^other releases +staging\/late release 9 \(rolling-out\), staging\/late release 7 \(superseded .*\), 2 more$/m,
  );
  expect(ready.text).toMatch(/^reference +4000 rows, 2 columns$/m);
  expect(ready.data).toMatchObject({ version: "2", reference: { state: "ready", rows: 4000, columns: 2 } });
  expect((await shown({ state: "failed", message: "pave.yaml names no reference" })).text).toMatch(
    /^reference +none: pave.yaml names no reference$/m,
  );
});

test.each(["", "@2", "late@", "late@1@2"])("%j names no model", async (reference) => {
  await expect(show(reference)).rejects.toThrow("expected name or name@version");
});
