import type { Writable } from "node:stream";

/** What the spinner draws on: stderr, or a stand-in in tests. */
export type Terminal = Pick<Writable, "write"> & { readonly columns?: number };

export interface Spinner {
  text: string;
  /** Writes a whole line above the spinner. */
  above(line: string): void;
  /** Ends it, with a line in its place if one is given. */
  stop(line?: string): void;
}

const frames = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];
const eraseLine = "\r\u001b[K";

/**
 * One line that moves while something takes time. Unlike the libraries for it, it leaves signals alone: Ctrl-C must
 * reach the command, which says what goes on without it.
 */
export function startSpinner(terminal: Terminal, first: string): Spinner {
  let text = first;
  let frame = 0;
  const draw = () => {
    const room = Math.max(10, (terminal.columns ?? 80) - 3);
    const line = text.replaceAll("\n", " ");
    terminal.write(
      `${eraseLine}${frames[frame % frames.length]} ${line.length > room ? `${line.slice(0, room - 1)}…` : line}`,
    );
  };
  draw();
  const timer = setInterval(() => {
    frame += 1;
    draw();
  }, 80);
  timer.unref();
  return {
    get text() {
      return text;
    },
    set text(next) {
      text = next;
    },
    above(line) {
      terminal.write(`${eraseLine}${line}\n`);
      draw();
    },
    stop(line) {
      clearInterval(timer);
      terminal.write(line === undefined ? eraseLine : `${eraseLine}${line}\n`);
    },
  };
}
