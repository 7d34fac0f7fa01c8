import { z } from "zod";
import { digestSchema, metricsSchema, timeSchema } from "../common.ts";
import { artifactTypeSchema } from "../spec/component-spec.ts";
import { attemptReasons, logChunkSchema, usageSchema } from "./runs.ts";

/**
 * The wire between api and runner. The runner has no authority: it claims leased work with its token, reads files by
 * signed URLs, and answers with what happened. `fence` grows with every claim; an answer with an old fence is refused.
 */

/** A file to be fetched from `url` (signed, no bearer needed) and verified by digest. */
export const remoteFileSchema = z.object({
  path: z.string(),
  digest: digestSchema,
  size: z.number(),
  executable: z.boolean().default(false),
  url: z.string(),
});
export type RemoteFile = z.infer<typeof remoteFileSchema>;

export const pythonRequestSchema = z.object({
  requires: z.string(),
  lockPath: z.string(),
  lockDigest: digestSchema,
  /** Text of the lock file: pip's `name==version --hash=sha256:…` format. */
  lock: z.string(),
  /** False: names and versions as people write them, which have to be locked first. */
  pinned: z.boolean().optional(),
  /** `[project].dependencies` of pyproject.toml, to be checked against what was installed. */
  declared: z.array(z.string()).default([]),
});
export type PythonRequest = z.infer<typeof pythonRequestSchema>;

export const commandWorkSchema = z.object({
  kind: z.literal("command"),
  /** The attempt's number among the tries of its step. */
  attempt: z.number(),
  project: z.string(),
  run: z.string(),
  step: z.string(),
  command: z.array(z.string()),
  /** Files of the working folder (component code, step code); a built-in component is named instead. */
  code: z.array(remoteFileSchema),
  builtin: z.string().nullable(),
  inputs: z.record(
    z.string(),
    z.object({
      type: artifactTypeSchema,
      format: z.string().nullable(),
      digest: digestSchema,
      metadata: z.record(z.string(), z.unknown()),
      files: z.array(remoteFileSchema),
    }),
  ),
  params: z.record(z.string(), z.unknown()),
  outputs: z.record(
    z.string(),
    z.object({ type: artifactTypeSchema, format: z.string().nullable(), required: z.boolean() }),
  ),
  python: pythonRequestSchema.nullable(),
  env: z.record(z.string(), z.string()),
  /** It is given secrets too: the runner asks for them when it starts, and keeps them nowhere. */
  takesSecrets: z.boolean().optional(),
  limits: z.object({ timeoutMs: z.number(), memoryBytes: z.number().nullable(), cpu: z.number().nullable() }),
  /** Token of this run alone; it reaches nothing else. */
  token: z.string(),
});
export type CommandWork = z.infer<typeof commandWorkSchema>;

export const pythonWorkSchema = z.object({
  kind: z.literal("python-environment"),
  environmentId: z.string(),
  python: pythonRequestSchema,
});
export type PythonWork = z.infer<typeof pythonWorkSchema>;

/** Load and score a model in a throw-away process before it may be registered. */
export const checkModelWorkSchema = z.object({
  kind: z.literal("check-model"),
  files: z.array(remoteFileSchema),
  timeoutMs: z.number(),
  memoryBytes: z.number(),
});
export type CheckModelWork = z.infer<typeof checkModelWorkSchema>;

export const workPayloadSchema = z.discriminatedUnion("kind", [
  commandWorkSchema,
  pythonWorkSchema,
  checkModelWorkSchema,
]);
export type WorkPayload = z.infer<typeof workPayloadSchema>;

export const claimedWorkSchema = z.object({
  workId: z.string(),
  fence: z.number(),
  leaseUntil: timeSchema,
  leaseSeconds: z.number(),
  payload: workPayloadSchema,
});
export type ClaimedWork = z.infer<typeof claimedWorkSchema>;

/**
 * What keeps a runner's steps away from the platform and from each other: an operating system user per attempt,
 * bubblewrap, or nothing (steps run as the runner's own user, so only one person may use the platform).
 */
export const isolations = ["uid", "bwrap", "none"] as const;
export type Isolation = (typeof isolations)[number];

