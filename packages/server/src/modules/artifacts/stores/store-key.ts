import { randomBytes } from "node:crypto";

/** Keys have one form in every store, so that bytes can move from one to another under theirs: `ab/cdef…`. */
export function newStoreKey(): string {
  const name = randomBytes(16).toString("hex");
  return `${name.slice(0, 2)}/${name.slice(2)}`;
}

export const isStoreKey = (key: string): boolean => /^[0-9a-f]{2}\/[0-9a-f]{30}$/.test(key);

export function assertStoreKey(key: string): void {
  if (!isStoreKey(key)) throw new Error(`Broken invariant: ${key} is no key of an artifact store`);
}
