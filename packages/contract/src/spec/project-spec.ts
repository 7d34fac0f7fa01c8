import { z } from "zod";
import { nameSchema } from "../common.ts";
import { durationText } from "./duration-text.ts";
import { rolloutSpecSchema } from "./rollout-spec.ts";

/** The schema of `pave.yaml`. Unknown keys are errors; `parse-spec` on the server adds line, column and a suggestion. */

export const bytesText = z.string().regex(/^\d+(\.\d+)?(Ki|Mi|Gi|Ti|k|M|G|T)?$/, "must be a size such as 512Mi or 2Gi");
export const identifierText = z
  .string()
  .regex(/^[a-zA-Z][a-zA-Z0-9_-]{0,62}$/, "must start with a letter and have letters, digits, _ or - only");

/** Variables that no spec may set: the platform does, or they change what a program loads. */
export const reservedVariable =
  /^(PAVE_.*|LD_.*|DYLD_.*|PATH|HOME|TMPDIR|USER|LOGNAME|VIRTUAL_ENV|MLFLOW_TRACKING_(URI|TOKEN))$/;

const variableText = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]{0,99}$/, "must be a name of an environment variable: letters, digits and _");

export const requestsSchema = z.strictObject({
  cpu: z.number().positive().max(1024).optional(),
  memory: bytesText.optional(),
});

export const stepSpecSchema = z.strictObject({
  uses: z.string().min(1),
  with: z.record(identifierText, z.unknown()).default({}),
  inputs: z
    .record(identifierText, z.string().regex(/^[a-zA-Z][\w-]*\.[a-zA-Z][\w-]*$/, "must be <step>.<output>"))
    .default({}),
  needs: z.array(identifierText).default([]),
  compute: z.string().default("local"),
  requests: requestsSchema.default({}),
  timeout: durationText.optional(),
  retries: z.number().int().min(0).max(10).optional(),
  cache: z.enum(["auto", "off", "refresh"]).optional(),
  /** Variables of the step's process; the only place of the file where `${{ secrets.NAME }}` may stand. */
  env: z.record(variableText, z.string().max(10_000)).default({}),
});
export type StepSpec = z.infer<typeof stepSpecSchema>;

export const pipelineSpecSchema = z.strictObject({ steps: z.record(identifierText, stepSpecSchema) });
export type PipelineSpec = z.infer<typeof pipelineSpecSchema>;

export const gateSpecSchema = z.strictObject({
  check: z.string().min(1),
  when: z.string().min(1).optional(),
  message: z.string().optional(),
  mode: z.enum(["prevent", "warn"]).default("prevent"),
});
export type GateSpec = z.infer<typeof gateSpecSchema>;

/** `<pipeline>.<step>.<output>` */
export const outputReference = z
  .string()
  .regex(/^[a-zA-Z][\w-]*\.[a-zA-Z][\w-]*\.[a-zA-Z][\w-]*$/, "must be <pipeline>.<step>.<output>");

export const modelSpecSchema = z.strictObject({
  from: outputReference,
  evaluation: outputReference.optional(),
  card: z.string().optional(),
});

export const serveSpecSchema = z.strictObject({
  kind: z.enum(["online", "batch", "pipeline"]).default("online"),
  model: nameSchema,
  maxBodyBytes: z
    .number()
    .int()
    .positive()
    .max(64 * 2 ** 20)
    .optional(),
  maxRows: z.number().int().positive().max(100_000).optional(),
  timeout: durationText.optional(),
  /** How traffic moves to a new release; an environment's rollout can only be tightened. */
  rollout: rolloutSpecSchema.optional(),
  /** Which requests are logged, and features whose values are not. */
  log: z
    .strictObject({
      sample: z.number().min(0).max(1).optional(),
      maxRowsPerSecond: z.number().min(0).max(100_000).optional(),
      redact: z.array(z.string().min(1)).max(1000).optional(),
    })
    .optional(),
});
export type ServeSpec = z.infer<typeof serveSpecSchema>;

export const resourceSpecSchema = z.strictObject({
  type: z.enum(["postgres", "bucket", "artifacts"]),
  class: z.string().default("small"),
  id: z.string().optional(),
});
export type ResourceSpec = z.infer<typeof resourceSpecSchema>;

/** From what nobody depends on to what may not fail. */
export const tiers = ["experimental", "internal", "critical"] as const;
export const tierSchema = z.enum(tiers);
export type Tier = (typeof tiers)[number];

/** Of two tiers the one with the stricter rules. */
export const stricterTier = (a: Tier, b: Tier): Tier => (tiers.indexOf(a) >= tiers.indexOf(b) ? a : b);

export const projectSpecSchema = z.strictObject({
  apiVersion: z.literal("pave/v1"),
  kind: z.literal("project"),
  name: nameSchema,
  title: z.string().max(200).optional(),
  description: z.string().max(2000).optional(),
  owner: nameSchema.describe("The team that the project belongs to."),
  tier: tierSchema.default("experimental").describe("From what nobody depends on to what may not fail."),
  python: z
    .strictObject({
      requires: z.string().default(">=3.11"),
      lock: z.string(),
      /** False: the file is no lock but a requirements.txt as people write it; the platform finds out what it means. */
      pinned: z.boolean().optional(),
    })
    .optional()
    .describe("The packages that steps run with."),
  vars: z
    .record(identifierText, z.union([z.string(), z.number(), z.boolean()]))
    .default({})
    .describe("Values that a run or an environment may set; other places of the file name them."),
  resources: z
    .record(identifierText, resourceSpecSchema)
    .default({})
    .describe("What every environment provides for this project."),
  pipelines: z
    .record(identifierText, pipelineSpecSchema)
    .default({})
    .describe("Steps, and what each takes of the others: `pave run`."),
  models: z
    .record(nameSchema, modelSpecSchema)
    .default({})
    .describe("Which outputs of pipelines are registered as versions of models."),
  gates: z
    .array(gateSpecSchema)
    .default([])
    .describe("What a version must be like to be released. May only tighten the environment's."),
  serve: z
    .record(nameSchema, serveSpecSchema)
    .default({})
    .describe("What a release keeps alive, by the name of its endpoint."),
  monitor: z
    .strictObject({
      slo: z
        .strictObject({ availability: z.number().min(0).max(100).optional(), p99Ms: z.number().positive().optional() })
        .optional(),
      drift: z
        .strictObject({
          reference: outputReference,
          /** When rows enough have come they are judged, not before `shortest` is over and not after `longest`. */
          window: z
            .strictObject({
              rows: z.number().int().min(200).max(100_000_000).optional(),
              shortest: durationText.optional(),
              longest: durationText.optional(),
            })
            .optional(),
          /** From where on a change counts; see driftPolicySchema. */
          thresholds: z
            .strictObject({
              psi: z.number().positive().max(100).optional(),
              missing: z.number().positive().max(1).optional(),
              unseen: z.number().positive().max(1).optional(),
            })
            .optional(),
          /** Features that are counted and shown, and in which nothing is ever found. */
          ignore: z.array(z.string().min(1)).max(1000).optional(),
        })
        .optional(),
      groundTruth: z.strictObject({ delay: durationText }).optional(),
    })
    .default({})
    .describe("What is promised of the service, and against what drift is measured."),
});
export type ProjectSpec = z.infer<typeof projectSpecSchema>;
