import { type Logger as PinoLogger, pino } from "pino";

export type Logger = Pick<PinoLogger, "debug" | "info" | "warn" | "error" | "fatal"> & {
  child(bindings: Record<string, unknown>): Logger;
};

/**
 * JSON lines on stderr or a file. Headers, tokens and bodies are never passed to it; the redaction below is the
 * second fence, not the first.
 */
export function createLogger(options: { level?: string; file?: string; name?: string } = {}): Logger {
  return pino(
    {
      level: options.level ?? "info",
      base: options.name ? { name: options.name } : {},
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: {
        paths: ["token", "password", "secret", "authorization", "*.token", "*.password", "*.secret", "*.authorization"],
        censor: "[redacted]",
      },
    },
    pino.destination({ dest: options.file ?? 2, sync: options.file === undefined, mkdir: true, append: true }),
  );
}

export const silentLogger: Logger = pino({ level: "silent" });
