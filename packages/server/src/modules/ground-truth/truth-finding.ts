import type { Truth } from "@pave/contract";
import type { Estimate } from "@pave/contract/drift";

interface TruthRule {
  /** So many windows in a row, the newest ones that have enough rows. */
  readonly windows: number;
  /** Fewer rows say nothing. */
  readonly minRows: number;
  /** A gap within this is nobody's concern, however certain: a share for two classes, of the actual mean for numbers. */
  readonly minGap: number;
}

const defaultTruthRule: TruthRule = { windows: 1, minRows: 100, minGap: 0.02 };

interface Judged {
  readonly rows: number;
  readonly gap: Estimate | null | undefined;
  readonly actual: Estimate | null | undefined;
}

/**
 * Whether actual and predicted differ by more than chance and by enough to matter, in the same direction, in each of the
 * newest windows. Windows in order; undefined while there are too few of them.
 */
export function findTruthOff(
  kind: Truth["kind"],
  windows: readonly Judged[],
  rule: TruthRule = defaultTruthRule,
): { readonly windows: number; readonly gap: Estimate } | undefined {
  const judged = windows.filter(({ rows, gap }) => gap && rows >= rule.minRows).slice(-rule.windows);
  const newest = judged.at(-1)?.gap;
  if (!newest || judged.length < rule.windows) return undefined;
  const isOff = judged.every(({ gap, actual }) => {
    if (!gap || Math.sign(gap.value) !== Math.sign(newest.value)) return false;
    const enough = kind === "number" ? rule.minGap * Math.abs(actual?.value ?? 0) : rule.minGap;
    return (gap.low > 0 || gap.high < 0) && Math.abs(gap.value) >= enough;
  });
  return isOff ? { windows: judged.length, gap: newest } : undefined;
}
