/** What `uses:` names: a component of the library with the start of a version, or a folder of the project. */
export type ComponentReference =
  | { readonly kind: "library"; readonly name: string /** `1`, `1.2` or `1.2.3`. */; readonly version: string }
  | { readonly kind: "project"; readonly folder: string };

/** Undefined where the text is neither `owner/name@version` nor `./folder`. */
export function parseReference(uses: string): ComponentReference | undefined {
  const library = /^([a-z][a-z0-9-]*\/[a-z][a-z0-9-]*)@(\d+(?:\.\d+){0,2})$/.exec(uses);
  if (library?.[1] && library[2]) return { kind: "library", name: library[1], version: library[2] };
  const folder = /^\.\/([^/\\]+(?:\/[^/\\]+)*)\/?$/.exec(uses)?.[1];
  if (folder === undefined || folder.split("/").some((part) => part === ".." || part === ".")) return undefined;
  return { kind: "project", folder };
}

/** Does `1.2.3` lie in `1`, `1.2` or `1.2.3`? */
export const isInRange = (version: string, range: string): boolean =>
  version === range || version.startsWith(`${range}.`);

/** Newest last. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [a.split(".").map(Number), b.split(".").map(Number)];
  for (let index = 0; index < 3; index += 1) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
