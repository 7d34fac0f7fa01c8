import { stripVTControlCharacters } from "node:util";
import type { Client } from "@pave/contract";

/**
 * Names, messages and logs come from steps and from other people. What they contain must not move the cursor, rename
 * the window or hide a line of this terminal.
 */

/** Without escape sequences and control characters; lines and tabs stay. */
export const plainText = (text: string): string => stripVTControlCharacters(text).replace(controls, "");

// biome-ignore lint/suspicious/noControlCharactersInRegex: the control characters that are taken out
const controls = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;

/** The same value with every text in it made plain. */
export function plain<T>(value: T): T {
  if (typeof value === "string") return plainText(value) as T;
  if (Array.isArray(value)) return value.map(plain) as T;
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [plainText(key), plain(part)])) as T;
}

/** Streams; logs, which `logWriter` shows with their colours; a file to be written; JSON that escapes what it contains. */
const exact: readonly string[] = ["raw", "getLogs", "lockRevision", "tryDeployment"];

/** A client whose answers are fit to be shown. */
export function plainClient(client: Client): Client {
  const entries = Object.entries(client).map(([name, call]: [string, (...args: never[]) => Promise<unknown>]) => {
    if (exact.includes(name)) return [name, call];
    return [name, async (...args: never[]) => plain(await call(...args))];
  });
  return Object.fromEntries(entries) as Client;
}

/** Makes pieces of a log plain as they come. Colours stay where `colors` says so; a sequence may be cut between pieces. */
export function logWriter(write: (text: string) => void, options: { readonly colors: boolean }) {
  let held = "";
  return (piece: string): void => {
    const text = held + piece;
    const cut = openSequence.exec(text)?.index ?? text.length;
    held = text.slice(cut);
    const parts = text.slice(0, cut).replaceAll(/\r\n?/g, "\n").split(color);
    write(parts.map((part, index) => (index % 2 === 0 ? plainText(part) : options.colors ? part : "")).join(""));
  };
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: the escape sequences of colours
const color = /(\u001b\[[0-9;:]*m)/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: the beginning of such a sequence, or of a line's end
const openSequence = /(\u001b(\[[0-9;:]{0,40})?|\r)$/;

/** JSON that is as safe to show: JSON itself leaves DEL and the C1 controls as they are. */
export const shownJson = (value: unknown, space?: number): string =>
  JSON.stringify(value, null, space).replace(
    /[\u007f-\u009f]/g,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
