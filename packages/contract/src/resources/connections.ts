import { z } from "zod";
import { digestSchema, nameSchema, principalRefSchema, timeSchema } from "../common.ts";

export const connectionTypes = ["postgres", "mysql", "s3", "http"] as const;
export const connectionTypeSchema = z.enum(connectionTypes);
export type ConnectionType = (typeof connectionTypes)[number];

/** What of a connection is no secret. Which of these a type has, and which it needs, is `connectionFields`. */
export const connectionSettingsSchema = z.strictObject({
  host: z.string().min(1).max(253).optional(),
  port: z.number().int().min(1).max(65_535).optional(),
  database: z.string().min(1).max(128).optional(),
  /** Who signs in; of S3 the id of the access key. */
  user: z.string().min(1).max(256).optional(),
  url: z.string().max(2000).optional(),
  region: z
    .string()
    .regex(/^[a-z0-9-]{1,40}$/, "must be a region such as eu-central-1")
    .optional(),
  bucket: z
    .string()
    .regex(/^[A-Za-z0-9][\w.-]{1,254}$/, "must be a bucket's name")
    .optional(),
  /** Certificates to be trusted, PEM. */
  ca: z.string().max(65_536).optional(),
  /** On unless the host is this machine's own. */
  tls: z.boolean().optional(),
});
export type ConnectionSettings = z.infer<typeof connectionSettingsSchema>;

type Field = Exclude<keyof ConnectionSettings, "tls">;
export const connectionFields: Record<
  ConnectionType,
  { readonly needs: readonly Field[]; readonly takes: readonly Field[] }
> = {
  postgres: { needs: ["host", "database", "user"], takes: ["port", "ca"] },
  mysql: { needs: ["host", "database", "user"], takes: ["port", "ca"] },
  s3: { needs: ["bucket", "user"], takes: ["url", "region", "ca"] },
  http: { needs: ["url"], takes: ["user", "ca"] },
};

export const connectionSchema = z.object({
  name: nameSchema,
  /** Null: for every run that has no binding of its own environment. */
  environment: z.string().nullable(),
  type: connectionTypeSchema,
  settings: connectionSettingsSchema,
  hasPassword: z.boolean(),
  /** Grows with every change, of the password too. */
  version: z.number(),
  updatedBy: principalRefSchema,
  updatedAt: timeSchema,
  lastUsedAt: timeSchema.nullable(),
  /** Number of the run that used it last. */
  lastUsedRun: z.number().nullable(),
});
export type Connection = z.infer<typeof connectionSchema>;

export const setConnectionBody = z.object({
  type: connectionTypeSchema,
  environment: nameSchema.optional(),
  settings: connectionSettingsSchema,
  /** Of S3 the secret access key, of HTTP a password or a token; none where a server asks for none. */
  password: z.string().default(""),
});

export const connectionCheckSchema = z.object({
  ok: z.boolean(),
  /** What kind of thing is wrong: host, refused, tls, password, missing, rights, ... */
  kind: z.string().nullable(),
  message: z.string(),
  fix: z.string().nullable(),
});
export type ConnectionCheck = z.infer<typeof connectionCheckSchema>;

/** What was read through a connection, and what came of it. Never with credentials. */
export const datasetVersionSchema = z.object({
  step: z.string(),
  port: z.string(),
  artifactId: z.string(),
  digest: digestSchema,
  connection: z.string(),
  type: connectionTypeSchema,
  environment: z.string().nullable(),
  query: z.string().nullable(),
  path: z.string().nullable(),
  /** As the spec named the state of the data. */
  version: z.string().nullable(),
  etag: z.string().nullable(),
  rows: z.number(),
  columns: z.array(z.object({ name: z.string(), type: z.string(), exactType: z.string() })),
  readAt: timeSchema,
  /** Of the run that read it. */
  run: z.number(),
});
export type DatasetVersion = z.infer<typeof datasetVersionSchema>;
