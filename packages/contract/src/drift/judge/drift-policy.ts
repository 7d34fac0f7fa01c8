import { z } from "zod";
import { minimumRows } from "../profile/reference-profile.ts";

/** When a difference is worth telling. Effects and evidence are both asked: see `judge-window.ts`. */
export const driftPolicySchema = z.strictObject({
  /** PSI, less what it is by chance, above which a column's values have shifted. */
  psi: z.number().positive().default(0.1),
  /** Change of the share of missing values. */
  missing: z.number().positive().max(1).default(0.02),
  /** Share of values that the reference never had. */
  unseen: z.number().positive().max(1).default(0.01),
  /** Of a window; half of them must have a value for the values to be compared. */
  minRows: z.number().int().min(20).default(minimumRows),
  /** Share of comparisons without drift whose PSI must lie below the one found. */
  confidence: z.number().min(0.5).max(0.999999).default(0.95),
  /** Of all findings of a window, the share that may be chance. */
  falseDiscoveryRate: z.number().positive().max(0.5).default(0.05),
  /** A finding alerts when it was made in so many of the last `of` windows that could be judged. */
  persistence: z
    .strictObject({ windows: z.number().int().min(1), of: z.number().int().min(1).max(100) })
    .refine(({ windows, of }) => windows <= of, "windows must be at most of")
    .default({ windows: 2, of: 3 }),
  /** Columns of the inputs that nothing is asked of. */
  ignore: z.array(z.string()).default([]),
});
export type DriftPolicy = z.infer<typeof driftPolicySchema>;

export const defaultDriftPolicy: DriftPolicy = driftPolicySchema.parse({});
