import { z } from "zod";

const point = { threshold: z.number().nullable() };
const reportSchema = z.object({
  kind: z.literal("binary-classification"),
  target: z.string(),
  positive: z.string(),
  threshold: z.number(),
  intervals: z
    .object({ roc_auc: z.object({ low: z.number(), high: z.number(), level: z.number() }).optional() })
    .optional(),
  roc: z.array(z.object({ ...point, falsePositiveRate: z.number(), truePositiveRate: z.number() })),
  calibration: z.array(
    z.object({
      from: z.number(),
      to: z.number(),
      rows: z.number(),
      predictedMean: z.number().nullable(),
      positiveRate: z.number().nullable(),
    }),
  ),
  histogram: z.object({
    from: z.number(),
    to: z.number(),
    positives: z.array(z.number()),
    negatives: z.array(z.number()),
  }),
  confusion: z.object({
    truePositives: z.number(),
    falsePositives: z.number(),
    trueNegatives: z.number(),
    falseNegatives: z.number(),
  }),
  slices: z.array(
    z.object({
      column: z.string(),
      values: z.array(
        z.object({
          value: z.string(),
          rows: z.number(),
          positiveRate: z.number(),
          predictedMean: z.number(),
          rocAuc: z.number().nullable(),
          low: z.number().nullable(),
          high: z.number().nullable(),
        }),
      ),
    }),
  ),
});

/** What `pave/evaluate-classifier` writes. Other components may write other reports: those are not drawn. */
export type EvaluationReport = z.infer<typeof reportSchema>;

export function readReport(report: unknown): EvaluationReport | undefined {
  const result = reportSchema.safeParse(report);
  return result.success ? result.data : undefined;
}
