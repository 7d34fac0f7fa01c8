import { z } from "zod";
import { runnerBoundsSchema } from "./isolation.ts";

/** The number of the API's present form: what a client of another number sends may not be understood. */
export const apiVersion = 1;

export const healthSchema = z.object({
  status: z.enum(["ok", "starting", "stopping"]),
  version: z.string(),
  /** Clients of another number are told to be upgraded, or the server. */
  api: z.number().int().optional(),
  dataFolder: z.string().optional(),
});

export const systemInfoSchema = z.object({
  version: z.string(),
  database: z.object({ version: z.string(), embedded: z.boolean() }),
  /** The store that new bytes of artifacts go to. */
  artifacts: z.object({ name: z.string(), reachable: z.boolean(), message: z.string().nullable() }),
  gateway: z.object({ url: z.string(), connected: z.boolean(), lastSeenAt: z.string().nullable() }),
  runner: z.object({
    connected: z.boolean(),
    lastSeenAt: z.string().nullable(),
    isolation: z.string().nullable(),
    /** What it can hold of the bounds of steps; null until it has told. */
    bounds: runnerBoundsSchema.nullable(),
  }),
});

/** What `pave up` says of itself once its API is healthy: a line of JSON, for whoever started it. */
export interface ServerReady {
  readonly url: string;
  readonly gatewayUrl: string;
  readonly signInUrl: string;
  readonly dataFolder: string;
  readonly version: string;
  /** From the start of its process to a healthy API. */
  readonly seconds: number;
  /** What its owner should change, in a sentence each. */
  readonly warnings?: readonly string[];
}

/** A hint on the event stream: something under these topics changed; read it again. */
export const streamEventSchema = z.object({ topics: z.array(z.string()) });
