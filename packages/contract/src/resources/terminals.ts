import { z } from "zod";
import { timeSchema } from "../common.ts";

/** What the terminal client is called where it asks to act as somebody. */
export const terminalClientId = "pave-cli";

/** How a terminal names the machine it runs on; shown to who is asked. */
export const hostSchema = z
  .string()
  .min(1)
  .max(100)
  .regex(/^[^\p{C}]+$/u, "must have no control characters");

/** BCDF-GHJK, as a person types it: with or without the dash, in any case. */
export const userCodeSchema = z
  .string()
  .max(20)
  .transform((code) => code.toUpperCase().replaceAll(/[^A-Z]/g, ""))
  .refine((code) => code.length === 8, "must be the eight letters that the terminal shows");

/** A terminal that asks to act as whoever is signed in. */
export const terminalRequestSchema = z.object({
  host: z.string(),
  /** The network address it asked from. */
  address: z.string(),
  askedAt: timeSchema,
  expiresAt: timeSchema,
});
export type TerminalRequest = z.infer<typeof terminalRequestSchema>;

export const allowTerminalBody = z.object({
  redirectUri: z.string().max(200),
  /** RFC 7636, method S256. */
  codeChallenge: z.string().regex(/^[A-Za-z0-9_-]{43}$/, "must be a SHA-256 in base64url, of 43 characters"),
  state: z.string().min(16).max(200),
  host: hostSchema,
});

/**
 * Where a terminal of this machine listens for the answer: `http://127.0.0.1:PORT/callback`, RFC 8252. Nothing else, so
 * that no answer leaves the machine of the browser.
 */
export const isLoopbackRedirect = (uri: string): boolean =>
  /^http:\/\/(127\.0\.0\.1|\[::1\]):[1-9]\d{0,4}\/callback$/.test(uri) && URL.canParse(uri);
