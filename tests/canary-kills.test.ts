import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { killInCanaries } from "./support/canary-kills.ts";
import { type PartsPlatform, startPartsPlatform } from "./support/parts-platform.ts";

const seed = Number(process.env.PAVE_TEST_SEED ?? Date.now() % 1_000_000);

/** bench/canary-kills.ts does the same for longer. */
describe("five kills, each in a canary", { timeout: 900_000 }, () => {
  let platform: PartsPlatform;
  beforeAll(async () => {
    platform = await startPartsPlatform();
  }, 240_000);
  afterAll(() => platform?.remove());

  it("of api, worker, gateway and database leave the weights right, and no abort is forgotten", async () => {
    console.log(`seed ${seed}: PAVE_TEST_SEED=${seed} repeats the moments`);
    const canaries = await killInCanaries(platform, { seed, kills: 5 });
    for (const { kill, victim, at, aborted, end } of canaries)
      console.log(`kill ${kill}: ${victim} at ${at}${aborted ? ", aborted" : ""}: ${end}`);
    expect(canaries.map(({ victim }) => victim)).toEqual(["api", "worker", "gateway", "postgres", "api"]);
    expect(canaries.flatMap(({ kill, wrong }) => wrong.map((text) => `kill ${kill}: ${text}`))).toEqual([]);
  });

  it("take nobody down but their victims, which are there again", async () => {
    await platform.client.health();
    const starts = {
      api: platform.starts("api"),
      worker: platform.starts("worker"),
      runner: platform.starts("runner"),
    };
    expect(starts).toEqual({ api: 3, worker: 2, runner: 1 });
    // its port may be held for a moment by workers that the killed one had
    expect(platform.starts("gateway")).toBeGreaterThan(1);
  });
});
