import type { Output } from "../output.ts";
import { shownJson } from "../plain-text.ts";
import type { Tally } from "./tally.ts";

/** Says how far an import is: a line that moves on a terminal, plain lines elsewhere, JSON lines on stderr with --json. */
export interface ImportProgress {
  /** Something else begins. */
  at(what: string): void;
  /** Something more was copied. */
  step(): void;
  stop(): void;
}

const everyMs = { plain: 5000, json: 1000 } as const;

export function createImportProgress(
  options: { readonly output: Output; readonly json: boolean; readonly write: (line: string) => void },
  tally: Pick<Tally, "line" | "report">,
): ImportProgress {
  const { output, json, write } = options;
  const shown = output.progress("reading the source");
  let [what, last] = ["the source", 0];
  const tell = () => {
    last = Date.now();
    if (json) write(shownJson({ event: "progress", at: what, counts: tally.report().counts }));
    else if (!output.isTerminal) output.note(`${what}: ${tally.line()}`);
  };
  return {
    at(next) {
      what = next;
      shown.update(`${what}: ${tally.line()}`);
      tell();
    },
    step() {
      shown.update(`${what}: ${tally.line()}`);
      if (Date.now() - last >= (json ? everyMs.json : everyMs.plain)) tell();
    },
    stop: () => shown.stop(),
  };
}
