import { commandWorkSchema, type FinishBody } from "@pave/contract";
import { afterAll, beforeAll, expect, test } from "vitest";
import { finishBody } from "../../../jobs/testing/finish-body.ts";
import { digestOf } from "../../../kernel/ids.ts";
import { must } from "../../../kernel/pave-error.ts";
import { createProjectsHouse, type ProjectsHouse } from "../testing/projects-house.ts";

let house: ProjectsHouse;
beforeAll(async () => {
  house = await createProjectsHouse();
  await house.artifacts.storeBytes(house.ctx, "a,b\n1,2\n");
});
afterAll(() => house.close());

const digest = digestOf("a,b\n1,2\n");

/** Takes one piece of work as a runner does and ends it. */
async function run(end: Partial<FinishBody>) {
  const { work } = await house.jobs.claimWork(house.ctx, { runnerId: "r", holding: [], capacity: 1, waitSeconds: 10 });
  const claimed = must(work[0], "work");
  await house.jobs.finishWork(house.ctx, { workId: claimed.workId, ...finishBody(claimed.fence), ...end });
  return claimed.payload;
}

test("an uploaded table is looked at by the component in a runner, and its report comes back", async () => {
  const report = await house.artifacts.storeBytes(house.ctx, '{"rows":1}');
  const outputs = [
    {
      port: "profile",
      type: "report" as const,
      format: "json",
      files: [{ path: "profile.json", ...report, executable: false }],
      metadata: {},
    },
  ];
  const [profile, payload] = await Promise.all([
    house.projects.profileData(house.ctx, {
      digest,
      filename: "../my flights.csv",
      target: "b",
      sql: "SELECT * FROM source",
    }),
    run({ outputs }),
  ]);
  expect(profile).toEqual({ rows: 1 });
  expect(commandWorkSchema.parse(payload)).toMatchObject({
    builtin: "profile-table",
    command: ["node", "profile-table.ts"],
    params: { target: "b", sample: 500_000 },
    inputs: {
      source: {
        type: "dataset",
        format: "csv",
        digest,
        files: [
          { path: "my flights.csv", digest, size: 8, url: expect.stringContaining(`/api/v1/blobs/${digest}?expires=`) },
        ],
      },
      sql: { type: "artifact", format: "sql", files: [{ path: "query.sql" }] },
    },
    outputs: { profile: { type: "report", format: "json", required: true } },
    token: "",
  });
});

test("signed URLs are not kept with the work", async () => {
  const rows = await house.ctx.db.selectFrom("work").select("payload").where("owner_kind", "=", "profile").execute();
  expect(JSON.stringify(rows)).not.toContain("signature");
});

test("what is wrong with the table is told in the user's words", async () => {
  const told = house.projects.profileData(house.ctx, { digest, filename: "flights.csv" });
  const [result] = await Promise.allSettled([
    told,
    run({
      outcome: "failed",
      reason: "exit",
      exitCode: 1,
      message:
        "step profile exited with code 1: error: input source line 3: expected 3 columns as in the header, found 2; remove the line",
    }),
  ]);
  expect(result).toMatchObject({
    reason: {
      code: "profile.failed",
      message: "flights.csv line 3: expected 3 columns as in the header, found 2; remove the line",
    },
  });
});

test("a table that was not uploaded is refused at once", async () => {
  await expect(
    house.projects.profileData(house.ctx, { digest: digestOf("nothing"), filename: "a.csv" }),
  ).rejects.toMatchObject({ code: "blob.not_found" });
});

test("who no longer waits takes the work with them", async () => {
  const abort = new AbortController();
  const asked = house.projects.profileData(house.ctx, { digest, filename: "a.csv" }, abort.signal);
  setTimeout(() => abort.abort(), 50);
  await expect(asked).rejects.toMatchObject({ code: "profile.failed" });
  const open = await house.ctx.db.selectFrom("work").select("id").where("state", "=", "queued").execute();
  expect(open).toEqual([]);
});
