import { createHash, randomInt } from "node:crypto";

/** No vowels, so that no words come about, and nothing that looks like a digit (RFC 8628, 6.1). */
const letters = "BCDFGHJKLMNPQRSTVWXZ";

/** Eight letters: 2.5 × 10¹⁰ codes, of which a person gets ten guesses in a quarter of an hour. */
export const newUserCode = (): string =>
  Array.from({ length: 8 }, () => letters[randomInt(letters.length)] ?? "B").join("");

/** As people read it: `BCDF-GHJK`. */
export const shownUserCode = (code: string): string => `${code.slice(0, 4)}-${code.slice(4)}`;

/** What is kept of a code. */
export const codeHash = (code: string): string => createHash("sha256").update(code).digest("hex");
