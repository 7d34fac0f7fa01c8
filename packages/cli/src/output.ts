import pc from "picocolors";
import { environment } from "./environment.ts";
import { type Spinner, startSpinner, type Terminal } from "./spinner.ts";

/** Where words go: results to stdout, everything else to stderr, so that a pipe sees only results. */
export interface Output {
  readonly isTerminal: boolean;
  line(text: string): void;
  /** A passing remark on stderr; silent with --json and --quiet. */
  note(text: string): void;
  /** Shows that something takes time: a spinner on a terminal, a line at its end elsewhere. */
  progress(text: string): Progress;
}

interface Progress {
  update(text: string): void;
  done(text: string): void;
  fail(text: string): void;
  /** Ends without a word. */
  stop(): void;
}

/** Colours only where both streams are a terminal: words meant for one often end in the other, or in a file. */
export const colors = pc.createColors(
  environment().NO_COLOR
    ? false
    : Boolean(environment().FORCE_COLOR) ||
        (process.stdout.isTTY && process.stderr.isTTY && environment().TERM !== "dumb"),
);

/** Results may have colours of others, such as a step's, where stdout is a terminal. */
export const keepsColors = (): boolean => Boolean(process.stdout.isTTY) && !environment().NO_COLOR;

export interface OutputOptions {
  readonly json: boolean;
  readonly quiet: boolean;
  /** Stderr, unless told otherwise. */
  readonly terminal?: Terminal & { readonly isTTY?: boolean };
}

export function createOutput({ json, quiet, terminal = process.stderr }: OutputOptions): Output {
  const isSilent = json || quiet;
  const isTerminal = Boolean(terminal.isTTY) && environment().TERM !== "dumb" && !isSilent;
  let spinner: Spinner | undefined;
  const note = (text: string): void => {
    if (isSilent) return;
    if (spinner) spinner.above(text);
    else terminal.write(`${text}\n`);
  };
  return {
    isTerminal,
    line: (text) => void process.stdout.write(`${text}\n`),
    note,
    progress(text) {
      if (isTerminal) spinner = startSpinner(terminal, text);
      const end = (line?: string) => {
        const running = spinner;
        spinner = undefined;
        if (running) running.stop(line);
        else if (line !== undefined) note(line);
      };
      return {
        update(text) {
          if (spinner) spinner.text = text;
        },
        done: (text) => end(`${colors.green("✔")} ${text}`),
        fail: (text) => end(`${colors.red("✖")} ${text}`),
        stop: () => end(),
      };
    },
  };
}

/** A table with aligned columns; numbers stand right. */
export function table(
  head: readonly string[],
  rows: readonly (readonly (string | number | null | undefined)[])[],
  empty: string,
): string {
  if (rows.length === 0) return colors.dim(empty);
  const cells = rows.map((row) =>
    row.map((cell) => (cell === null || cell === undefined ? "–" : oneLine(String(cell)))),
  );
  const widths = head.map((title, column) => Math.max(width(title), ...cells.map((row) => width(row[column] ?? ""))));
  const numeric = head.map((_, column) => rows.every((row) => row[column] === null || typeof row[column] === "number"));
  const align = (cell: string, column: number) => {
    const space = " ".repeat(Math.max(0, (widths[column] ?? 0) - width(cell)));
    return numeric[column] ? space + cell : cell + space;
  };
  return [colors.dim(head.map(align).join("  ")), ...cells.map((row) => row.map(align).join("  ").trimEnd())].join(
    "\n",
  );
}

const oneLine = (text: string): string => text.replaceAll(/\s*\n\s*/g, " ");

/** `name: value` lines with aligned values. */
export function facts(entries: readonly (readonly [string, string | number | null | undefined])[]): string {
  const longest = Math.max(0, ...entries.map(([name]) => name.length));
  return entries.map(([name, value]) => `${colors.dim(name.padEnd(longest))}  ${value ?? "–"}`).join("\n");
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: the escape sequences of colours
const escapes = /\u001b\[[0-9;]*m/g;
const width = (text: string): number => text.replace(escapes, "").length;

const tones: Record<string, (text: string) => string> = {
  succeeded: colors.green,
  ready: colors.green,
  READY: colors.green,
  active: colors.green,
  applied: colors.green,
  healthy: colors.green,
  pass: colors.green,
  done: colors.green,
  completed: colors.green,
  failed: colors.red,
  blocked: colors.red,
  down: colors.red,
  fail: colors.red,
  error: colors.red,
  rejected: colors.red,
  aborted: colors.red,
  running: colors.cyan,
  evaluating: colors.cyan,
  applying: colors.cyan,
  "rolling-out": colors.cyan,
  stepping: colors.cyan,
  queued: colors.cyan,
  open: colors.yellow,
  stale: colors.yellow,
  degraded: colors.yellow,
  waiting: colors.yellow,
  paused: colors.yellow,
  cancelled: colors.dim,
  superseded: colors.dim,
  skipped: colors.dim,
};
/** A state in its colour. */
export const state = (name: string): string => (tones[name] ?? ((text: string) => text))(name);

export function ago(time: string | null, now = Date.now()): string {
  if (time === null) return "–";
  const seconds = Math.max(0, (now - Date.parse(time)) / 1000);
  if (seconds < 60) return `${Math.floor(seconds)} s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ago`;
  return `${Math.floor(seconds / 86_400)} d ago`;
}

export function seconds(from: string | null, to: string | null): string {
  if (!from) return "–";
  const value = ((to ? Date.parse(to) : Date.now()) - Date.parse(from)) / 1000;
  if (value < 60) return `${value.toFixed(1)} s`;
  const whole = Math.round(value);
  return `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

/** Four digits behind the point, or three that say something of what is smaller. */
export function metric(value: number): string {
  if (Number.isInteger(value)) return String(value);
  return Math.abs(value) < 1e-3 ? String(Number(value.toPrecision(3))) : value.toFixed(4);
}
