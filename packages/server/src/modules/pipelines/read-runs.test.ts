import { runSchema, runSummarySchema } from "@pave/contract";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Ctx } from "../../db/context.ts";
import { countQueries } from "../../db/count-queries.ts";
import type { LogChunk } from "../../jobs/index.ts";
import { PaveError } from "../../kernel/pave-error.ts";
import { appendLogs, readLogs } from "./attempt-logs.ts";
import { pipelinesRoutes } from "./pipelines-routes.ts";
import { callRoute } from "./testing/call-route.ts";
import { createFakeRunner } from "./testing/fake-runner.ts";
import { testProject } from "./testing/test-project.ts";
import { createTestWorld, type TestWorld } from "./testing/test-world.ts";

let world: TestWorld;
beforeAll(async () => {
  world = await createTestWorld();
  await world.push(testProject());
});
afterAll(() => world.drop());

const call = ((name, input, ctx = world.ctx) => callRoute(pipelinesRoutes(world.deps), name, ctx, input)) as <
  N extends Parameters<typeof callRoute>[1],
>(
  name: N,
  input: Parameters<typeof callRoute<N>>[3],
  ctx?: Ctx,
) => ReturnType<typeof callRoute<N>>;
const project = { project: "flights" };
const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => "no error",
    (error: unknown) => (error instanceof PaveError ? error.code : String(error)),
  );
async function runOnce(over: Parameters<TestWorld["start"]>[1] = { refresh: true }): Promise<number> {
  const number = await world.start("train", over);
  await createFakeRunner(world).drain(world.pipelines);
  return number;
}

test("a run is started by its route and answers as the contract says", async () => {
  const started = await call("startRun", { params: project, body: { pipeline: "train", vars: {}, refresh: false } });
  expect(runSchema.parse(started)).toMatchObject({ number: 1, state: "running", graph: expect.any(Array) });
  await createFakeRunner(world).drain(world.pipelines);
  const shown = await call("getRun", { params: { ...project, run: 1 } });
  expect(runSchema.parse(shown)).toMatchObject({ state: "succeeded" });
  expect(await codeOf(call("getRun", { params: { ...project, run: 99 } }))).toBe("run.not_found");
});

test("a run is read in a handful of queries, however many steps it has", async () => {
  const number = await runOnce();
  const queries = await countQueries(world.ctx, (ctx) => call("getRun", { params: { ...project, run: number } }, ctx));
  expect(queries).toBeLessThanOrEqual(6);
});

test("runs are listed newest first, page by page, by pipeline and state", async () => {
  for (let index = 0; index < 4; index += 1) await runOnce({});
  const list = (query: { limit: number; before?: string; pipeline?: string; state?: "failed" | "succeeded" }) =>
    call("listRuns", { params: project, query });
  const first = await list({ limit: 2 });
  const [newest] = first?.items ?? [];
  runSummarySchema.parse(newest);
  const numbers: number[] = [];
  for (let before: string | null | undefined; before !== null; ) {
    const page = await list({ limit: 2, ...(before === undefined ? {} : { before }) });
    numbers.push(...(page?.items ?? []).map((run) => run.number));
    before = page?.next ?? null;
  }
  expect(numbers).toEqual([6, 5, 4, 3, 2, 1]);
  expect((await list({ limit: 50, state: "failed" }))?.items).toEqual([]);
  expect((await list({ limit: 50, pipeline: "train", state: "succeeded" }))?.items).toHaveLength(6);
  expect(
    await countQueries(world.ctx, (ctx) => call("listRuns", { params: project, query: { limit: 50 } }, ctx)),
  ).toBeLessThanOrEqual(2);
});

test("the routes cancel and retry a run", async () => {
  const number = await world.start("train", { refresh: true });
  const params = { ...project, run: number };
  expect(await call("cancelRun", { params })).toMatchObject({ state: "cancelled" });
  expect(await call("retryRun", { params })).toMatchObject({ state: "running" });
  await createFakeRunner(world).drain(world.pipelines);
  expect(await codeOf(call("cancelRun", { params }))).toBe("run.already_finished");
});