export const claimBody = z.object({
  runnerId: z.string(),
  /** With `none` the server gives out no steps while more than one user is active: `isolation.unavailable`. */
  isolation: z.enum(isolations).default("none"),
  /** Of its machine: what `pave validate` holds a spec against. */
  cpus: z.number().int().positive().optional(),
  /** Versions of the interpreters that steps can run; absent until it has looked. */
  pythons: z.array(z.string().max(40)).max(100).optional(),
  /**
   * Work that this runner still has on disk, to be adopted rather than started again. While nobody else has claimed it,
   * its lease is renewed under the same fence, also when the lease had passed; anything else comes in `dropped`.
   */
  holding: z.array(z.object({ workId: z.string(), fence: z.number() })).default([]),
  capacity: z.number().int().min(0).max(64),
  waitSeconds: z.number().min(0).max(30).default(20),
});
export const claimResult = z.object({
  work: z.array(claimedWorkSchema),
  /** Held work that is no longer this runner's: stop and forget it. */
  dropped: z.array(z.string()),
  /** Held work to stop now and finish as `cancelled`; the same is said at its next heartbeat. */
  cancel: z.array(z.string()),
});

export const heartbeatBody = z.object({
  runnerId: z.string(),
  items: z.array(
    z.object({
      workId: z.string(),
      fence: z.number(),
      state: z.enum(["preparing", "running", "uploading"]),
      startedAt: timeSchema.nullable(),
      note: z.string().nullable(),
    }),
  ),
});
export const heartbeatResult = z.object({
  items: z.array(
    z.object({ workId: z.string(), verdict: z.enum(["continue", "cancel", "lost"]), leaseUntil: timeSchema }),
  ),
});

/** Chunks carry their byte offset in the attempt's log, so a repeated post changes nothing. */
export const appendLogsBody = z.object({ fence: z.number(), chunks: z.array(logChunkSchema).max(1000) });

/** Upload of one output file: ask for a place, PUT the bytes there, name the digest in the manifest. */
export const uploadBody = z.object({
  fence: z.number(),
  files: z.array(z.object({ digest: digestSchema, size: z.number() })).max(5000),
});
export const uploadResult = z.object({
  uploads: z.array(
    z.object({ digest: digestSchema, /** null: the store has it already. */ url: z.string().nullable() }),
  ),
});

export const outputManifestSchema = z.object({
  port: z.string(),
  type: artifactTypeSchema,
  format: z.string().nullable(),
  files: z.array(
    z.object({ path: z.string(), digest: digestSchema, size: z.number(), executable: z.boolean().default(false) }),
  ),
  metadata: z.record(z.string(), z.unknown()),
});
export type OutputManifest = z.infer<typeof outputManifestSchema>;

/** For the process of an attempt alone, under its lease; never written down by the runner. */
export const secretEnvironmentSchema = z.object({
  env: z.record(z.string(), z.string()),
  /** What must not be seen of it, with the name to be told instead. */
  masks: z.array(z.object({ name: z.string(), text: z.string() })),
});
export type SecretEnvironment = z.infer<typeof secretEnvironmentSchema>;

/** Written last: outputs count only when this arrives under the current fence. */
export const finishBody = z.object({
  fence: z.number(),
  outcome: z.enum(["succeeded", "failed", "cancelled"]),
  reason: z.enum(attemptReasons).nullable(),
  /** One message for people: for a failed step its last stderr lines in short. */
  message: z.string().max(8000).nullable(),
  exitCode: z.number().nullable(),
  signal: z.string().nullable(),
  startedAt: timeSchema.nullable(),
  finishedAt: timeSchema,
  usage: usageSchema.nullable(),
  outputs: z.array(outputManifestSchema),
  metrics: metricsSchema,
  pythonEnvironment: z
    .object({
      digest: digestSchema,
      interpreter: z.string(),
      platform: z.string(),
      tool: z.enum(["uv", "pip"]),
      path: z.string(),
      packages: z.array(z.object({ name: z.string(), version: z.string() })),
      seconds: z.number(),
      /** Of requirements that were not pinned: what they mean from here on. */
      lock: z.string().optional(),
    })
    .nullable(),
  /** Result of a check-model work. */
  check: z.unknown().nullable(),
});
export type FinishBody = z.infer<typeof finishBody>;
