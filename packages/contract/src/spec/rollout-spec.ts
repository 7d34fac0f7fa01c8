import { z } from "zod";
import { durationText } from "./duration-text.ts";

/**
 * How traffic moves to a release, as an environment or a project states it. What is left out is not stated: an
 * environment leaves it to the project, a project to the environment, and both to the defaults.
 */
export const rolloutSpecSchema = z.strictObject({
  /** Percent of the traffic at each step; the last is all of it. */
  canary: z
    .array(z.number().min(1).max(100))
    .min(1)
    .max(20)
    .refine(
      (steps) =>
        steps.every((weight, index) => index === 0 || weight > (steps[index - 1] ?? 0)) && steps.at(-1) === 100,
      "must be percentages that rise to 100, for example [5, 25, 100]",
    )
    .optional(),
  /** How long a step lasts at the least. */
  every: durationText.optional(),
  /** Without so many requests to the candidate a step has no verdict. */
  minRequests: z.number().int().min(0).max(1_000_000).optional(),
  /** How long a step may be without a verdict, beyond its time, before the rollout is aborted. */
  maxWait: durationText.optional(),
  onInconclusive: z.enum(["pause", "abort"]).optional(),
  /** Conditions in CEL; one that is true aborts. */
  abortWhen: z.array(z.string().min(1)).max(20).optional(),
});
export type RolloutSpec = z.infer<typeof rolloutSpecSchema>;

/** What holds where neither environment nor project says anything: all traffic at once. */
export const rolloutDefaults = {
  canary: [100],
  every: "10m",
  minRequests: 200,
  maxWait: "24h",
  onInconclusive: "pause",
  abortWhen: [],
} as const satisfies Readonly<Required<{ [Key in keyof RolloutSpec]: unknown }>>;
