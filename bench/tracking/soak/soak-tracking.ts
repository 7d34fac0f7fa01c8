import { setTimeout as delay } from "node:timers/promises";
import { killRole, seededRandom } from "../../../tests/support/supervise.ts";
import { openApi, post } from "../api.ts";
import type { PaveServer } from "../servers/pave.ts";
import { findLost } from "./find-lost.ts";
import { watchMemory } from "./watch-memory.ts";
import { type Work, workUntil } from "./work.ts";

export interface SoakOptions {
  readonly seconds: number;
  readonly callers: number;
  /** Half of what it takes at the most, measured first, where it is left out. */
  readonly perSecond?: number;
  readonly kills?: { readonly seed: number; readonly everySeconds: number };
  say?(text: string): void;
}

export interface SoakOutcome {
  readonly perSecond: number;
  readonly requests: number;
  readonly points: number;
  readonly lost: number;
  readonly retries: ReadonlyMap<string, number>;
  readonly kills: Readonly<Record<"server" | "postgres", number>>;
  /** Of the server's process; null where it was killed on the way. */
  readonly memory: ReturnType<ReturnType<typeof watchMemory>["stop"]> | null;
}

/**
 * Mixed writes and reads at a steady rate, with or without kills of server and database at random moments, and at the end a
 * look whether every point that was acknowledged is there. A request that fails for good is thrown.
 */
export async function soakTracking(server: PaveServer, options: SoakOptions): Promise<SoakOutcome> {
  const { seconds, callers, say = () => undefined } = options;
  const api = openApi(server);
  const { experiment_id: experimentId } = await api.call<{ experiment_id: string }>(
    post("/experiments/create", { name: `soak-${Date.now()}` }),
  );
  api.close();
  const work: Work = { runs: [], requests: 0, retries: new Map() };
  const drive = (forSeconds: number, perSecond?: number) =>
    workUntil(server, work, {
      experimentId,
      callers,
      ...(perSecond === undefined ? {} : { perSecond }),
      signal: AbortSignal.timeout(forSeconds * 1000),
    });
  const perSecond = options.perSecond ?? (await halfOfMost(work, drive, say));

  const kills = { server: 0, postgres: 0 };
  const memory = options.kills ? undefined : watchMemory((await server.platform.pids()).server);
  const before = work.requests;
  await Promise.all([
    drive(seconds, perSecond),
    options.kills && killInTurn(server, seconds, options.kills, kills, say),
  ]);
  const watched = memory?.stop() ?? null;
  const requests = work.requests - before;
  say(`${requests} requests; reading ${work.runs.length} runs back`);
  return {
    perSecond,
    requests,
    points: work.runs.reduce((sum, { points }) => sum + points, 0),
    lost: await findLost(server, work.runs),
    retries: work.retries,
    kills,
    memory: watched,
  };
}

async function halfOfMost(work: Work, drive: (seconds: number) => Promise<void>, say: (text: string) => void) {
  const seconds = 10;
  await drive(seconds);
  const most = work.requests / seconds;
  say(`${most.toFixed(0)} requests/s at the most, so ${(most / 2).toFixed(0)} from now on`);
  return most / 2;
}

/** Server and database by turns, at random moments with the given time between them on average. */
async function killInTurn(
  { platform }: PaveServer,
  seconds: number,
  { seed, everySeconds }: NonNullable<SoakOptions["kills"]>,
  kills: Record<"server" | "postgres", number>,
  say: (text: string) => void,
): Promise<void> {
  const random = seededRandom(seed);
  const until = performance.now() + seconds * 1000;
  for (let turn = 0; ; turn += 1) {
    const pauseMs = everySeconds * (0.5 + random()) * 1000;
    if (performance.now() + pauseMs > until) return;
    await delay(pauseMs);
    const role = turn % 2 === 0 ? "server" : "postgres";
    await killRole(platform, role);
    kills[role] += 1;
    say(`killed ${role}`);
  }
}
