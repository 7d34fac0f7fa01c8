import type { Preview } from "@pave/contract";

/** The text, or undefined where these bytes are none. A character that was cut in two at the end is left out. */
export function decodeText(bytes: Uint8Array, isCut: boolean): string | undefined {
  if (bytes.includes(0)) return undefined;
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: isCut });
  } catch {
    return undefined;
  }
}

/** Longer lines than that are no lines that anybody reads, and slow every browser. */
const longestLine = 4000;

export function previewText(text: string, name: string, isCut: boolean): Preview {
  const lines = text.split("\n");
  const isLong = lines.some((line) => line.length > longestLine);
  return {
    kind: "text",
    text: isLong ? lines.map((line) => cutText(line, longestLine)).join("\n") : text,
    isMarkdown: /\.(md|markdown)$/i.test(name),
    isCut: isCut || isLong,
  };
}

/** Never between the halves of a character. */
export const cutText = (text: string, most: number): string =>
  text.length <= most ? text : `${text.slice(0, most - 1).replace(/[\uD800-\uDBFF]$/, "")}…`;
