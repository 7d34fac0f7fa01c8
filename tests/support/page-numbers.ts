import type { Page } from "playwright-core";

/** Every number in the cells of the row that begins so, in order, a list for each cell after the first. */
export async function numbersOf(page: Page, table: string | RegExp, row: RegExp): Promise<number[][]> {
  const found = page.getByRole("table", { name: table }).first().getByRole("row", { name: row }).first();
  await found.waitFor();
  const cells = await found.getByRole("cell").allInnerTexts();
  return cells.slice(1).map((text) => (text.replaceAll(",", "").match(/[−-]?\d+(\.\d+)?/g) ?? []).map(toNumber));
}

/** The portal writes the minus sign of typography. */
const toNumber = (text: string): number => Number(text.replace("−", "-"));
