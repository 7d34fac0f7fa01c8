import ignore from "ignore";

/** A `.gitignore`, and the folder whose paths it is about: from the root, `""` for the root itself. */
export interface IgnoreFile {
  readonly folder: string;
  readonly rules: ReturnType<typeof ignore>;
}

export const ignoreFile = (folder: string, text: string): IgnoreFile => ({ folder, rules: ignore().add(text) });

const never = [".git", ".venv", "__pycache__", "node_modules"];

/** What is of no snapshot without git either, unless a `.gitignore` says otherwise. */
export const leftOut = (): IgnoreFile => ({ folder: "", rules: ignore().add(never) });

/** Whether a path leads through a folder that is left out, so that it need not be looked into. */
export const isNeverSent = (path: string): boolean => path.split("/").some((name) => never.includes(name));

/**
 * Of a path whose folders are not ignored themselves; `files` are those above it, the root's first. As in git, the file
 * nearest to a path has the last word on it.
 */
export function isIgnored(files: readonly IgnoreFile[], path: string, isFolder: boolean): boolean {
  // git keeps its own files out whatever is written
  if (path === ".git" || path.endsWith("/.git")) return true;
  for (const { folder, rules } of files.toReversed()) {
    const below = folder === "" ? path : path.slice(folder.length + 1);
    const { ignored, unignored } = rules.test(`${below}${isFolder ? "/" : ""}`);
    if (ignored || unignored) return ignored;
  }
  return false;
}
