const picture = /^!\[[^\]]*\]\([^)]+\.png\)$/;

/** Markdown without its pictures: lines that are one, and columns of tables that hold nothing else. */
export function withoutPictures(markdown: string): string {
  if (!markdown.includes(".png)")) return markdown;
  const kept: string[] = [];
  let table: string[] = [];
  for (const line of [...markdown.split("\n"), undefined]) {
    if (line?.startsWith("|")) table.push(line);
    else {
      kept.push(...withoutColumns(table), ...(line === undefined || picture.test(line.trim()) ? [] : [line]));
      table = [];
    }
  }
  return kept.join("\n").replace(/\n{3,}/g, "\n\n");
}

function withoutColumns(table: readonly string[]): string[] {
  if (!table.some((line) => line.includes(".png)"))) return [...table];
  const rows = table.map((line) => line.split("|").map((cell) => cell.trim()));
  const isPictures = (column: number) =>
    rows.slice(2).every((row) => (row[column] ?? "") === "" || picture.test(row[column] ?? "")) &&
    rows.some((row) => picture.test(row[column] ?? ""));
  return rows.map((row) =>
    row
      .filter((_, column) => !isPictures(column))
      .join(" | ")
      .trim(),
  );
}