test("logs are read from any offset, in pages, while they grow and after", async () => {
  const number = await world.start("train", { refresh: true });
  const read = (after: number, limitBytes = 200_000, step = "make", attempt?: number) =>
    call("getLogs", {
      params: { ...project, run: number, step },
      query: { after, limitBytes, ...(attempt === undefined ? {} : { attempt }) },
    });
  expect(await read(0)).toEqual({ attempt: null, chunks: [], next: 0, finished: false });
  await world.pipelines.tickRuns(world.ctx);
  const runner = createFakeRunner(world);
  const [item] = await runner.claim();
  if (!item) throw new Error("nothing claimed");
  const time = "2026-01-01T00:00:00.000Z";
  const chunk = (offset: number, text: string): LogChunk => ({ offset, time, stream: "stdout", text });
  const append = (...chunks: LogChunk[]) =>
    world.jobs.appendWorkLogs(world.ctx, { workId: item.workId, fence: item.fence, chunks });

  expect(await append(chunk(0, "één\n"), chunk(6, "two\n"))).toBe(10);
  expect(await append(chunk(0, "één\n"), chunk(6, "two\n"))).toBe(10);
  expect(await append(chunk(6, "two\nthree\n"))).toBe(16);
  expect(await read(0)).toMatchObject({
    chunks: [chunk(0, "één\n"), chunk(6, "two\n"), chunk(10, "three\n")],
    next: 16,
    finished: false,
  });
  expect(await read(0, 7)).toMatchObject({ chunks: [chunk(0, "één\n"), chunk(6, "two\n")], next: 10 });
  expect(await read(10)).toMatchObject({ chunks: [chunk(10, "three\n")], next: 16 });
  await runner.finish(item);
  expect(await append(chunk(16, "late\n"))).toBe(21);
  expect(await read(16)).toMatchObject({ chunks: [chunk(16, "late\n")], next: 21, finished: true });
  expect(await read(0, 1)).toMatchObject({ chunks: [chunk(0, "één\n")], finished: false });
  expect(await codeOf(read(0, 10, "nothing"))).toBe("step.not_found");
  expect(await codeOf(read(0, 10, "make", 7))).toBe("step.not_found");
  await runner.drain(world.pipelines);
});

test("an attempt that is started again after its runner was lost keeps both logs, one after the other", async () => {
  const number = await world.start("train", { refresh: true });
  await world.pipelines.tickRuns(world.ctx);
  const runner = createFakeRunner(world);
  const time = "2026-01-01T00:00:00.000Z";
  const texts: string[] = [];
  for (const text of ["first try\n", "second try\n"]) {
    const [item] = await runner.claim();
    if (!item) throw new Error("nothing claimed");
    await world.jobs.appendWorkLogs(world.ctx, {
      workId: item.workId,
      fence: item.fence,
      chunks: [{ offset: 0, time, stream: "stdout", text }],
    });
    await world.ctx.db
      .updateTable("work")
      .set({ lease_until: new Date(0) })
      .where("state", "=", "leased")
      .execute();
    await world.jobs.reapExpiredLeases(world.ctx);
  }
  const logs = await call("getLogs", {
    params: { ...project, run: number, step: "make" },
    query: { after: 0, limitBytes: 1000 },
  });
  for (const chunk of logs?.chunks ?? []) texts.push(`${chunk.stream}: ${chunk.text}`);
  expect(texts).toEqual([
    "stdout: first try\n",
    "system: --- the runner was lost; started again (claim 2) ---\n",
    "stdout: second try\n",
  ]);
});

test("a log that is too long is cut once, and what comes after counts as taken", async () => {
  const number = await world.start("train", { refresh: true });
  await world.pipelines.tickRuns(world.ctx);
  const attempt = (await world.show(number)).graph[0]?.attempts[0]?.id ?? "";
  const time = "2026-01-01T00:00:00.000Z";
  const append = (offset: number, text: string) =>
    appendLogs(world.ctx, attempt, [{ offset, time, stream: "stdout", text }], 10);
  expect(await append(0, "12345678")).toBe(8);
  expect(await append(8, "9abc")).toBe(12);
  expect(await append(12, "more")).toBe(16);
  const { chunks } = await readLogs(world.ctx, attempt, 0, 1000);
  expect(chunks.map((chunk) => chunk.text)).toEqual([
    "12345678",
    "--- the log is too long; the rest was dropped ---\n",
  ]);
});
