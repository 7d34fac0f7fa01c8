import { useRef } from "react";

/**
 * What is shown for `key`, once it is whole; until then what was shown before stays. The first time there is nothing to
 * keep, and of the same key what comes in is shown as it comes.
 */
export function useKeptView<View>(key: string, view: View, isWhole: boolean): { view: View; isKept: boolean } {
  const shown = useRef<{ readonly key: string; readonly view: View; readonly isWhole: boolean } | null>(null);
  const before = shown.current;
  if (isWhole || before === null || before.key === key || !before.isWhole) shown.current = { key, view, isWhole };
  else return { view: before.view, isKept: true };
  return { view, isKept: false };
}
