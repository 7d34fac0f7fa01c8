import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { isRolloutOpen, type RolloutDetail } from "@pave/contract";
import { laterFlights, rowsOf } from "../../scripts/road/traffic.ts";
import { inUtc } from "../../scripts/road/versions.ts";
import { eventually } from "./eventually.ts";
import { flightsSample, project, releaseToProduction, trainVersion } from "./flights.ts";
import { knownToGateway, type Load, startSteadyLoad } from "./load.ts";
import type { TestPlatform } from "./platform.ts";

/*
 * A model that learned the hours in UTC passes every offline gate, being tested on the like. In its canary, callers know
 * the hour of the place, and its predictions are others than those of the version beside it.
 */
export interface Detection {
  readonly perSecond: number;
  /** Whether the rollout went back by itself because of the predictions; else what it came to. */
  readonly detected: boolean;
  readonly end: string;
  /** The candidate's share when it was caught. */
  readonly weight: number | null;
  /** From the start of the first step, at 5 %, to the abort. */
  readonly seconds: number;
  /** In that time, of all callers; and those that the candidate answered. */
  readonly requests: number;
  readonly ofCandidate: number;
  readonly failures: readonly string[];
  readonly means: { readonly candidate: number | null; readonly stable: number | null };
}

const params = { project, environment: "production", deployment: "late" };
const patienceMs = 15 * 60_000;

/** A version of hours in UTC, and as many iterations, in a project that has others. Gives its number. */
export async function trainInUtc(platform: TestPlatform, folder: string, iterations: number): Promise<number> {
  const file = join(folder, "sql", "features.sql");
  const local = await readFile(file, "utf8");
  await writeFile(file, inUtc(local));
  const run = await trainVersion(platform, folder, iterations);
  await writeFile(file, local);
  return Number(run.models[0]?.version);
}

/** Starts its canary in production, where another version runs, while callers send later flights at a steady rate. */
export async function detectInCanary(
  platform: TestPlatform,
  options: { version: number; perSecond: number; sampleRows?: number },
): Promise<Detection> {
  const { version, perSecond } = options;
  const { token } = await platform.client.createToken({
    body: { name: "callers", project, scopes: ["deployment.predict"], expiresInDays: 1 },
  });
  const { url } = await platform.client.getDeployment({ params });
  await knownToGateway(url, token);
  const sql = await readFile(join(platform.folder, project, "sql", "features.sql"), "utf8");
  const rows = rowsOf(await laterFlights((await flightsSample(options.sampleRows)).later, sql, 2_000));
  const before = await newest(platform);
  const began = Date.now();
  const load = startSteadyLoad({ url, token, rows, perSecond });
  try {
    // that the plan fails is what is hoped for
    const failed = await releaseToProduction(platform, version).then(
      () => "it was released",
      (error: Error) => error.message,
    );
    if ((await newest(platform)).number === before.number) throw new Error(`there was no canary: ${failed}`);
    const rollout = await eventually("the end of the canary", () => newest(platform), isOver, patienceMs);
    return describe({ rollout, load, began, perSecond });
  } finally {
    await load.stop();
  }
}

const isOver = (rollout: RolloutDetail): boolean => !isRolloutOpen(rollout.state);

async function newest({ client }: TestPlatform): Promise<RolloutDetail> {
  const { items } = await client.listRollouts({ params });
  return client.getRollout({ params: { ...params, rollout: items[0]?.number ?? 0 } });
}

function describe(seen: { rollout: RolloutDetail; load: Load; began: number; perSecond: number }): Detection {
  const { rollout, load, began, perSecond } = seen;
  const aborted = rollout.steps.find(({ state }) => state === "aborted");
  const from = Date.parse(rollout.steps[0]?.startedAt ?? "");
  const to = Date.parse(aborted?.finishedAt ?? rollout.finishedAt ?? "");
  const during = load.answers.filter(({ atMs }) => began + atMs >= from && began + atMs <= to);
  const mean = (of: string | undefined) => meanOf(during.filter(({ version }) => version === of));
  return {
    perSecond,
    detected: rollout.state === "aborted" && /predictionPsi = /.test(rollout.message ?? ""),
    weight: aborted?.weight ?? null,
    end: `${rollout.state}: ${rollout.message ?? "no reason was given"}`,
    seconds: (to - from) / 1000,
    requests: during.length,
    ofCandidate: during.filter(({ version }) => version === rollout.modelVersion).length,
    failures: load.failures,
    means: { candidate: mean(rollout.modelVersion), stable: mean(rollout.stable?.modelVersion) },
  };
}

const meanOf = (answers: readonly { readonly probability: number }[]): number | null =>
  answers.length === 0 ? null : answers.reduce((sum, { probability }) => sum + probability, 0) / answers.length;
