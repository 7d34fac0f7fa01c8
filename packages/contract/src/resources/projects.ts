import { z } from "zod";
import { digestSchema, metricsSchema, nameSchema, principalRefSchema, timeSchema } from "../common.ts";
import { tierSchema } from "../spec/project-spec.ts";

/** Where a project is on the road; each stage is done, current, waiting for a person, failed or still to come. */
export const roadStageSchema = z.object({
  stage: z.enum(["start", "environment", "build", "register", "staging", "production", "watch"]),
  title: z.string(),
  state: z.enum(["done", "current", "waiting", "failed", "todo"]),
  /** One line: what is there, in words. */
  summary: z.string(),
  /** Portal URL of the thing itself. */
  href: z.string().nullable(),
  at: timeSchema.nullable(),
});

/** Something that goes no further, or gets no better, until a person sees to it. */
export const waitingSchema = z.object({
  kind: z.enum(["approval", "blocked-plan", "failed-run", "alert", "paused-rollout"]),
  title: z.string(),
  /** What is wrong, or what is missing, in one line. */
  detail: z.string(),
  /** Null: the platform's. */
  project: z.string().nullable(),
  /** Portal URL of the page where it is handled. */
  href: z.string(),
  /** The same on a terminal. */
  command: z.string(),
  /** Since when. */
  at: timeSchema,
});
export type Waiting = z.infer<typeof waitingSchema>;

export const projectSummarySchema = z.object({
  id: z.string(),
  name: nameSchema,
  title: z.string(),
  description: z.string(),
  owner: z.string(),
  tier: tierSchema,
  createdAt: timeSchema,
  updatedAt: timeSchema,
  health: z.enum(["healthy", "attention", "failing", "new"]),
  lastRun: z.object({ number: z.number(), state: z.string(), at: timeSchema }).nullable(),
  deployments: z.array(z.object({ environment: z.string(), name: z.string(), modelVersion: z.string().nullable() })),
  openPlans: z.number(),
});
export type ProjectSummary = z.infer<typeof projectSummarySchema>;

export const projectSchema = projectSummarySchema.extend({
  template: z.object({ name: z.string(), version: z.string(), rendering: digestSchema.nullable() }).nullable(),
  latestRevision: z.object({ id: z.string(), digest: digestSchema, createdAt: timeSchema }).nullable(),
  pipelines: z.array(z.string()),
  road: z.array(roadStageSchema),
  /** What a person has to see to, the most urgent first. */
  waiting: z.array(waitingSchema),
  /** The one thing to do next: a sentence and a command. */
  next: z.object({ text: z.string(), command: z.string().nullable(), href: z.string().nullable() }).nullable(),
});
export type Project = z.infer<typeof projectSchema>;
export type RoadStage = z.infer<typeof roadStageSchema>;

export const createProjectBody = z.object({
  name: nameSchema,
  title: z.string().max(200).optional(),
  owner: nameSchema.optional(),
  tier: tierSchema.optional(),
  template: z.object({ name: z.string(), version: z.string(), answers: z.record(z.string(), z.unknown()) }).optional(),
});

export const templateSchema = z.object({
  name: z.string(),
  version: z.string(),
  summary: z.string(),
  questions: z.array(
    z.object({
      name: z.string(),
      type: z.string(),
      title: z.string(),
      description: z.string().optional(),
      default: z.unknown().optional(),
      required: z.boolean().optional(),
      choices: z.array(z.string()).optional(),
    }),
  ),
});

export type Template = z.infer<typeof templateSchema>;

/** A project rendered from a template, before anything is created: what `pave new` shows and then writes. */
export const renderedProjectSchema = z.object({
  template: z.object({ name: z.string(), version: z.string() }),
  answers: z.record(z.string(), z.unknown()),
  rendering: digestSchema,
  files: z.array(z.object({ path: z.string(), contentBase64: z.string(), executable: z.boolean() })),
  /** Sentences: what will be created and what was noticed about the data. */
  creates: z.array(z.string()),
  warnings: z.array(z.string()),
});
export type RenderedProject = z.infer<typeof renderedProjectSchema>;

export const renderBody = z.object({
  name: nameSchema,
  template: z.string(),
  answers: z.record(z.string(), z.unknown()).default({}),
  /** The report of a profile, to fill the spec from. */
  profile: z.unknown().optional(),
});

