import { z } from "zod";
import * as rollouts from "../resources/rollouts.ts";
import { route } from "../route.ts";
import { deploymentParams } from "./deployments.ts";
import { numbered } from "./params.ts";

const path = "/projects/:project/deployments/:environment/:deployment/rollouts";
const rolloutParams = deploymentParams.extend({ rollout: numbered });

const move = <const Verb extends string>(verb: Verb, summary: string) =>
  ({
    method: "POST",
    path: `${path}/:rollout/${verb}`,
    summary,
    params: rolloutParams,
    body: rollouts.moveRolloutBody,
    response: rollouts.rolloutDetailSchema,
  }) as const;

export const rolloutRoutes = {
  listRollouts: route({
    method: "GET",
    path,
    summary: "Rollouts and rollbacks of a deployment, the newest first",
    permission: "project.read",
    params: deploymentParams,
    response: z.object({ items: z.array(rollouts.rolloutSchema) }),
  }),
  getRollout: route({
    method: "GET",
    path: `${path}/:rollout`,
    summary: "Each step of a rollout with its analysis",
    permission: "project.read",
    params: rolloutParams,
    response: rollouts.rolloutDetailSchema,
  }),
  pauseRollout: route({
    ...move("pause", "Keep a canary at its step; conditions to abort are still looked at"),
    permission: "deployment.rollback",
  }),
  resumeRollout: route({
    ...move("resume", "Let a canary that is paused go on"),
    permission: "deployment.rollback",
  }),
  abortRollout: route({
    ...move("abort", "End a rollout, whatever its state: what ran before has all of the traffic again"),
    permission: "deployment.rollback",
  }),
  promoteRollout: route({
    ...move("promote", "Give a canary all of the traffic now, without waiting for a verdict"),
    permission: "deployment.promote",
  }),
} as const;
