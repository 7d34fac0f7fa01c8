/**
 * What a gateway and the runner beside it say over a local socket, a line of JSON each: the gateway runs no code of
 * models of Python itself, the runner does, in a process kept apart like a step. Neither needs the api for it.
 *
 * - The gateway sends `want` with all models that it wants, after connecting and whenever that changes.
 * - The runner answers `state` for each, whenever that changes. `started`: a process listens, or will soon, on
 *   `socket`, and says hello there when the model is loaded. `failed`: why not; it is tried again nevertheless.
 * - A process ends when nobody watches it any more, so a gateway that is gone leaves none behind.
 */
import { z } from "zod";
import { attemptIsolationSchema } from "./resources/isolation.ts";
import { pythonRequestSchema } from "./resources/work.ts";

export const wantedModelSchema = z.object({
  releaseId: z.string(),
  /** The model folder; the process gets a copy. */
  folder: z.string(),
  python: pythonRequestSchema,
  memoryBytes: z.number().positive(),
  /** To import, load and score its example. */
  startSeconds: z.number().positive(),
});
export type WantedModel = z.infer<typeof wantedModelSchema>;

export const modelHostRequestSchema = z.object({ type: z.literal("want"), models: z.array(wantedModelSchema) });
export type ModelHostRequest = z.infer<typeof modelHostRequestSchema>;

export const hostedModelSchema = z.object({
  type: z.literal("state"),
  releaseId: z.string(),
  state: z.enum(["starting", "started", "failed"]),
  socket: z.string().nullable(),
  /** One sentence, when failed. */
  error: z.string().nullable(),
  /** Which bounds hold for its process, once it was started. */
  isolation: attemptIsolationSchema.nullish(),
});
export type HostedModel = z.infer<typeof hostedModelSchema>;
