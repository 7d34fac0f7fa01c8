import { useState } from "react";

/** A choice of this browser that outlives the page; what is not text of ours is forgotten. */
export function useStored<T>(
  name: string,
  isFine: (value: unknown) => value is T,
): [T | undefined, (value: T) => void] {
  const [value, setValue] = useState<T | undefined>(() => read(name, isFine));
  return [
    value,
    (next) => {
      setValue(next);
      try {
        localStorage.setItem(name, JSON.stringify(next));
      } catch {
        // a browser that keeps nothing: the choice lasts as long as the page
      }
    },
  ];
}

function read<T>(name: string, isFine: (value: unknown) => value is T): T | undefined {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(name) ?? "null");
    return isFine(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
