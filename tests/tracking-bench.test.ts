import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { BenchResult } from "../bench/harness/result.ts";
import { type PaveServer, startPave } from "../bench/tracking/servers/pave.ts";
import { soakTracking } from "../bench/tracking/soak/soak-tracking.ts";

describe("the bench of tracking", { timeout: 300_000 }, () => {
  it("drives Pave through every case and says a line for each figure", async () => {
    const script = join(import.meta.dirname, "..", "bench", "harness", "main.ts");
    const args = [script, "tracking", "--smoke", "--json", "--servers", "pave"];
    // MLflow's workers take a minute of both processors to start: the bench itself has them, CI has not
    const { stdout } = await promisify(execFile)(process.execPath, args, { maxBuffer: 2 ** 26 });
    const results = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as BenchResult);
    expect(results.length).toBeGreaterThan(20);
    for (const result of results) {
      expect(result).toEqual({
        bench: "tracking",
        case: expect.any(String),
        metric: expect.any(String),
        unit: expect.any(String),
        pave: expect.any(Number),
        peers: expect.any(Object),
        ratio: result.ratio === null ? null : expect.any(Number),
        goal: expect.any(String),
        met: expect.any(Boolean),
      });
      expect(result.pave, `${result.case}, ${result.metric}`).toBeGreaterThan(0);
    }
    expect(results.map(({ case: name }) => name)).toEqual(
      expect.arrayContaining([
        "create run",
        "get run",
        "log-metric",
        "log-batch, 1,000 points of 10 keys",
        "log-batch, 1,000 keys",
        "history, 2,000 points",
      ]),
    );
  });
});

describe("twenty seconds of tracking with kills", { timeout: 300_000 }, () => {
  let server: PaveServer;
  beforeAll(async () => {
    server = await startPave();
  }, 120_000);
  afterAll(() => server?.stop());

  it("lose no point that was acknowledged, of server or database", async () => {
    const outcome = await soakTracking(server, {
      seconds: 20,
      callers: 8,
      perSecond: 80,
      kills: { seed: 3, everySeconds: 4 },
    });
    console.log(`${outcome.requests} requests, ${outcome.points} points, kills ${JSON.stringify(outcome.kills)}`);
    expect(outcome.lost).toBe(0);
    expect(outcome.points).toBeGreaterThan(100);
    expect(outcome.kills.server).toBeGreaterThan(0);
    expect(outcome.kills.postgres).toBeGreaterThan(0);
  });
});
