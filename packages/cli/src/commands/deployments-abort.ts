import { moveRollout } from "../local/move-rollout.ts";

export const deploymentsAbort = moveRollout(
  "abort",
  "end a rollout: what ran before has all of the traffic again",
  "pave deployments abort production -m 'complaints from the desk'",
);
