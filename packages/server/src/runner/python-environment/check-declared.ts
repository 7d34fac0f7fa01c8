import { parseRequirement, satisfies } from "../../kernel/python/index.ts";
import { AttemptError } from "../attempt/attempt-error.ts";
import { howToLock, type LockedPackage } from "./lock-file.ts";

/** Fails when pyproject.toml asks for something that the lock does not hold: then the lock is older than it. */
export function checkDeclared(declared: readonly string[], packages: readonly LockedPackage[], path: string): void {
  const locked = new Map(packages.map((item) => [item.name, item]));
  for (const text of declared) {
    const found = parseRequirement(text);
    if (!found) continue;
    const item = locked.get(found.name);
    // A marker may exclude it on this machine.
    if (!item && found.hasMarker) continue;
    if (item && (found.specifier === null || satisfies(item.version, found.specifier) !== false)) continue;
    throw new AttemptError(
      "environment",
      `${path}: expected \`${text}\` as in pyproject.toml, found ${item ? `${item.name}==${item.version}` : `no ${found.name}`}; ${howToLock(path)}`,
    );
  }
}
