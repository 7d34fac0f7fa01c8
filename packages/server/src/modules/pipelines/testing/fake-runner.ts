import type { ClaimedWork, CommandWork, FinishBody, ModelCheck, OutputManifest } from "@pave/contract";
import { finishBody as emptyFinish } from "../../../jobs/testing/finish-body.ts";
import { newId } from "../../../kernel/ids.ts";
import type { Pipelines } from "../create-pipelines.ts";
import type { TestWorld } from "./test-world.ts";

type Work = Pick<TestWorld, "ctx" | "artifacts" | "jobs">;

/** What a step of the script does. Outputs: port to file text, or to files by path. */
export interface Played {
  readonly outputs?: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
  readonly metrics?: Readonly<Record<string, number>>;
  readonly end?: Partial<FinishBody>;
}
export type Script = (work: CommandWork) => Played;

export const goodCheck: ModelCheck = {
  ok: true,
  rows: 3,
  maxDifference: 0,
  loadMs: 5,
  p50Ms: 0.1,
  rssBytes: 1000,
  signature: [{ name: "delay", type: "double", required: true, shape: [] }],
  inputExample: { delay: 20 },
};

const builtEnvironment: NonNullable<FinishBody["pythonEnvironment"]> = {
  digest: `sha256:${"e".repeat(64)}`,
  interpreter: "CPython 3.11.2",
  platform: "linux-x64",
  tool: "uv",
  path: "/somewhere",
  packages: [{ name: "numpy", version: "2.0.0" }],
  seconds: 1,
};

const mlModel = JSON.stringify({ signature: { outputs: JSON.stringify([{ type: "string", name: "label" }]) } });

/** Every step succeeds; what it writes follows from its inputs and params, as in honest work. */
export const honestScript: Script = ({ step, inputs, params }) => {
  const seen = JSON.stringify([Object.values(inputs).map((input) => input.digest), params]);
  switch (step) {
    case "make":
      return { outputs: { table: `table of ${seen}` } };
    case "split":
      return { outputs: { train: `train of ${seen}`, test: `test of ${seen}` } };
    case "train":
      return {
        outputs: { model: { MLmodel: mlModel, "model.onnx": seen }, metrics: `{"auc":0.9}` },
        metrics: { auc: 0.9, loss: 0.2 },
      };
    default:
      return { outputs: { metrics: `{"auc":0.7}`, report: `{"curve":[]}` }, metrics: { auc: 0.7 } };
  }
};

/** Plays a runner in this process: claims work and finishes it as the script says. */
export function createFakeRunner(world: Work, script: Script = honestScript, check: ModelCheck = goodCheck) {
  const runnerId = newId();
  const played: string[] = [];

  const claim = async (capacity = 8): Promise<readonly ClaimedWork[]> =>
    (await world.jobs.claimWork(world.ctx, { runnerId, holding: [], capacity, waitSeconds: 0 })).work;

  const play = async (payload: ClaimedWork["payload"]): Promise<Partial<FinishBody>> => {
    played.push(payload.kind === "command" ? payload.step : payload.kind);
    if (payload.kind === "python-environment") return { pythonEnvironment: builtEnvironment };
    if (payload.kind === "check-model") return { check };
    const { outputs = {}, metrics = {}, end = {} } = script(payload);
    return { outputs: await store(world, payload, outputs), metrics: { ...metrics }, ...end };
  };

  const finish = async ({ workId, fence, payload }: ClaimedWork): Promise<void> => {
    const end = await play(payload);
    await world.jobs.finishWork(world.ctx, { workId, ...finishBody(fence), ...end });
  };

  return {
    runnerId,
    /** Names of the steps it worked on, in order. */
    played,
    claim,
    finish,
    /** Works until nothing moves any more; tries that should wait a little do not. */
    async drain(pipelines: Pick<Pipelines, "tickRuns">): Promise<void> {
      for (let idle = false; !idle; ) {
        await pipelines.tickRuns(world.ctx);
        await world.ctx.db
          .updateTable("work")
          .set({ available_at: new Date(0) })
          .execute();
        const work = await claim();
        for (const item of work) await finish(item);
        idle = work.length === 0;
      }
    },
  };
}

/** A success that took two seconds. */
export const finishBody = (fence: number): FinishBody => ({
  ...emptyFinish(fence),
  startedAt: new Date().toISOString(),
  usage: { wallSeconds: 2, cpuSeconds: 1, peakMemoryBytes: 1e9, energyJoules: 0, energyMethod: "" },
});

async function store(
  world: Pick<Work, "ctx" | "artifacts">,
  work: CommandWork,
  outputs: NonNullable<Played["outputs"]>,
): Promise<OutputManifest[]> {
  return Promise.all(
    Object.entries(outputs).map(async ([port, content]) => {
      const { type = "report", format = "json" } = work.outputs[port] ?? {};
      const files = typeof content === "string" ? { [`${port}.${format ?? "json"}`]: content } : content;
      const stored = Object.entries(files).map(async ([path, text]) => ({
        path,
        executable: false,
        ...(await world.artifacts.storeBytes(world.ctx, text)),
      }));
      return {
        port,
        type,
        format,
        files: (await Promise.all(stored)).map(({ path, digest, size, executable }) => ({
          path,
          digest,
          size,
          executable,
        })),
        metadata: { rows: 1 },
      };
    }),
  );
}
