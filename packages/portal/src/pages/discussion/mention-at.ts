/** The mention that is being typed at the caret, if any: where its name begins, and what of it is there. */
export function mentionAt(text: string, caret: number): { readonly from: number; readonly prefix: string } | undefined {
  const found = /(?:^|[^\w@./-])@([a-z0-9-]{0,62})$/.exec(text.slice(0, caret));
  if (!found) return undefined;
  const prefix = found[1] ?? "";
  return { from: caret - prefix.length, prefix };
}

/** The text with the name in the place of what was typed of it, and where the caret goes. */
export function completeMention(
  text: string,
  caret: number,
  name: string,
): { readonly text: string; readonly caret: number } {
  const at = mentionAt(text, caret);
  if (!at) return { text, caret };
  const before = `${text.slice(0, at.from)}${name} `;
  return { text: before + text.slice(caret).replace(/^ /, ""), caret: before.length };
}
