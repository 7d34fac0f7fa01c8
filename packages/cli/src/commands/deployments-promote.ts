import { moveRollout } from "../local/move-rollout.ts";

export const deploymentsPromote = moveRollout(
  "promote",
  "give a canary all of the traffic now, without waiting for a verdict",
  "pave deployments promote production -m 'looked at it by hand'",
);
