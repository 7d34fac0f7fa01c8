import { z } from "zod";
import { durationText } from "./duration-text.ts";
import { bytesText, identifierText, requestsSchema } from "./project-spec.ts";

/** The schema of `component.yaml`. */

export const artifactTypeSchema = z.enum(["dataset", "model", "metrics", "report", "artifact"]);
export type ArtifactType = z.infer<typeof artifactTypeSchema>;

const formatSchema = z
  .union([z.string(), z.array(z.string())])
  .transform((format) => (Array.isArray(format) ? format : [format]));

export const inputPortSchema = z.strictObject({
  type: artifactTypeSchema,
  format: formatSchema.optional(),
  required: z.boolean().default(true),
  /** The port may be given as `with: { <port>: path/in/project }`: the platform hands over that file of the revision. */
  file: z.boolean().default(false),
  /** A kind of file that the platform knows: it is checked with the spec, before anything runs. */
  schema: z.enum(["expectations"]).optional(),
  doc: z.string().optional(),
});
export type InputPort = z.infer<typeof inputPortSchema>;

export const outputPortSchema = z.strictObject({
  type: artifactTypeSchema,
  format: formatSchema.optional(),
  required: z.boolean().default(true),
  doc: z.string().optional(),
});
export type OutputPort = z.infer<typeof outputPortSchema>;

export const paramSchema = z.strictObject({
  type: z.enum(["string", "integer", "number", "boolean", "array", "object"]),
  default: z.unknown().optional(),
  nullable: z.boolean().optional(),
  required: z.boolean().optional(),
  enum: z.array(z.unknown()).optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  items: z.strictObject({ type: z.enum(["string", "integer", "number", "boolean"]) }).optional(),
  doc: z.string().optional(),
});
export type ParamSpec = z.infer<typeof paramSchema>;

export const componentSpecSchema = z.strictObject({
  apiVersion: z.literal("pave/v1"),
  kind: z.literal("component"),
  name: z.string().regex(/^[a-z][a-z0-9-]*(\/[a-z][a-z0-9-]*)?$/, "must be name or owner/name in lower case"),
  version: z.string().regex(/^\d+\.\d+\.\d+$/, "must be a version such as 1.2.0"),
  summary: z.string().optional(),
  inputs: z.record(identifierText, inputPortSchema).default({}),
  params: z.record(identifierText, paramSchema).default({}),
  outputs: z.record(identifierText, outputPortSchema).default({}),
  run: z.strictObject({
    command: z.array(z.string()).min(1),
    code: z.string().default("."),
    /**
     * Of components that Pave ships: `project` runs the command in a copy of the project's files, and `${component}` in
     * it is the component's own folder.
     */
    folder: z.enum(["component", "project"]).optional(),
    /** Of components that Pave ships: the code may register what it logs as versions of models. */
    registers: z.boolean().optional(),
    /** Of components that Pave ships: the param that names a connection, which the process is given. */
    connection: z.string().optional(),
    python: z.strictObject({ lock: z.string(), requires: z.string().optional() }).optional(),
    vars: z.array(z.string()).optional(),
  }),
  requests: requestsSchema.default({}),
  limits: z
    .strictObject({
      timeout: durationText.default("1h"),
      memory: bytesText.optional(),
      retries: z
        .strictObject({
          max: z.number().int().min(0).max(10).default(0),
          on: z.array(z.enum(["infra", "oom", "timeout", "exit"])).default(["infra"]),
        })
        .default({ max: 0, on: ["infra"] }),
    })
    .default({ timeout: "1h", retries: { max: 0, on: ["infra"] } }),
  cache: z.enum(["auto", "off", "refresh"]).default("auto"),
  /** What its process may reach: nothing, or what this machine reaches. */
  network: z.enum(["none", "egress"]).optional(),
  tests: z
    .array(
      z.strictObject({
        name: z.string(),
        inputs: z.record(z.string(), z.string()).default({}),
        with: z.record(z.string(), z.unknown()).default({}),
        expect: z.record(z.string(), z.unknown()).default({}),
      }),
    )
    .default([]),
});
export type ComponentSpec = z.infer<typeof componentSpecSchema>;
