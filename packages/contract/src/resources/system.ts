import { z } from "zod";

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
  gateway: z.object({ url: z.string(), connected: z.boolean(), lastSeenAt: z.string().nullable() }),
  runner: z.object({ connected: z.boolean(), lastSeenAt: z.string().nullable(), isolation: z.string().nullable() }),
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
}

/** A hint on the event stream: something under these topics changed; read it again. */
export const streamEventSchema = z.object({ topics: z.array(z.string()) });
