export interface TextPart {
  readonly text: string;
  readonly isMention: boolean;
}

/** A text cut at the mentions of those who can be told; whoever else is named stays text. */
export function splitMentions(text: string, names: readonly string[]): TextPart[] {
  const parts: TextPart[] = [];
  let from = 0;
  // as the server reads them: not within an address, and a dash at the end is not the name's
  for (const match of text.matchAll(/(?<![\w@./-])@([a-z][a-z0-9-]{0,62})/g)) {
    const name = (match[1] ?? "").replace(/-+$/, "");
    if (!names.includes(name)) continue;
    if (match.index > from) parts.push({ text: text.slice(from, match.index), isMention: false });
    parts.push({ text: `@${name}`, isMention: true });
    from = match.index + 1 + name.length;
  }
  if (from < text.length) parts.push({ text: text.slice(from), isMention: false });
  return parts;
}
