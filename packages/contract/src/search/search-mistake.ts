import type { ExpectedPart } from "./parts.ts";

interface Place {
  /** Of the first character that does not fit, from 0. */
  readonly position: number;
  /** Behind the last one; the same where something is missing. */
  readonly end?: number;
  /** What is wrong there, where the message says more: `expected a comparator, found its end`. */
  readonly detail?: string;
  /** What could stand there, as far as one word tells. */
  readonly expected?: ExpectedPart | undefined;
}

/** A filter or an order that says nothing which can be searched for, with the place where it stops doing so. */
export class SearchMistake extends Error {
  override readonly name = "SearchMistake";
  readonly position: number;
  readonly end: number;
  readonly detail: string;
  readonly expected: ExpectedPart | undefined;

  constructor(message: string, { position, end = position, detail = message, expected }: Place) {
    super(message);
    this.position = position;
    this.end = end;
    this.detail = detail;
    this.expected = expected;
  }
}
