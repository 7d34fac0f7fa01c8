/** Lines of a file in pip's format with their continuations joined and comments gone; the number is that of the first. */
export function* joinedLines(text: string): Generator<{ readonly text: string; readonly line: number }> {
  let parts: string[] = [];
  let start = 0;
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const line = raw.replace(/(^|\s)#.*$/, "").trim();
    if (parts.length === 0) start = index + 1;
    const continues = line.endsWith("\\");
    const part = (continues ? line.slice(0, -1) : line).trim();
    if (part !== "") parts.push(part);
    if (continues || parts.length === 0) continue;
    yield { text: parts.join(" "), line: start };
    parts = [];
  }
  if (parts.length > 0) yield { text: parts.join(" "), line: start };
}
