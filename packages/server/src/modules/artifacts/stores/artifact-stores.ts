import { PaveError } from "../../../kernel/pave-error.ts";
import type { ArtifactStore } from "./artifact-store.ts";

/** The store that new bytes go to, and those that older ones may lie in. */
export interface ArtifactStores {
  readonly current: ArtifactStore;
  readonly all: readonly ArtifactStore[];
  /** Whose name a row has; throws where this server is not set up for it. */
  named(name: string): ArtifactStore;
}

export function joinStores(current: ArtifactStore, older: readonly ArtifactStore[] = []): ArtifactStores {
  const all = [current, ...older.filter(({ name }) => name !== current.name)];
  return {
    current,
    all,
    named(name) {
      const found = all.find((store) => store.name === name);
      if (found) return found;
      throw new PaveError(
        "artifact.store_unknown",
        `The bytes lie in the artifact store ${name}, which is not set up`,
        {
          fix: `A platform admin names it in PAVE_ARTIFACT_STORE_OLD beside ${current.name}, or moves its bytes back`,
        },
      );
    },
  };
}
