import { z } from "zod";

/** Names that people give: lower case, digits and dashes, at most 63 characters, as in DNS labels. */
export const nameSchema = z
  .string()
  .regex(
    /^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/,
    "must be lower-case letters, digits and dashes, start with a letter and have at most 63 characters",
  );

/** The most that one stored file may have: runners refuse larger outputs before they upload anything. */
export const maxBlobBytes = 2 ** 33;

export const digestSchema = z.string().regex(/^sha256:[0-9a-f]{64}$/, "must be sha256:<64 hex digits>");

/** RFC 3339 in UTC. */
export const timeSchema = z.iso.datetime();

export const jsonSchema: z.ZodType<unknown> = z.unknown();
export const recordSchema = z.record(z.string(), z.unknown());

/** Metric name to finite number. */
export const metricsSchema = z.record(z.string(), z.number());
export type Metrics = z.infer<typeof metricsSchema>;

/** Newest first; `before` is the `next` of the page before. */
export const pageQuerySchema = z.object({
  limit: z.coerce.number().int().min(1).max(200).default(50),
  before: z.string().optional(),
});

export const pageOf = <T extends z.ZodType>(item: T) => z.object({ items: z.array(item), next: z.string().nullable() });

/** Who did something, as lists show it. */
export const principalRefSchema = z.object({
  id: z.string(),
  kind: z.enum(["user", "team", "service-account", "run", "agent"]),
  name: z.string(),
});
export type PrincipalRef = z.infer<typeof principalRefSchema>;

export const okSchema = z.object({ ok: z.literal(true) });
