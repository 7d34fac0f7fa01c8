/** A table as people have them: columns of every type with awkward names, values missing, a constant, rows twice. */
export interface ShopTable {
  readonly rows?: number;
  readonly target?: string;
  /** The values of the target: unlikely, likely to buy. */
  readonly classes?: readonly [string, string];
  readonly separator?: string;
  readonly hasDecimalCommas?: boolean;
  readonly lineEnd?: string;
  /** What stands before the first column's name. */
  readonly start?: string;
}

export const shopFeatures = ['Région "où"', "visits", "price, €", "it's member"] as const;

/** One value in eight is missing, of each column but the constant one. Every feature tells a little about the target. */
export function shopCsv(table: ShopTable = {}): string {
  const { rows = 600, target = "bought", classes = ["no", "yes"], separator = ",", lineEnd = "\n", start = "" } = table;
  const names = [...shopFeatures, "joined", "país", target];
  const lines = Array.from({ length: rows }, (_, i) => {
    const draw = (salt: number) => ((Math.imul(i + 1, 2654435761) ^ Math.imul(salt, 40503)) >>> 7) % 1000;
    const price = (draw(3) / 10).toFixed(1);
    const values = [
      ["Île-de-France", "Łódź", "“南”, 1", "west"][draw(1) % 4] ?? "",
      String(draw(2) % 12),
      table.hasDecimalCommas === true ? price.replace(".", ",") : price,
      draw(4) % 3 === 0 ? "true" : "false",
      `2001-${String((draw(5) % 12) + 1).padStart(2, "0")}-15`,
    ].map((value, column) => (draw(10 + column) < 125 ? "" : value));
    const [region, visits, , member] = values;
    const score =
      draw(3) + (region?.startsWith("Î") ? 300 : 0) + (member === "true" ? 200 : 0) + (visits === "" ? 300 : 0);
    return [...values, "ES", score + draw(20) > 1300 ? classes[1] : classes[0]];
  });
  const quoted = (value: string) =>
    value.includes('"') || value.includes(separator) ? `"${value.replaceAll('"', '""')}"` : value;
  const text = [names, ...lines, ...lines.slice(0, 30)].map((line) => line.map(quoted).join(separator));
  return `${start}${text.join(lineEnd)}${lineEnd}`;
}
