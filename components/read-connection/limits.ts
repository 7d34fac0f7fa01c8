import { ConnectionFailure } from "./failure.ts";

export interface Limits {
  readonly maxRows: number;
  readonly maxBytes: number;
  readonly timeoutSeconds: number;
}

/** Counts what is read, and fails where it is more than was said. */
export class Meter {
  readonly #limits: Limits;
  rows = 0;
  bytes = 0;
  constructor(limits: Limits) {
    this.#limits = limits;
  }
  take(rows: number, bytes: number): void {
    this.rows += rows;
    this.bytes += bytes;
    if (this.rows > this.#limits.maxRows)
      throw new ConnectionFailure(
        "limit",
        `it gives more than ${this.#limits.maxRows} rows`,
        "let the query choose fewer, or raise `maxRows`",
      );
    if (this.bytes > this.#limits.maxBytes)
      throw new ConnectionFailure(
        "limit",
        `it gives more than ${this.#limits.maxBytes} bytes`,
        "let the query choose less, or raise `maxBytes`",
      );
  }
}
