import { z } from "zod";

const limit = z.union([z.number(), z.string()]);

export const columnExpectationSchema = z.strictObject({
  type: z.enum(["string", "integer", "number", "boolean", "timestamp"]).optional(),
  required: z.boolean().optional(),
  /** A share. */
  maxMissing: z.number().min(0).max(1).optional(),
  min: limit.optional(),
  max: limit.optional(),
  allowed: z
    .array(z.union([z.string(), z.number(), z.boolean()]))
    .min(1)
    .optional(),
  pattern: z.string().optional(),
  unique: z.boolean().optional(),
});

/** What a project says must hold of a table; `pave/validate-table` reads it. */
export const expectationsSchema = z.strictObject({
  rows: z
    .strictObject({ min: z.number().int().min(0).optional(), max: z.number().int().min(0).optional() })
    .default({}),
  columns: z.record(z.string(), columnExpectationSchema.nullable()).default({}),
});
export type Expectations = z.infer<typeof expectationsSchema>;
