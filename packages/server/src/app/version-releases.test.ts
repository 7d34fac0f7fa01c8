import { afterAll, beforeAll, expect, test } from "vitest";
import { json } from "../db/column-types.ts";
import type { ReleasesState } from "../db/tables.ts";
import { versionReleases } from "../modules/insights/index.ts";
import { createModelsHouse, type ModelsHouse } from "../modules/models/testing/models-house.ts";

let house: ModelsHouse;
beforeAll(async () => {
  house = await createModelsHouse();
  const { db } = house.ctx;
  for (const project of ["flights", "trains"]) {
    const digest = `sha256:${project}`;
    await db
      .insertInto("revisions")
      .values({
        ...{ id: `n-${project}`, project_id: project, number: 1, digest, files: json([]), file_count: 0, bytes: 0 },
        created_by: "u1",
      })
      .execute();
  }
  for (const name of ["staging", "production"])
    await db
      .insertInto("environments")
      .values({ name, spec: json({}), source: "", updated_by: "system" })
      .execute();
  for (const [id, project, environment] of [
    ["s", "flights", "staging"],
    ["p", "flights", "production"],
    ["t", "trains", "staging"],
  ] as const)
    await db
      .insertInto("deployments")
      .values({ id, project_id: project, environment, name: "late", kind: "online" })
      .execute();
});
afterAll(() => house.close());

const day = (number: number) => new Date(Date.UTC(2026, 4, number));
async function release(
  deployment: "s" | "p" | "t",
  number: number,
  { version = 2, state, at, until }: { version?: number; state: ReleasesState; at: number; until?: number },
) {
  await house.ctx.db
    .insertInto("releases")
    .values({
      ...{ id: `${deployment}${number}`, deployment_id: deployment, number, model: "flights", model_version: version },
      ...{ revision_id: deployment === "t" ? "n-trains" : "n-flights", model_digest: "sha256:1", created_by: "u1" },
      ...{ state, created_at: day(at), activated_at: state === "failed" ? null : day(at) },
      ended_at: until === undefined ? null : day(until),
    })
    .execute();
}
const ofVersion = (version: number) => versionReleases(house.ctx, { projectId: "flights", model: "flights", version });

test("every release of a version in its project is told, the newest first, and no other", async () => {
  await release("s", 1, { state: "superseded", at: 1, until: 4 });
  await release("p", 1, { state: "rolled-back", at: 2, until: 3 });
  await release("s", 2, { state: "failed", at: 5, until: 5 });
  await release("s", 3, { state: "active", at: 6 });
  await release("p", 2, { state: "active", version: 1, at: 7 });
  await release("t", 1, { state: "active", at: 8 });
  const iso = (number: number) => day(number).toISOString();
  const late = { deployment: "late" };
  expect(await ofVersion(2)).toEqual([
    {
      ...late,
      environment: "staging",
      number: 3,
      state: "active",
      createdAt: iso(6),
      activatedAt: iso(6),
      endedAt: null,
    },
    {
      ...late,
      environment: "staging",
      number: 2,
      state: "failed",
      createdAt: iso(5),
      activatedAt: null,
      endedAt: iso(5),
    },
    {
      ...{ ...late, environment: "production", number: 1, state: "rolled-back" },
      ...{ createdAt: iso(2), activatedAt: iso(2), endedAt: iso(3) },
    },
    {
      ...{ ...late, environment: "staging", number: 1, state: "superseded" },
      ...{ createdAt: iso(1), activatedAt: iso(1), endedAt: iso(4) },
    },
  ]);
  expect(await ofVersion(9)).toEqual([]);
});

test("of very many the last fifty are told", async () => {
  for (let number = 10; number < 70; number += 1)
    await release("p", number, { version: 5, state: "superseded", at: 1, until: 2 });
  const numbers = (await ofVersion(5)).map(({ number }) => number);
  expect(numbers).toHaveLength(50);
  expect(Math.max(...numbers)).toBe(69);
});
