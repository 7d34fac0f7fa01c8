import { performance } from "node:perf_hooks";

/** One stage of the road: its words, how long it took, and what it found. */
export interface StageResult {
  readonly title: string;
  readonly seconds: number;
  readonly found: string;
}

const isTerminal = Boolean(process.stderr.isTTY);
const hasColors = isTerminal && !process.env.NO_COLOR;
const dim = (text: string) => (hasColors ? `\x1b[2m${text}\x1b[0m` : text);
const green = (text: string) => (hasColors ? `\x1b[32m${text}\x1b[0m` : text);
const red = (text: string) => (hasColors ? `\x1b[31m${text}\x1b[0m` : text);

export class Stages {
  readonly results: StageResult[] = [];

  /** Runs a stage; `work` gives one line of what it found, or throws. What it says on the way is shown on a terminal. */
  async run(title: string, command: string, work: (say: (text: string) => void) => Promise<string>): Promise<void> {
    const started = performance.now();
    const say = (text: string) => {
      if (isTerminal) process.stderr.write(`\r\x1b[K… ${title}  ${dim(text)}`);
    };
    say(command);
    try {
      const found = await work(say);
      const seconds = (performance.now() - started) / 1000;
      this.results.push({ title, seconds, found });
      process.stderr.write(
        `${isTerminal ? "\r\x1b[K" : ""}${green("✔")} ${title.padEnd(26)} ${`${seconds.toFixed(1)} s`.padStart(7)}  ${found}${command ? `\n    ${dim(command)}` : ""}\n`,
      );
    } catch (error) {
      process.stderr.write(`${isTerminal ? "\r\x1b[K" : ""}${red("✖")} ${title}\n`);
      throw error;
    }
  }
}
