import type { FinishBody } from "@pave/contract";

/** How a runner tells of a success that left nothing behind. */
export const finishBody = (fence: number): FinishBody => ({
  fence,
  outcome: "succeeded",
  reason: null,
  message: null,
  exitCode: 0,
  signal: null,
  startedAt: null,
  finishedAt: new Date().toISOString(),
  usage: null,
  outputs: [],
  metrics: {},
  pythonEnvironment: null,
  check: null,
});
