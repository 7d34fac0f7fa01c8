import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { CommandContext, Options } from "../command.ts";
import { planCommand, planOwner } from "./plan-of.ts";

let outside: string;
let inside: string;
beforeAll(async () => {
  outside = await mkdtemp(join(tmpdir(), "pave-plan-of-"));
  inside = await mkdtemp(join(tmpdir(), "pave-plan-of-"));
  await writeFile(join(inside, "pave.yaml"), "name: late\n");
});
afterAll(async () => {
  for (const folder of [outside, inside]) await rm(folder, { recursive: true, force: true });
});

const ownerIn = (folder: string, options: Options) => planOwner({ folder } as CommandContext, options);

test.each<[string, () => string, Options, string | null]>([
  ["in a project's folder", () => inside, {}, "late"],
  ["with --project", () => outside, { project: "early" }, "early"],
  ["with --platform", () => outside, { platform: true }, null],
  ["with --platform in a project's folder", () => inside, { platform: true }, null],
])("%s it is known whose plan is meant", async (_, folder, options, owner) => {
  expect(await ownerIn(folder(), options)).toBe(owner);
});

test("elsewhere, or with both, it has to be said", async () => {
  await expect(ownerIn(outside, {})).rejects.toMatchObject({
    message: "Whose plan? There is no pave.yaml here or in a folder above",
    fix: expect.stringContaining("Say --platform"),
  });
  await expect(ownerIn(inside, { platform: true, project: "late" })).rejects.toMatchObject({
    fix: "Leave one of them out.",
  });
});

test.each([
  ["late", "pave plans approve 3"],
  [null, "pave plans approve 3 --platform"],
])("what to type next about a plan of %s", (project, command) => {
  expect(planCommand("approve", { project, number: 3 })).toBe(command);
});
