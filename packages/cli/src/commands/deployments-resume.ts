import { moveRollout } from "../local/move-rollout.ts";

export const deploymentsResume = moveRollout(
  "resume",
  "let a canary that is paused go on",
  "pave deployments resume production",
);
