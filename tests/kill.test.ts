import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type DeploymentDetail, isRolloutOpen } from "@pave/contract";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "./support/eventually.ts";
import { createFixtureProject } from "./support/fixture-project.ts";
import { createFlights, project, releaseToProduction, trainVersion } from "./support/flights.ts";
import { askOnce } from "./support/load.ts";
import { moveTrafficAtOnce } from "./support/move-traffic-at-once.ts";
import { startPlatform, type TestPlatform } from "./support/platform.ts";
import { processesOf } from "./support/processes.ts";
import { killOrder, type Soak, soak, ticks } from "./support/soak.ts";

const killsOfEach = 5;
const seed = Number(process.env.PAVE_TEST_SEED ?? Date.now() % 1_000_000);

describe(`${killsOfEach} kills of each process during runs and releases`, { timeout: 600_000 }, () => {
  let platform: TestPlatform;
  let soaked: Soak;

  beforeAll(async () => {
    platform = await startPlatform();
    await moveTrafficAtOnce(platform);
    const folder = await createFlights(platform, 12_000);
    for (const iterations of [20, 21]) {
      const run = await trainVersion(platform, folder, iterations);
      if (run.state !== "succeeded") throw new Error(`run ${run.number} ${run.state}: ${run.message}`);
    }
    await platform.json(["push"], { folder: await createFixtureProject(platform, ticks) });
    await releaseToProduction(platform, 2);
  }, 400_000);
  afterAll(() => platform?.remove());

  it("come at random moments, and all that was begun ends", async () => {
    console.log(`seed ${seed}: PAVE_TEST_SEED=${seed} repeats the order and pauses`);
    soaked = await soak(platform, {
      seed,
      order: killOrder(seed, killsOfEach),
      versions: [1, 2],
      atLeast: { runs: 6, approvals: 3, applied: 2 },
    });
    const { acknowledged, kills } = soaked;
    console.log(
      `kills ${JSON.stringify(kills)}: ${acknowledged.runs.length} runs, ${acknowledged.plans.length} plans, ${acknowledged.approvals.length} approvals, ${acknowledged.revisions.length} revisions acknowledged; ${acknowledged.repeated} calls made again${acknowledged.refused.length > 0 ? `; refused: ${[...new Set(acknowledged.refused)].join(" | ")}` : ""}`,
    );
    expect(kills).toEqual({ server: 5, gateway: 5, runner: 5, postgres: 5 });
    expect(acknowledged.runs.length).toBeGreaterThan(5);
    expect(acknowledged.approvals.length).toBeGreaterThan(2);
  });

  it("lose no acknowledged write", async () => {
    const { client } = platform;
    const { revisions, runs, plans, approvals } = soaked.acknowledged;
    for (const { id, digest } of revisions)
      expect(await client.getRevision({ params: { project: ticks, revision: id } })).toMatchObject({ id, digest });
    for (const { id, number } of runs)
      expect((await client.getRun({ params: { project: ticks, run: number } })).id).toBe(id);
    for (const { id, number } of plans) expect((await planOf(number)).id).toBe(id);
    for (const { plan, comment } of approvals)
      expect((await planOf(plan)).approvalList).toContainEqual(
        expect.objectContaining({ decision: "approved", comment }),
      );
  });

  it("let every run succeed, with the right result", async () => {
    for (const { number } of soaked.acknowledged.runs) {
      const run = await platform.client.getRun({ params: { project: ticks, run: number } });
      expect(run, `run ${number}: ${run.message}`).toMatchObject({ state: "succeeded", metrics: { lines: 4 } });
    }
  });

  it("leave every plan applied, or undone as a whole", async () => {
    const states: Record<string, number> = {};
    for (const { number } of soaked.acknowledged.plans) {
      const { state, actions, message } = await planOf(number);
      states[state] = (states[state] ?? 0) + 1;
      const wanted = state === "applied" ? ["applied"] : ["planned", "undone", "failed"];
      for (const action of actions)
        expect(wanted, `plan ${number} is ${state} (${message}), ${action.title}`).toContain(action.state);
    }
    console.log(`plans: ${JSON.stringify(states)}`);
    expect(states.applied ?? 0).toBeGreaterThan(1);
  });

  it("leave the gateway with the right version, and a ledger that verifies", async () => {
    const live = await eventually(
      "a settled deployment",
      () => deploymentOf("production"),
      ({ rollout }) => rollout === null || !isRolloutOpen(rollout.state),
    );
    const { items } = await platform.client.listPlans({
      params: { project },
      query: { state: "applied", environment: "production" },
    });
    const last = items.reduce((newest, plan) => (plan.number > newest.number ? plan : newest));
    expect((await planOf(last.number)).candidate?.version).toBe(live.active?.modelVersion);
    const { token } = await platform.client.createToken({ body: { name: "last", project } });
    const answer = await eventually(
      "an answer of that version",
      () => askOnce({ url: live.url, token, row: live.inputExample }),
      ({ version }) => version === live.active?.modelVersion,
    );
    expect(answer.probability).toBeGreaterThan(0);

    await eventually(
      "everything sealed",
      () => platform.client.ledgerStatus(),
      ({ events, sealed }) => events === sealed,
    );
    const path = join(platform.folder, "ledger.jsonl");
    await platform.json(["ledger", "export", path]);
    expect(await platform.pave(["ledger", "verify", path])).toMatchObject({ code: 0, data: { ok: true } });
    const ledger = await readFile(path, "utf8");
    for (const { id } of [...soaked.acknowledged.runs, ...soaked.acknowledged.plans]) expect(ledger).toContain(id);
  });

  it("leave one process of each kind", async () => {
    const count = async () => {
      const commands = (await processesOf(platform)).map(({ command }) => command);
      const of = (mark: string) => commands.filter((command) => command.includes(mark)).length;
      return { server: of("server-main.js up"), gateway: of("--role gateway"), runner: of("--role runner") };
    };
    await eventually("one of each", count, (found) => Object.values(found).every((number) => number === 1));
  });

  const planOf = (plan: number) => platform.client.getPlan({ params: { project, plan } });
  const deploymentOf = (environment: string): Promise<DeploymentDetail> =>
    platform.client.getDeployment({ params: { project, environment, deployment: "late" } });
});
