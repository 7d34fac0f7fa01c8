import { z } from "zod";

/*
 * Values as MLflow's clients write them: protobuf's JSON, where a 64-bit number may be text, an enum a number, a number
 * that is none its name, and in a query everything is text.
 */

/** Long enough for what nobody means, short enough for an index. */
const idText = z.string().max(256);

export const text = z.string();
export const runId = idText.regex(/^[a-zA-Z0-9][\w-]{0,255}$/, "is no run id");
export const key = z
  .string()
  .max(250, "has more than 250 characters")
  .refine((value) => value !== "" && /^[/\p{L}\p{N}_.\- :]*$/u.test(value), {
    message: "may have letters, digits, underscores, dashes, periods, spaces, colons and slashes only",
  })
  .refine(isNormalPath, { message: "is no plain path: it must not begin with / or have . or .. or empty parts" });

function isNormalPath(value: string): boolean {
  return value.split("/").every((part) => part !== "" && part !== "." && part !== "..");
}

export const modelName = z
  .string()
  .min(1, "must not be empty")
  .max(256)
  .regex(/^[^/:]+$/, "must not have / or : in it")
  .refine(isPrintable, { message: "must not have control characters in it" });

export const loggedModelName = z
  .string()
  .min(1, "must not be empty")
  .max(256)
  .regex(/^[^/:.%"']+$/, "must not have / : . % \" or ' in it")
  .refine(isPrintable, { message: "must not have control characters in it" });

function isPrintable(value: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  return !/[\u0000-\u001f\u007f]/.test(value);
}

export const integer = z
  .union(
    [
      z.number(),
      z
        .string()
        .regex(/^-?\d{1,20}$/)
        .transform(Number),
    ],
    "expected a whole number",
  )
  .refine(Number.isSafeInteger, {
    message: "expected a whole number of at most 53 bits",
  });

/** Milliseconds since 1970, as far as a date reaches. */
export const timestamp = integer.refine((value) => value >= 0 && value <= 8.64e15, {
  message: "expected milliseconds since 1970",
});

const largest = Number.MAX_VALUE;
const numberText = /^[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$/;
/** Infinite values become the largest finite ones, as in MLflow's own store; so does a number beyond them. */
export const double = z
  .custom<number | string>(
    (value) =>
      typeof value === "number" ||
      (typeof value === "string" && (numberText.test(value) || /^(NaN|-?Infinity)$/.test(value))),
    'expected a number, "NaN", "Infinity" or "-Infinity"',
  )
  .transform((value) => Math.max(-largest, Math.min(largest, Number(value))));

export const flag = z.union(
  [
    z.boolean(),
    z.enum(["true", "True", "TRUE", "1"]).transform(() => true),
    z.enum(["false", "False", "FALSE", "0", ""]).transform(() => false),
  ],
  "expected true or false",
);

/** A list, of which a query may have one; with `most` where each item makes a query longer. */
export const list = <T extends z.ZodType>(item: T, most = Number.MAX_SAFE_INTEGER) =>
  z.preprocess(
    (value) => (value === undefined || Array.isArray(value) ? (value ?? []) : [value]),
    z.array(item).max(most, `has more than ${most} items`),
  );

/** An enum of protobuf by name or by number. */
export const byName = <const T extends readonly string[]>(names: T, first = 1) =>
  z.preprocess(
    (value) => (/^\d+$/.test(String(value)) ? (names[Number(value) - first] ?? value) : value),
    z.enum(names),
  );

export const viewType = byName(["ACTIVE_ONLY", "DELETED_ONLY", "ALL"]).default("ACTIVE_ONLY");

/** The lifecycle stages that a view shows. */
export const stagesOf = (view: z.output<typeof viewType>): readonly string[] =>
  ({ ACTIVE_ONLY: ["active"], DELETED_ONLY: ["deleted"], ALL: ["active", "deleted"] })[view];

export const pairKey = text.min(1, "must not be empty").max(250, "has more than 250 characters");

/** Pairs as an object; of two with one key the last counts. */
export const pairsOf = (value: z.ZodDefault<z.ZodString>) =>
  list(z.object({ key: pairKey, value })).transform((items) =>
    Object.fromEntries(items.map((item) => [item.key, item.value])),
  );
export const pairs = pairsOf(text.default(""));

/** How much of a list is wanted. */
export const upTo = (most: number, usual: number) =>
  integer
    .default(usual)
    .refine((value) => value > 0 && value <= most, { message: `must be a positive integer of at most ${most}` });
