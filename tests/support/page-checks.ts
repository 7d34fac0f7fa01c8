import { setTimeout as delay } from "node:timers/promises";
import type { BrowserContext, Page } from "playwright-core";

interface Shift {
  readonly value: number;
  readonly moved: readonly string[];
}

/** The page is there and at rest. */
export async function settle(page: Page, timeoutMs = 60_000): Promise<void> {
  await page.getByRole("heading", { level: 1 }).waitFor({ timeout: timeoutMs });
  await rest(page, timeoutMs);
}

/** Nothing loads any more, and nothing moves; a page that never comes to rest is an error that names it. */
export async function rest(page: Page, timeoutMs = 60_000): Promise<void> {
  const loading = page.locator("[aria-label=loading], .mantine-Skeleton-root");
  const deadline = Date.now() + timeoutMs;
  while ((await loading.count()) > 0) {
    if (Date.now() > deadline) throw new Error(`${page.url()} still loads after ${timeoutMs / 1000} s`);
    await delay(100);
  }
  await delay(900);
}

/** Has every page of the browser count what moves while it loads, apart from what a person's own input moves. */
export async function watchLayoutShifts(context: BrowserContext): Promise<void> {
  await context.addInitScript(`
    globalThis.paveShifts = [];
    const nameOf = (node) => !node ? "?" : node.nodeType === 3 ? node.data.slice(0, 40) : node.tagName + "." + node.className;
    new PerformanceObserver((list) => {
      for (const { value, hadRecentInput, sources } of list.getEntries())
        if (!hadRecentInput) paveShifts.push({ value, moved: sources.map(({ node }) => nameOf(node)) });
    }).observe({ type: "layout-shift", buffered: true });
  `);
}

/** The sum of the shifts since the page was opened, and what moved most. */
export async function layoutShift(page: Page): Promise<{ score: number; worst: Shift | undefined }> {
  const shifts = await page.evaluate(() => (globalThis as unknown as { paveShifts: Shift[] }).paveShifts);
  return {
    score: shifts.reduce((sum, { value }) => sum + value, 0),
    worst: shifts.toSorted((a, b) => b.value - a.value)[0],
  };
}

const controlRoles = new Set(
  "button link textbox searchbox checkbox radio switch combobox listbox slider spinbutton tab menuitem progressbar".split(
    " ",
  ),
);

/** Roles of the controls that the browser tells a screen reader of without a name. */
export async function namelessControls(page: Page): Promise<string[]> {
  const session = await page.context().newCDPSession(page);
  const { nodes } = await session.send("Accessibility.getFullAXTree");
  await session.detach();
  return nodes
    .filter(({ ignored, role, name }) => !ignored && controlRoles.has(String(role?.value)) && !name?.value)
    .map(({ role, properties }) => `${role?.value} ${JSON.stringify(properties?.slice(0, 2))}`);
}

/** Goes through the page by Tab; gives what was reached, and what of it does not show that it has the focus. */
export async function tabThrough(page: Page, most = 120): Promise<{ reached: string[]; unseen: string[] }> {
  const reached: string[] = [];
  const unseen: string[] = [];
  // without transitions, so that what shows the focus shows it at once
  await page.emulateMedia({ reducedMotion: "reduce" });
  await page.evaluate("document.activeElement?.blur(); globalThis.paveReached = new Set()");
  for (let presses = 0; presses < most; presses += 1) {
    await page.keyboard.press("Tab");
    const focus = (await page.evaluate(describeFocus)) as { name: string; isSeen: boolean } | null;
    if (!focus) break;
    reached.push(focus.name);
    if (!focus.isSeen) unseen.push(focus.name);
  }
  return { reached, unseen };
}

/** Runs in the page. A field shows its focus by its border, others by an outline of their own or of their label. */
const describeFocus = `(() => {
  const element = document.activeElement;
  if (!element || element === document.body || paveReached.has(element)) return null;
  paveReached.add(element);
  const hasOutline = (one) => {
    if (!one) return false;
    const { outlineStyle, outlineWidth } = getComputedStyle(one);
    return outlineStyle !== "none" && parseFloat(outlineWidth) > 0;
  };
  const isField = element.matches("input:not([type=radio]):not([type=checkbox]), textarea, select");
  const border = getComputedStyle(element).borderColor;
  const focus = getComputedStyle(document.documentElement).getPropertyValue("--focus").trim();
  const probe = document.createElement("i");
  probe.style.color = focus;
  document.body.append(probe);
  const focusColor = getComputedStyle(probe).color;
  probe.remove();
  const name = element.tagName + " " + (element.getAttribute("aria-label") ?? element.labels?.[0]?.textContent ?? element.textContent).trim().slice(0, 60);
  return { name, isSeen: hasOutline(element) || hasOutline(element.nextElementSibling) || (isField && border === focusColor) };
})()`;
