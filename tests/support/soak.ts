import { createHash } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { ApiError, type Client, type FileEntry, type Plan } from "@pave/contract";
import { eventually } from "./eventually.ts";
import { project as flights } from "./flights.ts";
import type { TestPlatform } from "./platform.ts";
import { killRole, type Role, roles, seededRandom } from "./supervise.ts";

/*
 * Three users go on with their work while processes are killed under them: one starts runs, one releases versions in
 * turn, one pushes revisions. What the API acknowledged is remembered, and must be there at the end.
 */
export interface Acknowledged {
  readonly revisions: { id: string; digest: string }[];
  readonly runs: { id: string; number: number }[];
  readonly plans: { id: string; number: number }[];
  readonly approvals: { plan: number; comment: string }[];
  /** Numbers of plans that were seen applied while the work went on. */
  readonly applied: number[];
  /** Calls that were not answered, or answered that something is away, and were made again. */
  repeated: number;
  /** Plans that could not be made or approved as things were, such as one that is stale. */
  readonly refused: string[];
}

export interface Soak {
  readonly acknowledged: Acknowledged;
  readonly kills: Record<Role, number>;
}

export const ticks = "ticks";

/** Each role so many times, in an order that the seed decides. */
export function killOrder(seed: number, ofEach: number): Role[] {
  const random = seededRandom(seed);
  return roles
    .flatMap((role) => Array.from({ length: ofEach }, () => ({ role, key: random() })))
    .sort((a, b) => a.key - b.key)
    .map(({ role }) => role);
}

/** How much the users want done. How much fits between kills depends on the machine, what is lost must not. */
export interface Work {
  readonly runs: number;
  readonly approvals: number;
  readonly applied: number;
}

/**
 * Kills each role in `order` at random moments while the users work. After the last kill they go on until `atLeast` is
 * done, for two minutes at the most. Resolves when everything that was begun is over.
 */
export async function soak(
  platform: TestPlatform,
  options: { seed: number; order: readonly Role[]; versions: readonly number[]; atLeast?: Work },
): Promise<Soak> {
  const random = seededRandom(options.seed);
  const acknowledged: Acknowledged = {
    revisions: [],
    runs: [],
    plans: [],
    approvals: [],
    applied: [],
    repeated: 0,
    refused: [],
  };
  const kills: Record<Role, number> = { server: 0, gateway: 0, runner: 0, postgres: 0 };
  const stopping = new AbortController();
  const user: User = { platform, acknowledged, signal: stopping.signal };
  const working = Promise.all([startRuns(user), releaseInTurn(user, options.versions), pushRevisions(user)]);
  // a user who fails is told of at once, not when everything else has ended
  const failing = working.then(() => new Promise<never>(() => {}));
  failing.catch(() => undefined);
  try {
    for (const role of options.order) {
      await Promise.race([delay(200 + random() * 1300), failing]);
      await killRole(platform, role);
      kills[role] += 1;
    }
    if (options.atLeast) await Promise.race([waitForWork(acknowledged, options.atLeast), failing]);
  } finally {
    stopping.abort();
  }
  await working;
  await settle(platform, acknowledged);
  return { acknowledged, kills };
}

async function waitForWork(acknowledged: Acknowledged, atLeast: Work): Promise<void> {
  const done = (): Work => ({
    runs: acknowledged.runs.length,
    approvals: acknowledged.approvals.length,
    applied: acknowledged.applied.length,
  });
  const isEnough = (work: Work) =>
    work.runs >= atLeast.runs && work.approvals >= atLeast.approvals && work.applied >= atLeast.applied;
  await eventually("as much work as was wanted", async () => done(), isEnough, 120_000);
}

interface User {
  readonly platform: TestPlatform;
  readonly acknowledged: Acknowledged;
  readonly signal: AbortSignal;
}

async function startRuns(user: User): Promise<void> {
  for (let number = 1; !user.signal.aborted; number += 1) {
    const run = await persist(user, (client) =>
      client.startRun({ params: { project: ticks }, body: { pipeline: "ticks", vars: { number } } }),
    );
    user.acknowledged.runs.push({ id: run.id, number: run.number });
    await delay(1500, undefined, { signal: user.signal }).catch(() => undefined);
  }
}

async function releaseInTurn(user: User, versions: readonly number[]): Promise<void> {
  const { acknowledged } = user;
  for (let turn = 0; !user.signal.aborted; turn += 1) {
    const models = [`${flights}@${versions[turn % versions.length]}`];
    for (const body of [
      { environment: "staging", models },
      { environment: "production", from: "staging" },
    ]) {
      try {
        const plan = await persist(user, (client) => client.createPlan({ params: { project: flights }, body }));
        acknowledged.plans.push({ id: plan.id, number: plan.number });
        await finishPlan(user, plan);
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        acknowledged.refused.push(`${error.code}: ${error.message}`);
      }
    }
    await delay(100);
  }
}

async function finishPlan(user: User, made: Plan): Promise<void> {
  const params = { project: flights, plan: made.number };
  const comment = `seen ${made.number}`;
  for (let plan = made; !isPlanOver(plan.state); ) {
    if (plan.state === "open") {
      const { hash } = plan;
      await persist(user, (client) => client.approvePlan({ params, body: { hash, comment } }));
      user.acknowledged.approvals.push({ plan: made.number, comment });
    }
    await delay(100);
    plan = await persist(user, (client) => client.getPlan({ params }));
    if (plan.state === "applied") user.acknowledged.applied.push(plan.number);
  }
}

async function pushRevisions(user: User): Promise<void> {
  const params = { project: ticks };
  const known = await persist(user, (client) => client.getRevision({ params: { project: ticks, revision: "latest" } }));
  const files = known.fileList.filter(({ path }) => path !== "notes.txt");
  for (let number = 1; !user.signal.aborted; number += 1) {
    const text = `note ${known.number}.${number}\n`;
    const digest = `sha256:${createHash("sha256").update(text).digest("hex")}`;
    const note: FileEntry = { path: "notes.txt", digest, size: text.length, executable: false };
    const { revision } = await persist(user, async (client) => {
      await client.putBlob({ params: { project: ticks, digest } }, { bytes: text });
      return client.pushRevision({ params, body: { files: [...files, note], message: text } });
    });
    if (revision) user.acknowledged.revisions.push({ id: revision.id, digest: revision.digest });
    await delay(500, undefined, { signal: user.signal }).catch(() => undefined);
  }
}

/** As any good client: again when nothing came back or something is away; what the API refuses is for the caller. */
async function persist<T>(user: User, call: (client: Client) => Promise<T>): Promise<T> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await call(user.platform.client);
    } catch (error) {
      const isRefusal = error instanceof ApiError && error.status < 500;
      const isBug = error instanceof ApiError && error.code === "server.internal";
      if (isRefusal || isBug || tries > 300) throw error;
      user.acknowledged.repeated += 1;
      await delay(100);
    }
  }
}

const isPlanOver = (state: Plan["state"]): boolean => !["evaluating", "open", "ready", "applying"].includes(state);

/** Everything that was begun comes to its end by itself. */
async function settle(platform: TestPlatform, { runs, plans }: Acknowledged): Promise<void> {
  const { client } = platform;
  for (const { number } of runs)
    await eventually(
      `run ${number} over`,
      () => client.getRun({ params: { project: ticks, run: number } }),
      ({ state }) => !["queued", "running"].includes(state),
      120_000,
    );
  for (const { number } of plans)
    await eventually(
      `plan ${number} over`,
      () => client.getPlan({ params: { project: flights, plan: number } }),
      ({ state }) => isPlanOver(state),
      120_000,
    );
}
