import { messageOf } from "../../kernel/pave-error.ts";
import type { Clock } from "../../kernel/time.ts";
import type { ArtifactStore } from "./stores/artifact-store.ts";

export interface StoreHealth {
  readonly name: string;
  readonly reachable: boolean;
  /** Why not. */
  readonly message: string | null;
}

/** A look is good for so long: whoever asks often does not ask the store as often. */
const keptMs = 15_000;

/** Says whether the store that new bytes go to can be reached. */
export function createStoreHealth(store: ArtifactStore, clock: Clock): () => Promise<StoreHealth> {
  let [lookedAt, last] = [0, undefined as Promise<StoreHealth> | undefined];
  return () => {
    const now = clock.now().getTime();
    if (last && now - lookedAt < keptMs) return last;
    lookedAt = now;
    last = store.check().then(
      () => ({ name: store.name, reachable: true, message: null }),
      (error: unknown) => ({ name: store.name, reachable: false, message: messageOf(error) }),
    );
    return last;
  };
}
