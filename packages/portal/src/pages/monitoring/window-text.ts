import type { Monitor } from "@pave/contract";
import { count } from "../../lib/format.ts";

/** How far the open window is: rows that are still missing, or only time. */
export function windowText(window: Monitor["window"]): string {
  if (window === null) return "–";
  const { rows, neededRows } = window;
  return rows < neededRows ? `${count(rows)} of ${count(neededRows)} rows` : `${count(rows)} rows, soon judged`;
}
