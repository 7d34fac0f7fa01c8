/** How many characters of a text value are in the index. */
export const indexedLength = 64;

/** What the index has of a text. */
export const indexedPart = (text: string): string => [...text].slice(0, indexedLength).join("");

/** What every text that a LIKE pattern fits begins with, as far as it is in the index. */
export const fixedBeginning = (pattern: string): string => indexedPart(/^[^%_]*/.exec(pattern)?.[0] ?? "");

/** The first text, by bytes, after all that begin with this one; undefined where there is none. */
export function afterAllWith(beginning: string): string | undefined {
  const signs = [...beginning];
  for (let last = signs.pop(); last !== undefined; last = signs.pop()) {
    const code = (last.codePointAt(0) ?? 0) + 1;
    // halves of characters are in no text
    if (code <= 0x10ffff) return signs.join("") + String.fromCodePoint(code === 0xd800 ? 0xe000 : code);
  }
  return undefined;
}
