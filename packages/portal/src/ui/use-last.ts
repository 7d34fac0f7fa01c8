import { useRef } from "react";

/** The last value that was there: what a dialog is about stays while it fades. */
export function useLast<T>(value: T | undefined): T | undefined {
  const last = useRef(value);
  if (value !== undefined) last.current = value;
  return last.current;
}
