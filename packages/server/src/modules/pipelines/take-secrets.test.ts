import type { SecretEnvironment } from "@pave/contract";
import { afterAll, beforeAll, expect, test } from "vitest";
import { newId } from "../../kernel/ids.ts";
import { runnerRoutes } from "./runner-routes.ts";
import { callRoute } from "./testing/call-route.ts";
import { finishBody } from "./testing/fake-runner.ts";
import { testProject } from "./testing/test-project.ts";
import { createTestWorld, type TestWorld } from "./testing/test-world.ts";

let world: TestWorld;
const key = (over: object = {}) => ({
  projectId: world.project.id,
  project: "flights",
  name: "TOKEN",
  environment: null,
  ...over,
});
beforeAll(async () => {
  world = await createTestWorld();
  // biome-ignore lint/suspicious/noTemplateCurlyInString: references of specs look like that
  const env = { TOKEN: "${{ secrets.TOKEN }}", PLAIN: "as it is" };
  await world.secrets.set(world.ctx, key(), "value-of-flights");
  await world.push(testProject({ steps: { make: { env } } }));
});
afterAll(() => world.drop());

const take = (work: string, fence: number) =>
  callRoute(runnerRoutes(world.deps), "takeWorkSecrets", world.ctx, {
    params: { work },
    body: { fence },
  }) as Promise<SecretEnvironment>;
const claimOne = async () => {
  await world.pipelines.tickRuns(world.ctx);
  const { work } = await world.jobs.claimWork(world.ctx, {
    runnerId: newId(),
    holding: [],
    capacity: 1,
    waitSeconds: 0,
  });
  const [item] = work;
  if (item?.payload.kind !== "command") throw new Error("expected a command");
  return { ...item, payload: item.payload };
};
const finish = (workId: string, fence: number) =>
  world.jobs.finishWork(world.ctx, { workId, ...finishBody(fence), outcome: "failed", reason: "exit" });

test("a value is given under the lease alone, and stands neither in what was claimed nor in the row", async () => {
  await world.start();
  const { workId, fence, payload } = await claimOne();
  expect(payload).toMatchObject({ takesSecrets: true, env: { PLAIN: "as it is" } });
  expect(JSON.stringify(payload)).not.toContain("value-of-flights");
  expect((await take(workId, fence)).env).toEqual({ TOKEN: "value-of-flights" });
  await expect(take(workId, fence - 1)).rejects.toMatchObject({ code: "work.lease_lost" });
  await finish(workId, fence);
  await expect(take(workId, fence)).rejects.toMatchObject({ code: "work.lease_lost" });
  const { rows } = await world.ctx.database.pool.query("select w::text as row from work w");
  expect(JSON.stringify(rows)).not.toContain("value-of-flights");
});

test("another project's value is not found, however it is called", async () => {
  const other = newId();
  await world.ctx.db
    .insertInto("projects")
    .values({ id: other, name: "other", title: "Other", owner: "platform", created_by: "system" })
    .execute();
  await world.secrets.set(world.ctx, key({ projectId: other, name: "THEIRS" }), "value-of-another");
  await world.secrets.remove(world.ctx, key());
  await world.secrets.set(world.ctx, key({ projectId: other }), "value-of-another");
  // the run was checked while it was there
  await expect(world.start()).rejects.toMatchObject({ code: "spec.invalid" });
  // rows that are copied open nothing
  await world.secrets.set(world.ctx, key(), "value-of-flights");
  await world.start();
  const { workId, fence } = await claimOne();
  await world.ctx.database.pool.query(
    "update secret_versions v set sealed = (select t.sealed from secret_versions t join secrets s on s.id = t.secret_id where s.project_id = $1 and s.name = 'TOKEN') from secrets s where s.id = v.secret_id and s.project_id = $2",
    [other, world.project.id],
  );
  await expect(take(workId, fence)).rejects.toMatchObject({ code: "vault.damaged" });
  await world.secrets.set(world.ctx, key(), "value-of-flights");
  expect((await take(workId, fence)).env).toEqual({ TOKEN: "value-of-flights" });
  await finish(workId, fence);
});

test("what a runner tells of an attempt is masked, whatever the runner did", async () => {
  const number = await world.start();
  const { workId, fence } = await claimOne();
  await take(workId, fence);
  const message = `could not sign in with value-of-flights, ${Buffer.from("value-of-flights").toString("base64")}`;
  await world.jobs.finishWork(world.ctx, { workId, ...finishBody(fence), outcome: "failed", reason: "exit", message });
  expect((await world.show(number)).graph[0]?.message).toMatch(/could not sign in with \*\*\*, \*\*\*/);
});
