import { z } from "zod";
import { nameSchema } from "../common.ts";
import { gateSpecSchema } from "./project-spec.ts";
import { reviewSpecSchema } from "./review-spec.ts";
import { rolloutSpecSchema } from "./rollout-spec.ts";

/**
 * The schema of `environments/<name>.yaml`. Environments belong to the platform; projects may only tighten them.
 * `vars` and `quotas.artifactBytes` have their place and no reader yet: the server refuses all but the defaults.
 */
export const environmentSpecSchema = z.strictObject({
  apiVersion: z.literal("pave/v1"),
  kind: z.literal("environment"),
  name: nameSchema,
  description: z.string().optional(),
  /** Only what runs in that environment may come here. */
  after: nameSchema.optional(),
  approvals: z
    .strictObject({
      roles: z.array(z.enum(["viewer", "developer", "reviewer", "admin"])).default(["reviewer"]),
      quorum: z.number().int().min(0).max(10).default(1),
      /** May the author of a plan be one of its approvers? */
      selfApproval: z.boolean().default(false),
    })
    .default({ roles: ["reviewer"], quorum: 0, selfApproval: false }),
  gates: z.array(gateSpecSchema).default([]),
  /** What is asked about every model version; the gate `review.verdict == 'approved'` makes an answer necessary. */
  reviews: reviewSpecSchema.optional(),
  quotas: z
    .strictObject({
      deployments: z.number().int().positive().optional(),
      artifactBytes: z.number().int().positive().optional(),
    })
    .default({}),
  vars: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).default({}),
  /** Features whose values are logged nowhere in this environment, whatever projects say. */
  log: z.strictObject({ redact: z.array(z.string().min(1)).max(1000).default([]) }).optional(),
  freeze: z.strictObject({ reason: z.string() }).optional(),
  /** Which commit a release has to come from; without it, any state of a folder may be released. */
  source: z
    .strictObject({
      /** `clean`: the files of a commit, unchanged. `pushed`: of one that the repository's remote has as well. */
      commit: z.enum(["clean", "pushed"]),
      /** Branches it may have been told on; `*` stands for any text without a slash, `**` for any text. */
      branches: z.array(z.string().min(1).max(250)).min(1).max(50).optional(),
    })
    .optional(),
  /** What it states, projects may only tighten. */
  rollout: rolloutSpecSchema.default({}),
});
export type EnvironmentSpec = z.infer<typeof environmentSpecSchema>;
