import { moveRollout } from "../local/move-rollout.ts";

export const deploymentsPause = moveRollout(
  "pause",
  "keep a canary at its step; its conditions to abort are still looked at",
  "pave deployments pause production -m 'until the others are awake'",
);
