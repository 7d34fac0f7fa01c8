import {
  emptyLatency,
  type GatewayWindow,
  observeLatency,
  type RolloutDetail,
  rolloutDetailSchema,
} from "@pave/contract";
import { newId } from "../../../kernel/ids.ts";
import { moveRollout, type RolloutVerb } from "../move-rollout.ts";
import { showRollout } from "../show-rollout.ts";
import type { ReleaseHouse, TestProject } from "./release-house.ts";

/** What one release answered, as gateways would report it. */
export interface Answered {
  readonly requests: number;
  readonly errors?: number;
  readonly milliseconds?: number;
}

/** A deployment whose first release is live and whose second, of a plan that is being applied, is on its way. */
export async function startCanary(house: ReleaseHouse, test: TestProject, environment: string, rollout: object = {}) {
  const serve = { late: { model: test.project, rollout } };
  const revisionId = await house.revision(test, { serve });
  await house.version(test, { auc: 0.6 }, { revisionId });
  await house.release(test, environment);
  await house.version(test, { auc: 0.7 }, { revisionId, testArtifactId: null });
  const { number: plan } = await house.plan(test, environment);
  await house.tick();
  const key = { projectId: test.projectId, environment, name: "late" };
  const show = async (): Promise<RolloutDetail> =>
    rolloutDetailSchema.parse(await showRollout(house.dev, { ...key, number: 2 }));
  const ids = async () => {
    const { releases } = await house.deployment(test, environment);
    return new Map(releases.map(({ number, id }) => [number, id]));
  };
  return {
    plan,
    show,
    deploymentId: async (): Promise<string> => (await house.deployment(test, environment)).id,
    /** The gateway has the model loaded, and the worker sees it. */
    async ready(): Promise<void> {
      await house.gateway().report();
      await house.tick();
    },
    /** Reports what releases 1 and 2 answered in the last second. */
    async answered(stable: Answered, candidate: Answered, atMs = house.ctx.clock.now().getTime()): Promise<void> {
      const { id: deploymentId } = await house.deployment(test, environment);
      const byNumber = await ids();
      const windows = [stable, candidate].map(({ requests, errors = 0, milliseconds = 5 }, index): GatewayWindow => {
        const latency = emptyLatency();
        for (let count = 0; count < requests; count += 1) observeLatency(latency, milliseconds);
        return {
          windowId: newId(),
          deploymentId,
          releaseId: byNumber.get(index + 1) ?? "",
          modelVersion: String(index + 1),
          start: new Date(atMs).toISOString(),
          seconds: 1,
          requests,
          rows: requests,
          errors4xx: 0,
          errors5xx: errors,
          latency,
        };
      });
      await house.gateway().report({ windows });
    },
    /** Time passes and the worker has its turn. */
    async after(milliseconds: number): Promise<RolloutDetail> {
      house.pass(milliseconds);
      await house.gateway().report();
      await house.tick();
      return show();
    },
    move: (verb: RolloutVerb, reason = "") => moveRollout(house.dev, verb, { ...key, number: 2, reason }),
    endpoint: () => house.gateway().endpoint(test.project, environment),
    async weights(): Promise<[version: string, weight: number][]> {
      const endpoint = await house.gateway().endpoint(test.project, environment);
      return (endpoint?.weights ?? []).map(({ releaseId, weight }) => [
        endpoint?.releases.find((release) => release.releaseId === releaseId)?.modelVersion ?? "?",
        weight,
      ]);
    },
  };
}
