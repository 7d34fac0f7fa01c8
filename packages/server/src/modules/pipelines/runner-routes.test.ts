import { claimResult, type Isolation, type RunnerBounds, uploadResult } from "@pave/contract";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ensurePrincipal } from "../access/index.ts";
import { runnerRoutes } from "./runner-routes.ts";
import { showRun } from "./show-run.ts";
import { callRoute } from "./testing/call-route.ts";
import { createFakeRunner, finishBody } from "./testing/fake-runner.ts";
import { testProject } from "./testing/test-project.ts";
import { createTestWorld, type TestWorld } from "./testing/test-world.ts";

let world: TestWorld;
beforeAll(async () => {
  world = await createTestWorld();
  await world.push(testProject());
});
afterAll(() => world.drop());

const all: RunnerBounds = {
  ...{ user: true, files: true, network: true, memory: true, cpu: true, processes: true, accepted: false },
  missing: [],
};
const claim = (isolation: Isolation = "none", bounds?: RunnerBounds) =>
  callRoute(runnerRoutes(world.deps), "claimWork", world.ctx, {
    body: { runnerId: "r1", isolation, ...(bounds ? { bounds } : {}), holding: [], capacity: 1, waitSeconds: 0 },
  });

test("a runner claims, uploads what the store lacks, and finishes", async () => {
  const number = await world.start();
  await world.pipelines.tickRuns(world.ctx);
  const claimed = claimResult.parse(await claim());
  const [item] = claimed.work;
  if (item?.payload.kind !== "command") throw new Error("expected a command");
  const params = { work: item.workId };
  const { digest, size } = await world.artifacts.storeBytes(world.ctx, "here already");
  const files = [
    { digest, size },
    { digest: `sha256:${"1".repeat(64)}`, size: 5 },
  ];
  const upload = (fence: number) =>
    callRoute(runnerRoutes(world.deps), "uploadWorkOutputs", world.ctx, { params, body: { fence, files } });
  expect(uploadResult.parse(await upload(item.fence)).uploads).toEqual([
    { digest, url: null },
    { digest: files[1]?.digest, url: expect.stringContaining("/blobs/") },
  ]);
  await expect(upload(item.fence - 1)).rejects.toMatchObject({ code: "work.lease_lost" });

  const outputs = [
    {
      port: "table",
      type: "dataset" as const,
      format: "csv",
      files: [{ path: "t.csv", digest, size, executable: false }],
      metadata: {},
    },
  ];
  const answer = await callRoute(runnerRoutes(world.deps), "finishWork", world.ctx, {
    params,
    body: { ...finishBody(item.fence), outputs },
  });
  expect(answer).toEqual({ ok: true });
  expect((await world.show(number)).graph[0]?.state).toBe("succeeded");
  await createFakeRunner(world).drain(world.pipelines);
});

test("a runner that cannot keep steps apart gets no work once a second person is there", async () => {
  await ensurePrincipal(world.ctx, { kind: "user", name: "bob" });
  await expect(claim("none")).rejects.toMatchObject({
    code: "isolation.unavailable",
    fix: expect.stringContaining("apt-get install bubblewrap"),
  });
  // a user for each attempt alone leaves the machine's network open
  const missing = ["no own view of files and processes: bubblewrap is not installed"];
  const userOnly = { ...all, files: false, network: false, missing };
  await expect(claim("uid", userOnly)).rejects.toMatchObject({
    code: "isolation.unavailable",
    message: expect.stringContaining("(no own view of files and processes: bubblewrap is not installed)"),
  });
  await expect(claim("uid+bwrap", { ...all, network: false })).rejects.toMatchObject({ code: "isolation.unavailable" });
  expect(claimResult.parse(await claim("uid", { ...userOnly, accepted: true })).work).toEqual([]);
  expect(claimResult.parse(await claim("uid+bwrap", all)).work).toEqual([]);
});

test("a step that waits says what for", async () => {
  const clock = { now: () => new Date(Date.now() + 60_000) };
  const later = { ...world.ctx, clock };
  const number = await world.start("train", { refresh: true });
  await world.pipelines.tickRuns(world.ctx);
  const waiting = async () => (await showRun(world.deps, later, world.project.id, number))?.graph[0]?.message;
  expect((await world.show(number)).graph[0]?.message).toBeNull();
  expect(await waiting()).toBe("waits until one of 2 runners has room");
  await world.ctx.db.updateTable("runners").set({ isolation: "none" }).execute();
  expect(await waiting()).toMatch(/^waits for a runner that keeps steps apart/);
  await world.ctx.db.deleteFrom("runners").execute();
  expect(await waiting()).toMatch(/^waits for a runner; none is connected/);
});
