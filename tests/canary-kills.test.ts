import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { killInCanaries } from "./support/canary-kills.ts";
import { startPlatform, type TestPlatform } from "./support/platform.ts";

const seed = Number(process.env.PAVE_TEST_SEED ?? Date.now() % 1_000_000);

/** bench/canary-kills.ts does the same for longer. */
describe("five kills, each in a canary", { timeout: 900_000 }, () => {
  let platform: TestPlatform;
  beforeAll(async () => {
    platform = await startPlatform();
  }, 240_000);
  afterAll(() => platform?.remove());

  it("of server, gateway and database leave the weights right, and no abort is forgotten", async () => {
    console.log(`seed ${seed}: PAVE_TEST_SEED=${seed} repeats the moments`);
    const canaries = await killInCanaries(platform, { seed, kills: 5 });
    for (const { kill, victim, at, aborted, end } of canaries)
      console.log(`kill ${kill}: ${victim} at ${at}${aborted ? ", aborted" : ""}: ${end}`);
    expect(canaries).toHaveLength(5);
    expect(canaries.flatMap(({ kill, wrong }) => wrong.map((text) => `kill ${kill}: ${text}`))).toEqual([]);
  });
});
