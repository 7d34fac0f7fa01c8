import { z } from "zod";
import { principalRefSchema, timeSchema } from "../common.ts";

/** What can be talked about: `run/12`, `plan/3`, `model/flights/2`, `alert/4`. */
export const subjectSchema = z
  .string()
  .regex(
    /^(run\/[1-9]\d{0,15}|plan\/[1-9]\d{0,15}|alert\/[1-9]\d{0,15}|model\/[^/\s]{1,200}\/[1-9]\d{0,15})$/,
    "must be run/NUMBER, plan/NUMBER, alert/NUMBER or model/NAME/VERSION",
  );

export const commentSchema = z.object({
  id: z.string(),
  subject: z.string(),
  /** The comment that it answers; null where it begins a thread. */
  replyTo: z.string().nullable(),
  /** Markdown; empty once it is deleted. */
  text: z.string(),
  author: principalRefSchema,
  createdAt: timeSchema,
  editedAt: timeSchema.nullable(),
  deletedAt: timeSchema.nullable(),
  /** Of what begins a thread. */
  resolved: z.object({ by: principalRefSchema, at: timeSchema }).nullable(),
  /** Who was told. */
  mentioned: z.array(principalRefSchema),
  /** May the caller edit and delete it? */
  own: z.boolean(),
});
export type Comment = z.infer<typeof commentSchema>;

/** A name that was mentioned and told nothing, with the reason. */
export const notMentionedSchema = z.object({ name: z.string(), why: z.string() });

export const writtenCommentSchema = commentSchema.extend({ notMentioned: z.array(notMentionedSchema) });

const textSchema = z
  .string()
  .max(10_000)
  .refine((text) => text.trim() !== "", "must not be empty");

export const addCommentBody = z.object({
  subject: subjectSchema,
  text: textSchema,
  replyTo: z.string().max(100).optional(),
});
export const editCommentBody = z.object({ text: textSchema });

export const commentVersionSchema = z.object({ text: z.string(), until: timeSchema });
