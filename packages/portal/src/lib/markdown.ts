/**
 * The part of Markdown that cards and notes use: headings, paragraphs, lists, quotes, code, tables, bold, italics, code
 * spans and links. It makes data, not HTML, so nothing in a text can become a tag or a script. Links that are not
 * http(s), mailto or within the portal stay plain text.
 */
export type Inline =
  | { readonly kind: "text" | "strong" | "emphasis" | "code"; readonly text: string }
  | { readonly kind: "link"; readonly text: string; readonly href: string };

export type Block =
  | { readonly kind: "heading"; readonly level: number; readonly content: readonly Inline[] }
  | { readonly kind: "paragraph" | "quote"; readonly content: readonly Inline[] }
  | { readonly kind: "code"; readonly text: string }
  | { readonly kind: "list"; readonly ordered: boolean; readonly items: readonly (readonly Inline[])[] }
  | {
      readonly kind: "table";
      readonly head: readonly (readonly Inline[])[];
      readonly rows: readonly (readonly (readonly Inline[])[])[];
    }
  | { readonly kind: "rule" };

export function parseMarkdown(source: string): Block[] {
  const lines = source.replaceAll("\r\n", "\n").split("\n");
  const blocks: Block[] = [];
  let at = 0;
  const takeWhile = (matches: (line: string) => boolean): string[] => {
    const from = at;
    while (at < lines.length && matches(lines[at] ?? "")) at += 1;
    return lines.slice(from, at);
  };
  while (at < lines.length) {
    const line = lines[at] ?? "";
    const heading = /^(#{1,6})\s+(.*?)\s*#*$/.exec(line);
    if (line.trim() === "") at += 1;
    else if (line.startsWith("```")) {
      at += 1;
      blocks.push({ kind: "code", text: takeWhile((one) => !one.startsWith("```")).join("\n") });
      at += 1;
    } else if (heading) {
      at += 1;
      blocks.push({ kind: "heading", level: (heading[1] ?? "#").length, content: parseInline(heading[2] ?? "") });
    } else if (/^(-{3,}|\*{3,}|_{3,})\s*$/.test(line)) {
      at += 1;
      blocks.push({ kind: "rule" });
    } else if (isTable(line, lines[at + 1])) {
      const [head = "", , ...rows] = takeWhile((one) => one.trim().startsWith("|"));
      blocks.push({ kind: "table", head: cellsOf(head), rows: rows.map(cellsOf) });
    } else if (line.startsWith(">")) {
      const text = takeWhile((one) => one.startsWith(">")).map((one) => one.replace(/^>\s?/, ""));
      blocks.push({ kind: "quote", content: parseInline(text.join(" ")) });
    } else if (isItem(line)) {
      const items = itemsOf(takeWhile((one) => isItem(one) || /^\s{2,}\S/.test(one)));
      blocks.push({ kind: "list", ordered: /^\s*\d/.test(line), items: items.map(parseInline) });
    } else {
      const first = at;
      const text = takeWhile((one) => one.trim() !== "" && (!startsBlock(one) || at === first));
      blocks.push({ kind: "paragraph", content: parseInline(text.map((one) => one.trim()).join(" ")) });
    }
  }
  return blocks;
}

const isItem = (line: string): boolean => /^\s*([-*+]|\d+[.)])\s+/.test(line);
const startsBlock = (line: string): boolean => isItem(line) || /^(#{1,6}\s|```|>|\|)/.test(line);
const isTable = (line: string, next: string | undefined): boolean =>
  line.trim().startsWith("|") && /^\s*\|[\s:|-]+\|\s*$/.test(next ?? "");
const cellsOf = (line: string): Inline[][] =>
  line
    .trim()
    .replace(/^\|/, "")
    .replace(/\|$/, "")
    .split("|")
    .map((cell) => parseInline(cell.trim()));

function itemsOf(lines: readonly string[]): string[] {
  const items: string[] = [];
  for (const line of lines) {
    if (isItem(line)) items.push(line.replace(/^\s*([-*+]|\d+[.)])\s+/, ""));
    else items.push(`${items.pop() ?? ""} ${line.trim()}`);
  }
  return items;
}

const inlinePattern = /`([^`]+)`|\*\*([^*]+)\*\*|__([^_]+)__|\*([^*\s][^*]*)\*|\[([^\]]+)\]\(([^)\s]+)\)/g;

export function parseInline(text: string): Inline[] {
  const parts: Inline[] = [];
  let from = 0;
  for (const match of text.matchAll(inlinePattern)) {
    const [whole, code, strong, strong2, emphasis, label, href] = match;
    if (match.index > from) parts.push({ kind: "text", text: text.slice(from, match.index) });
    from = match.index + whole.length;
    if (code !== undefined) parts.push({ kind: "code", text: code });
    else if (strong !== undefined || strong2 !== undefined)
      parts.push({ kind: "strong", text: strong ?? strong2 ?? "" });
    else if (emphasis !== undefined) parts.push({ kind: "emphasis", text: emphasis });
    else if (label !== undefined && href !== undefined)
      parts.push(isSafe(href) ? { kind: "link", text: label, href } : { kind: "text", text: label });
  }
  if (from < text.length) parts.push({ kind: "text", text: text.slice(from) });
  return parts;
}

const isSafe = (href: string): boolean => /^(https?:\/\/|mailto:|\/(?![/\\])|#)/i.test(href);