export const startProjectBody = renderBody.omit({ template: true }).extend({
  /** A table that the caller has uploaded; it becomes a file of the project. */
  data: z.object({ digest: digestSchema, filename: z.string().min(1).max(255) }).optional(),
  run: z.boolean().default(true),
});

export const fileEntrySchema = z.object({
  path: z.string().min(1).max(1024),
  digest: digestSchema,
  size: z.number().int().min(0),
  executable: z.boolean().default(false),
});
export type FileEntry = z.infer<typeof fileEntrySchema>;

export const gitStateSchema = z.object({
  remote: z.string().nullable(),
  commit: z.string().nullable(),
  branch: z.string().nullable(),
  dirty: z.boolean(),
  /** The remote has the commit, as far as who pushes the revision can tell; absent: not known. */
  pushed: z.boolean().optional(),
  diff: z.string().max(1_000_000).optional(),
});

export const pushRevisionBody = z.object({
  files: z.array(fileEntrySchema).max(20_000),
  git: gitStateSchema.nullable().default(null),
  message: z.string().max(2000).default(""),
});

export const revisionSchema = z.object({
  id: z.string(),
  number: z.number(),
  digest: digestSchema,
  message: z.string(),
  git: gitStateSchema.nullable(),
  createdAt: timeSchema,
  createdBy: principalRefSchema,
  files: z.number(),
  bytes: z.number(),
});
export type Revision = z.infer<typeof revisionSchema>;

export const startedProjectSchema = z.object({
  project: z.string(),
  revision: revisionSchema,
  run: z.object({ number: z.number() }).nullable(),
  /** Why the run could not be started; the project is there all the same. */
  runProblem: z.string().nullable(),
  warnings: z.array(z.string()),
});

/** The answer of a push: the revision, or the digests that must be uploaded first. */
export const pushResultSchema = z.object({
  revision: revisionSchema.nullable(),
  missing: z.array(digestSchema),
  /** Sentences about what is kept but may surprise, such as names that differ in case only. */
  warnings: z.array(z.string()),
});
export type PushResult = z.infer<typeof pushResultSchema>;

const problemSchema = z.object({
  path: z.string().optional(),
  line: z.number().optional(),
  column: z.number().optional(),
  message: z.string(),
  fix: z.string().optional(),
});

export const validationSchema = z.object({
  ok: z.boolean(),
  problems: z.array(problemSchema),
  /** What does not stop a run, and will most likely stop something later. */
  warnings: z.array(problemSchema),
});

export type Validation = z.infer<typeof validationSchema>;

export const validateFilesBody = z.object({ files: z.array(fileEntrySchema).max(20_000) });

/** The check of files that are no revision, or the digests that must be uploaded first. */
export const filesValidationSchema = z.object({
  missing: z.array(digestSchema),
  validation: validationSchema.nullable(),
});

export const pythonEnvironmentSchema = z.object({
  id: z.string(),
  digest: digestSchema.nullable(),
  state: z.enum(["queued", "building", "ready", "failed"]),
  lockDigest: digestSchema,
  interpreter: z.string().nullable(),
  platform: z.string().nullable(),
  tool: z.enum(["uv", "pip"]).nullable(),
  packages: z.array(z.object({ name: z.string(), version: z.string() })),
  path: z.string().nullable(),
  error: z.string().nullable(),
  log: z.string(),
  seconds: z.number().nullable(),
  createdAt: timeSchema,
});
export type PythonEnvironment = z.infer<typeof pythonEnvironmentSchema>;

export const homeSchema = z.object({
  waiting: z.array(waitingSchema),
  running: z.array(
    z.object({
      project: z.string(),
      number: z.number(),
      pipeline: z.string(),
      state: z.string(),
      progress: z.number(),
      href: z.string(),
      startedAt: timeSchema.nullable(),
    }),
  ),
  deployments: z.array(
    z.object({
      project: z.string(),
      environment: z.string(),
      name: z.string(),
      modelVersion: z.string().nullable(),
      requestsPerMinute: z.number(),
      errorRate: z.number(),
      p99Ms: z.number().nullable(),
      href: z.string(),
    }),
  ),
  recent: z.array(
    z.object({
      id: z.string(),
      at: timeSchema,
      principal: principalRefSchema,
      type: z.string(),
      text: z.string(),
      project: z.string().nullable(),
      href: z.string().nullable(),
    }),
  ),
  metrics: metricsSchema,
});
export type Home = z.infer<typeof homeSchema>;
