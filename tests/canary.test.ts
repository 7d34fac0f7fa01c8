import type { DeploymentDetail, Plan, RolloutDetail } from "@pave/contract";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually as within } from "./support/eventually.ts";
import { type Load, startLoad } from "./support/load.ts";
import { startPlatform, type TestPlatform } from "./support/platform.ts";
import { isAlive } from "./support/processes.ts";
import { type ServedVersions, serveVersions } from "./support/served-versions.ts";

/** Of a machine that is busy with other tests. */
const patienceMs = 120_000;
const eventually = <T>(what: string, ask: () => Promise<T>, isEnough: (answer: T) => boolean): Promise<T> =>
  within(what, ask, isEnough, patienceMs);

const name = "numbers";
// the median of what a busy machine does to both alike; the slow model takes a hundred times as long
const rollout =
  '{ canary: [20, 50, 100], every: 1s, minRequests: 30, abortWhen: ["p50Ms > 3.0 * stable.p50Ms + 2.0"] }';

describe("a canary on a real gateway", { timeout: 400_000 }, () => {
  let platform: TestPlatform;
  let served: ServedVersions;
  let load: Load;

  const params = { project: name, environment: "staging", deployment: name };
  const show = (): Promise<DeploymentDetail> => platform.client.getDeployment({ params });
  const showRollout = (number: number): Promise<RolloutDetail> =>
    platform.client.getRollout({ params: { ...params, rollout: number } });
  const release = (version: string): Promise<Plan> =>
    platform.client.createPlan({
      params: { project: name },
      body: { environment: "staging", models: [`${name}@${version}`] },
    });
  const ended = (plan: Plan): Promise<Plan> =>
    eventually(
      `plan ${plan.number} over`,
      () => platform.client.getPlan({ params: { project: name, plan: plan.number } }),
      ({ state }) => state === "applied" || state === "failed",
    );
  const versionsSince = (from: number): string[] => [
    ...new Set(load.answers.slice(from).map(({ version }) => version)),
  ];

  beforeAll(async () => {
    platform = await startPlatform();
    // fast, slow, fast again; the first goes to staging at once, having nothing to be compared with
    served = await serveVersions(platform, name, ["loops-over-100", "slow-loops", "loops-over-100"], rollout);
    const first = await ended(await release("1"));
    expect(first.state, first.message ?? "").toBe("applied");
    load = startLoad({ url: (await show()).url, token: served.token, row: { x: 1 }, callers: 4 });
  }, 400_000);
  afterAll(async () => {
    await load?.stop();
    await platform?.remove();
  });

  it("that is slow is seen by its first callers, goes back by itself, and nobody's request fails", async () => {
    const plan = await ended(await release("2"));
    expect(plan, plan.message ?? "").toMatchObject({ state: "failed", release: { state: "rolled-back" } });
    expect(plan.message).toMatch(/aborted at step 1 of 3 \(20 %\): p50Ms > 3\.0 \* stable\.p50Ms \+ 2\.0: p50Ms = /);
    const rollout = await showRollout(2);
    expect(rollout).toMatchObject({
      state: "aborted",
      steps: [{ state: "aborted" }, { state: "todo" }, { state: "todo" }],
    });
    const { candidate, stable } = rollout.steps[0]?.analysis ?? {};
    expect(candidate?.requests).toBeGreaterThanOrEqual(30);
    expect(stable?.requests).toBeGreaterThanOrEqual(30);
    expect(await show()).toMatchObject({
      active: { modelVersion: "1" },
      weights: [{ modelVersion: "1", weight: 100 }],
    });
    const seen = load.answers.length;
    await eventually(
      "more answers",
      async () => load.answers.length,
      (count) => count > seen + 200,
    );
    await eventually(
      "only the old version",
      async () => versionsSince(load.answers.length - 100),
      ([one, other]) => one === "1" && other === undefined,
    );
    expect(load.failures).toEqual([]);
  });

  it("that does as well goes through its steps, and nobody's request fails", async () => {
    const plan = await ended(await release("3"));
    expect(plan.state, plan.message ?? "").toBe("applied");
    expect(await showRollout(3)).toMatchObject({
      state: "completed",
      steps: [
        { state: "done", analysis: { verdict: "pass" } },
        { state: "done", analysis: { verdict: "pass" } },
        { state: "done", analysis: null },
      ],
    });
    await eventually(
      "only the new version",
      async () => versionsSince(load.answers.length - 100),
      ([one, other]) => one === "3" && other === undefined,
    );
    expect(load.failures).toEqual([]);
  });

  it("is alone while it is on, says so, and is aborted by a command", async () => {
    await served.setRollout("{ canary: [20, 50, 100], every: 10m }");
    const plan = await release("1");
    await eventually("a share of traffic", show, ({ weights }) => weights.length === 2);
    expect(
      (
        await platform.json<RolloutDetail>(["deployments", "pause", "staging", "-m", "look first"], {
          folder: served.folder,
        })
      ).state,
    ).toBe("paused");
    const second = await ended(await release("2"));
    expect(second.message).toContain(
      `A rollout of ${name} in staging is on: release 4 is paused; there is one at a time`,
    );
    const back = await platform.pave(["rollback", "staging"], { folder: served.folder, text: true });
    expect(back.stderr).toContain("pave deployments abort staging");

    const aborted = await platform.pave(["deployments", "abort", "staging", "-m", "seen enough"], {
      folder: served.folder,
      text: true,
    });
    expect(aborted).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(
        /rollout 4 +aborted +release 4, version 1: aborted at step \d of 3 \(\d+ %\): .*: seen enough/,
      ),
    });
    expect((await ended(plan)).state).toBe("failed");
    expect(await show()).toMatchObject({ weights: [{ modelVersion: "3", weight: 100 }] });
    const again = await platform.pave(["deployments", "abort", "staging"], { folder: served.folder, text: true });
    expect(again).toMatchObject({ code: 2, stderr: expect.stringContaining(`No rollout of ${name} in staging is on`) });
  });

  it("loses its traffic to stable when nobody renews it, and goes on when the platform is back", async () => {
    const plan = await release("1");
    await eventually("a share of traffic", show, ({ weights }) => weights.length === 2);
    const { rollout } = await show();
    const number = rollout?.number ?? 0;
    await platform.client.pauseRollout({ params: { ...params, rollout: number }, body: { reason: "" } });
    await eventually(
      "answers of both",
      async () => versionsSince(load.answers.length - 200),
      (seen) => seen.length === 2,
    );
    const { server, postgres } = await platform.pids();
    process.kill(server, "SIGKILL");
    process.kill(postgres, "SIGKILL");
    await eventually(
      "both gone",
      async () => [await isAlive(server), await isAlive(postgres)],
      (alive) => !alive.includes(true),
    );
    const seen = load.answers.length;
    await eventually(
      "only stable",
      async () => versionsSince(Math.max(seen, load.answers.length - 200)),
      ([one, other]) => one === "3" && other === undefined,
    );
    await platform.start();
    await eventually(
      "answers of both again",
      async () => versionsSince(load.answers.length - 200),
      (seen) => seen.length === 2,
    );
    await platform.client.promoteRollout({ params: { ...params, rollout: number }, body: { reason: "" } });
    expect((await ended(plan)).state).toBe("applied");
    await eventually(
      "only the new version",
      async () => versionsSince(load.answers.length - 100),
      ([one, other]) => one === "1" && other === undefined,
    );
    expect(load.failures).toEqual([]);
  });
});
