import { afterAll, beforeAll, expect, test } from "vitest";
import { asActor, type Ctx } from "./db/context.ts";
import { createPrincipal, setProjectRole } from "./modules/access/index.ts";
import { listWaiting, projectFacts } from "./modules/insights/index.ts";
import { acknowledgeAlert } from "./modules/monitoring/acknowledge-alert.ts";
import type { FoundAlert } from "./modules/monitoring/found-alert.ts";
import { raiseAlerts, resolveAlerts } from "./modules/monitoring/raise-alerts.ts";
import { WatchedHouse } from "./modules/monitoring/testing/watched-house.ts";
import { insertRollout, updateRollout } from "./modules/serving/index.ts";

let house: WatchedHouse;
let rollout: string;
beforeAll(async () => {
  house = await WatchedHouse.create();
  const releaseId = await house.release(await house.version());
  const place = { projectId: house.projectId, deploymentId: house.deploymentId, releaseId };
  await raiseAlerts(house.ctx, place, [
    found("inputs", "ticket", "staging/late: DepTime differs from the reference"),
    found("availability", "page", "staging/late: the error budget of availability burns 20 times too fast"),
  ]);
  const moved = { deploymentId: house.deploymentId, releaseId, previousReleaseId: null, message: null };
  rollout = (await insertRollout(house.ctx, { ...moved, kind: "canary" })) ?? "";
});
afterAll(() => house.close());

const found = (kind: FoundAlert["kind"], severity: FoundAlert["severity"], title: string): FoundAlert => ({
  ...{ kind, severity, title },
  ...{ reason: `why ${kind}`, fix: "mend it", details: {} },
});
const troubles = async () => (await projectFacts(house.ctx, [house.projectId])).get(house.projectId)?.troubles;
const waiting = (scope: { projectIds?: string[] } = {}) =>
  listWaiting(house.ctx, { projectIds: [house.projectId], platform: false, ...scope });
const alert = (number: number, title: string, detail: string) => ({
  ...{ kind: "alert", title, detail, project: house.project, at: "2026-03-01T12:00:00.000Z" },
  href: `/projects/${house.project}/monitoring/alerts/${number}`,
  command: `pave alerts show ${number} --project ${house.project}`,
});

test("an open alert waits, a page before a ticket, with what it found and where it is handled", async () => {
  expect(await waiting()).toEqual([
    alert(2, "staging/late: the error budget of availability burns 20 times too fast", "why availability"),
    alert(1, "staging/late: DepTime differs from the reference", "why inputs"),
  ]);
});

test("a rollout that found no verdict waits from when it paused; one that a person paused does not", async () => {
  const pause = { state: "paused", pausedAt: house.ctx.clock.now(), message: "20 of 50 requests at 5 %" } as const;
  await updateRollout(house.ctx, rollout, { ...pause, pausedBy: "person" });
  expect((await waiting()).map(({ kind }) => kind)).toEqual(["alert", "alert"]);
  await updateRollout(house.ctx, rollout, { ...pause, pausedBy: "inconclusive" });
  expect(await troubles(), "both alerts and the rollout cost the project its health").toBe(3);
  expect((await waiting())[1]).toEqual({
    kind: "paused-rollout",
    title: "staging/late: the rollout of version 1 is paused",
    detail: "no verdict: 20 of 50 requests at 5 %",
    project: house.project,
    href: `/projects/${house.project}/deployments/staging/late/rollouts/1`,
    command: `pave rollouts show staging 1 --deployment late --project ${house.project}`,
    at: "2026-03-01T12:00:00.000Z",
  });
});

test("what is seen to waits no more: an alert that somebody looks at or that ended, a rollout that went on", async () => {
  const ada = await person("ada");
  await acknowledgeAlert(ada, { projectId: house.projectId, number: 2, comment: "on it" });
  await resolveAlerts(house.ctx, house.deploymentId, ["inputs"], "quiet again");
  await updateRollout(house.ctx, rollout, { state: "stepping", pausedBy: null, pausedAt: null });
  expect(await waiting()).toEqual([]);
  expect(await troubles()).toBe(0);
});

test("nothing of another project waits", async () => {
  await raiseAlerts(
    house.ctx,
    { projectId: house.projectId, deploymentId: house.deploymentId, releaseId: await house.release(1) },
    [found("latency", "page", "staging/late: slow")],
  );
  expect(await waiting()).toHaveLength(1);
  expect(await waiting({ projectIds: [] })).toEqual([]);
});

async function person(name: string): Promise<Ctx> {
  const { id } = await createPrincipal(house.ctx, { kind: "user", name });
  await setProjectRole(house.ctx, { projectId: house.projectId, principalId: id, role: "developer" });
  return asActor(house.ctx, { principalId: id, kind: "user", name, actorKind: "person", grant: "unlimited" });
}
