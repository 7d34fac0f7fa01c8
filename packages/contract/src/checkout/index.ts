/** What a folder of a person's own says about the project that it is to be: for the terminal and for the browser. */

export {
  type FolderView,
  findPackages,
  findScript,
  isTrainable,
  type ScriptFound,
  specAround,
  type Training,
} from "./find-training.ts";
export { type IgnoreFile, ignoreFile, isIgnored, isNeverSent, leftOut } from "./ignore-rules.ts";
export { nameFrom } from "./name-from.ts";
export { type GitState, readGit } from "./read-git.ts";
export { readGitIndex, type Tracked } from "./read-git-index.ts";
export { shownRemote } from "./shown-remote.ts";
