import { setTimeout as delay } from "node:timers/promises";
import type { DeploymentDetail, Plan, RolloutDetail } from "@pave/contract";
import { ApiError, isRolloutOpen } from "@pave/contract";
import { eventually } from "./eventually.ts";
import { askOnce, startLoad } from "./load.ts";
import type { Part, PartsPlatform } from "./parts-platform.ts";
import { serveVersions } from "./served-versions.ts";
import { seededRandom } from "./supervise.ts";

/*
 * One canary after the other while callers go on, and a process is killed in each: at a random moment of it, now and then
 * while somebody aborts it. However it ends, the weights have to be those of its end.
 */
const victims = ["api", "worker", "gateway", "postgres"] as const satisfies Part[];

export interface KilledCanary {
  readonly kill: number;
  readonly victim: Part;
  /** Where the canary was when the process was killed. */
  readonly at: string;
  /** Was an abort acknowledged? */
  readonly aborted: boolean;
  readonly end: string;
  /** What is not right afterwards; empty where all is. */
  readonly wrong: readonly string[];
}

const name = "survivor";
const params = { project: name, environment: "staging", deployment: name };
const rollout = '{ canary: [10, 50, 100], every: 2s, minRequests: 20, maxWait: 10m, abortWhen: ["errorRate > 0.9"] }';
const patienceMs = 180_000;

export async function killInCanaries(
  platform: PartsPlatform,
  options: { seed: number; kills: number; onKilled?: (canary: KilledCanary) => void },
): Promise<KilledCanary[]> {
  const random = seededRandom(options.seed);
  const { token } = await serveVersions(platform, name, ["late-1", "late-2"], rollout);
  await ended(platform, await release(platform, "1"));
  const { url, inputExample: row } = await show(platform);
  const load = startLoad({ url, token, row, callers: 2 });
  const canaries: KilledCanary[] = [];
  try {
    for (let kill = 1; kill <= options.kills; kill += 1) {
      const victim = victims[(kill - 1) % victims.length] ?? "api";
      const canary = await killInOne(platform, { kill, victim, random, token, row });
      canaries.push(canary);
      options.onKilled?.(canary);
    }
  } finally {
    await load.stop();
  }
  return canaries;
}

interface One {
  readonly kill: number;
  readonly victim: Part;
  readonly random: () => number;
  readonly token: string;
  readonly row: unknown;
}

async function killInOne(platform: PartsPlatform, { kill, victim, random, token, row }: One): Promise<KilledCanary> {
  const before = await show(platform);
  const stable = before.active?.modelVersion ?? "";
  const candidate = stable === "1" ? "2" : "1";
  const plan = await release(platform, candidate);
  const wanted = random() < 0.3 ? "preparing" : random() < 0.6 ? "step 1" : "step 2";
  const seen = await eventually(
    `the canary ${wanted}`,
    async () => last(platform),
    (now) =>
      now !== undefined &&
      now.plan === plan.number &&
      (whereOf(now) === wanted || !isRolloutOpen(now.state) || isPast(now, wanted)),
    patienceMs,
  );
  await delay(random() * 1500);
  const abort = random() < 0.3 ? abortNow(platform, seen?.number ?? 0) : Promise.resolve(false);
  await platform.kill(victim);
  const aborted = await abort;
  const over = await ended(platform, plan);
  const end = await eventually(
    "the end of the rollout",
    () => last(platform),
    (now) => now !== undefined && !isRolloutOpen(now.state),
    patienceMs,
  );
  const wrong = await lookForWrong(platform, { over, end, aborted, stable, candidate, token, row });
  return { kill, victim, at: seen ? whereOf(seen) : "?", aborted, end: end?.state ?? "?", wrong };
}

const whereOf = ({ state, step }: RolloutDetail): string => (step ? `step ${step.number}` : state);
const isPast = ({ step, state }: RolloutDetail, wanted: string): boolean =>
  state === "shifting" || (wanted === "preparing" && step !== null) || (wanted === "step 1" && step?.number === 2);

async function lookForWrong(
  platform: PartsPlatform,
  now: {
    over: Plan;
    end: RolloutDetail | undefined;
    aborted: boolean;
    stable: string;
    candidate: string;
    token: string;
    row: unknown;
  },
): Promise<string[]> {
  const { over, end, aborted, token, row } = now;
  const wrong: string[] = [];
  const isCompleted = end?.state === "completed";
  const right = isCompleted ? now.candidate : now.stable;
  if (aborted && end?.state !== "aborted") wrong.push(`an abort was acknowledged, and it is ${end?.state}`);
  if ((over.state === "applied") !== isCompleted) wrong.push(`its plan is ${over.state}: ${over.message}`);
  const live = await show(platform);
  const weights = live.weights.map(({ modelVersion, weight }) => `${modelVersion}: ${weight}`).join(", ");
  if (weights !== `${right}: 100`) wrong.push(`weights are ${weights}, expected ${right}: 100`);
  if (live.active?.modelVersion !== right)
    wrong.push(`version ${live.active?.modelVersion} is active, expected ${right}`);
  const answers = await eventually(
    `twenty answers of version ${right}`,
    () => Promise.all(Array.from({ length: 20 }, () => askOnce({ url: live.url, token, row }))),
    (given) => given.every(({ version }) => version === right),
    patienceMs,
  ).catch((error: Error) => error);
  if (answers instanceof Error) wrong.push(answers.message);
  return wrong;
}

const show = (platform: PartsPlatform): Promise<DeploymentDetail> =>
  persist(() => platform.client.getDeployment({ params }));

async function last(platform: PartsPlatform): Promise<RolloutDetail | undefined> {
  const { items } = await platform.client.listRollouts({ params });
  const [newest] = items;
  return newest && platform.client.getRollout({ params: { ...params, rollout: newest.number } });
}

const release = (platform: PartsPlatform, version: string): Promise<Plan> =>
  persist(() =>
    platform.client.createPlan({
      params: { project: name },
      body: { environment: "staging", models: [`${name}@${version}`] },
    }),
  );

const ended = (platform: PartsPlatform, { number }: Plan): Promise<Plan> =>
  eventually(
    `plan ${number} over`,
    () => platform.client.getPlan({ params: { project: name, plan: number } }),
    ({ state }) => !["evaluating", "open", "ready", "applying"].includes(state),
    patienceMs,
  );

/** True when it was acknowledged. What was not may or may not have happened. */
const abortNow = (platform: PartsPlatform, rollout: number): Promise<boolean> =>
  platform.client.abortRollout({ params: { ...params, rollout }, body: { reason: "at the moment of the kill" } }).then(
    () => true,
    () => false,
  );

/** As any good client: again when nothing came back or something is away. */
async function persist<T>(call: () => Promise<T>): Promise<T> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await call();
    } catch (error) {
      if ((error instanceof ApiError && error.status < 500) || tries > 600) throw error;
      await delay(200);
    }
  }
}
