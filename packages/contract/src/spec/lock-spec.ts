import { z } from "zod";
import { digestSchema, nameSchema } from "../common.ts";

/**
 * The schema of `pave.lock`: what a project uses, pinned by digest. The server makes it and holds it against every
 * revision; a project without one pins nothing yet.
 */
export const lockSpecSchema = z.strictObject({
  apiVersion: z.literal("pave/v1"),
  kind: z.literal("lock"),
  /** What the project was born from; `rendering` is the digest of the files as they came out of the template. */
  template: z
    .strictObject({
      name: nameSchema,
      version: z.string(),
      answers: z.record(z.string(), z.unknown()),
      rendering: digestSchema,
    })
    .optional(),
  /** By `uses`; steps of the project itself are pinned by the revision. */
  components: z.record(z.string(), z.strictObject({ version: z.string(), digest: digestSchema })).default({}),
  python: z.strictObject({ lock: z.string(), digest: digestSchema }).optional(),
});
export type LockSpec = z.infer<typeof lockSpecSchema>;
