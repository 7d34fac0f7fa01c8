import { z } from "zod";
import { nameSchema, principalRefSchema, timeSchema } from "../common.ts";

/** Names of secrets are written as those of environment variables are. */
export const secretNameSchema = z
  .string()
  .regex(
    /^[A-Z][A-Z0-9_]{0,62}$/,
    "must be upper-case letters, digits and _, start with a letter and have at most 63 characters",
  );

/** What a shorter value hides cannot be masked without masking ordinary text too. */
export const minSecretCharacters = 8;
export const maxSecretBytes = 48 * 1024;

/** A secret as people see it: everything but its value, which nobody is shown. */
export const secretSchema = z.object({
  name: secretNameSchema,
  /** Null: for every run that has no value of its own environment. */
  environment: z.string().nullable(),
  version: z.number(),
  createdBy: principalRefSchema,
  createdAt: timeSchema,
  updatedBy: principalRefSchema,
  updatedAt: timeSchema,
  lastUsedAt: timeSchema.nullable(),
  /** Number of the run that used it last. */
  lastUsedRun: z.number().nullable(),
});
export type Secret = z.infer<typeof secretSchema>;

export const setSecretBody = z.object({
  // its bounds are the use case's to tell: a refusal here would quote what it found
  value: z.string(),
  environment: nameSchema.optional(),
});

/** What came of a rotation of the master key. */
export const rotationSchema = z.object({ masterKey: z.string(), isNew: z.boolean(), rewrapped: z.number() });
