/** What the platform hands this component in $PAVE_CONNECTION: a connection with its password, for this process alone. */
import { fail } from "../lib/step.ts";

export interface Connection {
  readonly name: string;
  /** Null: of no environment. */
  readonly environment: string | null;
  readonly type: "postgres" | "mysql" | "s3" | "http";
  readonly settings: Settings;
  readonly password: string;
  /** Whether the platform lets connections lead to its own machine. */
  readonly allowLoopback: boolean;
}

export interface Settings {
  /** Of databases. */
  readonly host?: string;
  readonly port?: number;
  readonly database?: string;
  readonly user?: string;
  /** Of HTTP, and of S3 that is not Amazon's. */
  readonly url?: string;
  readonly region?: string;
  readonly bucket?: string;
  /** Certificates to be trusted, PEM. */
  readonly ca?: string;
  readonly tls: boolean;
}

export function givenConnection(): Connection {
  const text = process.env.PAVE_CONNECTION;
  // no child of this process needs it
  delete process.env.PAVE_CONNECTION;
  if (text === undefined)
    fail("param connection", {
      expected: "a connection that the platform hands over",
      found: "none",
      fix: "run it in a pipeline; connections are made with `pave connections add`",
    });
  return JSON.parse(text) as Connection;
}
