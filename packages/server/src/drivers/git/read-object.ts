import { endGroup, type GitProcess, startGit } from "./run-git.ts";

/** The bytes of a blob; throws before the end where git could not give all of them. */
export async function* readObject(git: GitProcess, object: string): AsyncGenerator<Uint8Array> {
  const { child, ended } = startGit(git, ["cat-file", "blob", object]);
  try {
    for await (const chunk of child.stdout) yield chunk as Buffer;
    await ended;
  } finally {
    endGroup(child);
  }
}
