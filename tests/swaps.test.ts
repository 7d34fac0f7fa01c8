import { type DeploymentDetail, isRolloutOpen } from "@pave/contract";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "./support/eventually.ts";
import { createFlights, project, releaseToProduction, trainVersion } from "./support/flights.ts";
import { askOnce, startLoad } from "./support/load.ts";
import { moveTrafficAtOnce } from "./support/move-traffic-at-once.ts";
import { startPlatform, type TestPlatform } from "./support/platform.ts";
import { isAlive } from "./support/processes.ts";

const swaps = 10;

describe("an endpoint under load", { timeout: 400_000 }, () => {
  let platform: TestPlatform;
  let folder: string;
  let endpoint: { url: string; token: string; row: unknown };
  /** What each version answers to the row. */
  const expected = new Map<string, number>();

  const params = { project, environment: "production", deployment: "late" };
  const live = (): Promise<DeploymentDetail> => platform.client.getDeployment({ params });
  const isLive = (version: string) =>
    eventually(
      `version ${version} live`,
      live,
      (now) => now.active?.modelVersion === version && !(now.rollout && isRolloutOpen(now.rollout.state)),
    );

  beforeAll(async () => {
    platform = await startPlatform();
    await moveTrafficAtOnce(platform);
    folder = await createFlights(platform, 12_000);
    // alike enough that each passes the gates against each
    for (const iterations of [20, 21, 22]) {
      const run = await trainVersion(platform, folder, iterations);
      if (run.state !== "succeeded") throw new Error(`run ${run.number} ${run.state}: ${run.message}`);
    }
    const { token } = await platform.client.createToken({
      body: { name: "load", project, scopes: ["deployment.predict"], expiresInDays: 1 },
    });
    for (const version of [1, 2, 3]) {
      await releaseToProduction(platform, version);
      const { url, inputExample } = await live();
      endpoint = { url, token, row: inputExample };
      const answer = await askOnce(endpoint);
      expected.set(answer.version, answer.probability);
    }
    expect([...expected.keys()]).toEqual(["1", "2", "3"]);
    expect(new Set(expected.values()).size, "three models that answer differently").toBe(3);
  }, 400_000);
  afterAll(() => platform?.remove());

  it(`has no failed request and no mixed answer across ${swaps} version swaps`, async () => {
    const load = startLoad({ ...endpoint, callers: 4 });
    const order: string[] = ["2", "3"];
    for (let swap = 0; swap < swaps; swap += 1) {
      // releases by plan and rollbacks in turn
      if (swap % 2 === 0) {
        const back = await platform.client.rollbackDeployment({ params, body: { reason: `swap ${swap}` } });
        order.push((await settled(back)).active?.modelVersion ?? "none");
      } else {
        const next = ["1", "2", "3"].find((version) => !order.slice(-2).includes(version)) ?? "1";
        await releaseToProduction(platform, Number(next));
        await isLive(next);
        order.push(next);
      }
      const [version, seen] = [order.at(-1), load.answers.length];
      await eventually(
        "answers of the new version",
        async () => load.answers.slice(seen),
        (answers) => answers.some((answer) => answer.version === version),
      );
    }
    const { requests, failures, versions } = await load.stop();
    console.log(
      `${swaps} swaps (${order.slice(1).join(" → ")}): ${requests} requests, ${failures.length} failed, by version ${JSON.stringify(versions)}`,
    );

    expect(failures).toEqual([]);
    expect(requests).toBeGreaterThan(swaps * 20);
    expect(Object.keys(versions).sort()).toEqual(["1", "2", "3"]);
    const mixed = load.answers.filter(({ version, probability }) => expected.get(version) !== probability);
    expect(mixed).toEqual([]);
    expect(new Set(load.answers.map(({ predictionId }) => predictionId)).size).toBe(load.answers.length);
    const changes =
      load.answers.filter(({ version }, index) => version !== load.answers[index - 1]?.version).length - 1;
    expect(
      changes,
      "answers change over as often as versions are swapped, but for those on the way",
    ).toBeGreaterThanOrEqual(swaps);

    const { series } = await eventually(
      "all of them counted",
      () => platform.client.getTraffic({ params, query: { minutes: 60 } }),
      (traffic) => countOf(traffic) >= requests,
    );
    expect(series.every(({ points }) => points.every(({ errors4xx, errors5xx }) => errors4xx + errors5xx === 0))).toBe(
      true,
    );
  });

  it("is answered while server and database are dead, and counts what was asked meanwhile", async () => {
    const before = await live();
    const counted = countOf(await platform.client.getTraffic({ params, query: { minutes: 60 } }));
    const load = startLoad({ ...endpoint, callers: 2 });
    const { server, postgres } = await platform.pids();
    process.kill(server, "SIGKILL");
    process.kill(postgres, "SIGKILL");
    await eventually(
      "both gone",
      async () => [await isAlive(server), await isAlive(postgres)],
      (alive) => !alive.includes(true),
    );
    const seen = load.answers.length;
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    expect(load.answers.length).toBeGreaterThan(seen + 10);
    await platform.start();
    const { requests, failures, versions } = await load.stop();
    console.log(`without server and database: ${requests} requests, ${failures.length} failed`);
    expect(failures).toEqual([]);
    expect(Object.keys(versions)).toEqual([before.active?.modelVersion]);
    await eventually(
      "what was asked meanwhile is counted",
      () => platform.client.getTraffic({ params, query: { minutes: 60 } }),
      (traffic) => countOf(traffic) >= counted + requests,
      60_000,
    );
  });

  async function settled(started: DeploymentDetail): Promise<DeploymentDetail> {
    return eventually(
      "rollback completed",
      live,
      (now) =>
        now.rollout === null || (now.rollout.id !== started.rollout?.id ? true : now.rollout.state === "completed"),
    );
  }
});

const countOf = ({ series }: { series: readonly { points: readonly { requests: number }[] }[] }): number =>
  series.flatMap(({ points }) => points).reduce((sum, { requests }) => sum + requests, 0);
