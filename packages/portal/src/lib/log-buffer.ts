import type { Logs } from "@pave/contract";

type Chunk = Logs["chunks"][number];

export interface LogLine {
  readonly time: string;
  readonly stream: Chunk["stream"];
  text: string;
}

/**
 * The log of one attempt as lines. Chunks end anywhere, also inside a line, and the streams are mixed; each stream has
 * at most one open line. `appendLogs` makes a new buffer around the same array of lines, so that a growing log of many
 * lines is never copied; a buffer is to be thrown away once it was appended to.
 */
export interface LogBuffer {
  readonly lines: readonly LogLine[];
  readonly next: number;
  readonly isFinished: boolean;
  /** The last read brought something, so there may be more at once. */
  readonly isBehind: boolean;
  readonly open: Readonly<Partial<Record<Chunk["stream"], LogLine>>>;
}

export const emptyLog: LogBuffer = { lines: [], next: 0, isFinished: false, isBehind: true, open: {} };

export function appendLogs(buffer: LogBuffer, logs: Logs): LogBuffer {
  // the empty buffer is shared, so its array must stay empty
  const lines = buffer === emptyLog ? [] : (buffer.lines as LogLine[]);
  const open = { ...buffer.open };
  for (const chunk of logs.chunks) {
    // a chunk that was seen before comes again when reads overlap
    if (chunk.offset < buffer.next) continue;
    appendChunk(lines, open, chunk);
  }
  return { lines, next: logs.next, isFinished: logs.finished, isBehind: logs.chunks.length > 0, open };
}

function appendChunk(lines: LogLine[], open: Partial<Record<Chunk["stream"], LogLine>>, chunk: Chunk): void {
  const parts = chunk.text.split("\n");
  for (const [index, part] of parts.entries()) {
    const isLast = index === parts.length - 1;
    if (isLast && part === "") return;
    const line = open[chunk.stream];
    if (line) line.text = plain(line.text + part);
    else {
      const made = { time: chunk.time, stream: chunk.stream, text: plain(part) };
      lines.push(made);
      open[chunk.stream] = made;
    }
    if (!isLast) delete open[chunk.stream];
  }
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the escape sequences of terminals
const escapes = /\u001b\[[0-9;?]*[ -/]*[@-~]/g;

/** Without colours, and as a terminal shows it: what follows a carriage return replaces what stood before. */
function plain(text: string): string {
  const shown = text.replace(escapes, "").replace(/\r+$/, "");
  return shown.slice(shown.lastIndexOf("\r") + 1);
}

export const logText = (lines: readonly LogLine[]): string => lines.map(({ text }) => `${text}\n`).join("");

/** Places of the lines that contain the text, whatever its case. */
export function findInLog(lines: readonly LogLine[], query: string): number[] {
  const wanted = query.toLowerCase();
  if (wanted === "") return [];
  return lines.flatMap(({ text }, index) => (text.toLowerCase().includes(wanted) ? [index] : []));
}
