/**
 * What a model's columns looked like where it was trained: the fixed cells that windows of traffic are counted in, and
 * how many reference rows lay in each.
 *
 * A numeric column's cells lie between `bounds`: cell `i` holds what is above bound `i − 1` and at most bound `i`. The
 * first and the last cell are open and lie beyond the smallest and the largest reference value, so a reference counts
 * nothing there. Between them are about ten cells of like mass, and a cell of its own for each of the `points`, values
 * that many rows share (x < v, x = v, x > v): without those, a column that is mostly zero has quantiles that coincide,
 * and every change of it is invisible. A categorical column has a cell for each of its `categories`, the most frequent
 * ones, and one for the `tail` of rarer ones. Missing values, and values that the reference could not have, are counted
 * beside the cells.
 */
import { z } from "zod";
import { momentsSchema } from "./moments.ts";

const count = z.number().int().nonnegative();

/**
 * - `all-missing`: not one value
 * - `too-few-rows`: fewer values than a comparison needs (200)
 * - `constant`: one value only
 * - `many-distinct`: nearly every row has a text of its own, as an id or a free text has: nothing to compare, nothing kept
 * - `sampled`: cells were counted on a sample of the rows
 * - `no-reference`: cells without a reference, for comparing two versions with each other
 */
export const profileFlagSchema = z.enum([
  "all-missing",
  "too-few-rows",
  "constant",
  "many-distinct",
  "sampled",
  "no-reference",
]);
export type ProfileFlag = z.infer<typeof profileFlagSchema>;

const common = {
  name: z.string().max(1000),
  /** All rows, those with a missing value too. */
  rows: count,
  missing: count,
  flags: z.array(profileFlagSchema),
};

export const numericColumnSchema = z
  .strictObject({
    ...common,
    kind: z.literal("numeric"),
    /** Null when there is no value. */
    moments: momentsSchema.nullable(),
    /** Sums of a window are counted in steps of `unit`, from `center`: the reference's standard deviation and mean. */
    center: z.number(),
    unit: z.number().positive(),
    bounds: z.array(z.number()).max(200),
    points: z.array(z.number()).max(200),
    counts: z.array(count).max(201),
  })
  .refine(({ bounds }) => bounds.every((bound, index) => index === 0 || bound > (bounds[index - 1] ?? bound)), {
    message: "bounds must ascend",
  })
  .refine(({ bounds, counts }) => counts.length === bounds.length + 1, {
    message: "counts must have one entry more than bounds",
  });
export type NumericColumn = z.infer<typeof numericColumnSchema>;

export const categoricalColumnSchema = z
  .strictObject({
    ...common,
    kind: z.enum(["categorical", "boolean"]),
    categories: z.array(z.string()).max(1000),
    counts: z.array(count).max(1000),
    /** Rarer categories, which share one cell. */
    tail: z.array(z.string()).max(10_000),
    /** Rows in that cell. */
    other: count,
    /** False: the tail is longer than was kept, so what stands in neither list counts as `other`, not as unseen. */
    isTailComplete: z.boolean(),
    /** Categories that one row had: they tell how often the next row has a new one. */
    singletons: count,
    /** Categories that two rows had. */
    pairs: count,
  })
  .refine(({ categories, counts }) => categories.length === counts.length, {
    message: "categories and counts must be of one length",
  });
export type CategoricalColumn = z.infer<typeof categoricalColumnSchema>;

export const columnProfileSchema = z.discriminatedUnion("kind", [numericColumnSchema, categoricalColumnSchema]);
export type ColumnProfile = z.infer<typeof columnProfileSchema>;

export const referenceProfileSchema = z.strictObject({
  version: z.literal(1),
  /** Made from everything below. Counts of different profiles are never added up. */
  id: z.string().max(100),
  rows: count,
  columns: z.array(columnProfileSchema).max(2000),
  /** Of what the model answered: a probability, a number or a label. Null when nobody asked it. */
  prediction: columnProfileSchema.nullable(),
});
export type ReferenceProfile = z.infer<typeof referenceProfileSchema>;

/** Fewer values say too little, of a reference as of a window: with ten cells, 20 are expected in each. */
export const minimumRows = 200;
