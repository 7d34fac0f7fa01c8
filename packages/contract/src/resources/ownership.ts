import { z } from "zod";
import { principalRefSchema } from "../common.ts";

/** Something that would have no owner, or nobody to answer for it, without its holder. */
export const holdingSchema = z.object({
  kind: z.enum(["project", "project-admin", "team", "service-account", "plan", "run", "review"]),
  /** `project flights`, `plan 3 of flights`. */
  name: z.string(),
  /** What becomes of it in a hand-over. */
  becomes: z.string(),
});
export type Holding = z.infer<typeof holdingSchema>;

export const holdingsSchema = z.object({ holder: principalRefSchema, items: z.array(holdingSchema) });
