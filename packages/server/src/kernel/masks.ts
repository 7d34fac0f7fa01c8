/*
 * What must not be seen of a secret: the value, and the forms that programs turn values into before they print them.
 * Matches are exact; what is cut, reversed or encrypted is not found.
 */

export interface Mask {
  /** Of the secret. */
  readonly name: string;
  readonly text: string;
}

export const masked = "***";

/** Lines and cores that are shorter would mask ordinary text. */
const shortest = 8;

/** Every text that gives the value away, whole values before their parts. */
export function masksOf(name: string, value: string): Mask[] {
  const trimmed = value.trim();
  const lines = trimmed.split(/\r?\n/).map((line) => line.trim());
  const wholes = [...new Set([value, trimmed, ...(lines.length > 1 ? lines : [])])];
  const texts = wholes.filter((text) => text.length >= shortest).flatMap(formsOf);
  return [...new Set(texts)].filter((text) => text.length >= shortest).map((text) => ({ name, text }));
}

function formsOf(value: string): string[] {
  const url = encodeURIComponent(value);
  // As Python's quote has it, which leaves fewer characters.
  const strict = url.replace(/[!'()*]/g, (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`);
  const json = JSON.stringify(value).slice(1, -1);
  const bytes = Buffer.from(value);
  return [
    value,
    ...[url, strict].flatMap((text) => [
      text,
      lowerHex(text),
      text.replaceAll("%20", "+"),
      text.replaceAll("%2F", "/"),
    ]),
    json,
    json.replaceAll("/", "\\/"),
    json.replace(/[\u007f-\uffff]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`),
    bytes.toString("hex"),
    bytes.toString("hex").toUpperCase(),
    ...[bytes, Buffer.from(`${value}\n`)].flatMap(base64Forms),
    ...innerBase64(bytes),
  ];
}

const lowerHex = (text: string): string => text.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase());

function base64Forms(bytes: Buffer): string[] {
  const standard = bytes.toString("base64");
  const url = standard.replaceAll("+", "-").replaceAll("/", "_");
  return [standard, standard.replace(/=+$/, ""), url, url.replace(/=+$/, "")];
}

/** What base64 makes of the value inside of a longer text (`user:password`), for each place where it may begin. */
function innerBase64(bytes: Buffer): string[] {
  return [0, 1, 2].flatMap((before) => {
    const skipped = (3 - before) % 3;
    const whole = bytes.length - skipped - ((bytes.length - skipped) % 3);
    const text = bytes.subarray(skipped, skipped + whole).toString("base64");
    return [text, text.replaceAll("+", "-").replaceAll("/", "_")];
  });
}

export type Masker = <T>(value: T) => T;

/** Masks texts, and every text and key within a value. */
export function createMasker(masks: readonly Mask[]): Masker {
  if (masks.length === 0) return (value) => value;
  const texts = [...new Set(masks.map(({ text }) => text))].sort((a, b) => b.length - a.length);
  const pattern = new RegExp(texts.map((text) => text.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&")).join("|"), "g");
  const mask = (value: unknown): unknown => {
    if (typeof value === "string") return value.replace(pattern, masked);
    if (Array.isArray(value)) return value.map(mask);
    if (typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype)
      return Object.fromEntries(Object.entries(value).map(([key, item]) => [mask(key), mask(item)]));
    return value;
  };
  return mask as Masker;
}
