import { emptyLatency, observeLatency } from "@pave/contract/gateway";
import type { Outputs } from "../model/prediction-decoder.ts";
import type { InferenceCall } from "../protocols/protocol.ts";
import type { ReleaseCounters } from "../worker-messages.ts";
import type { LoadedRelease } from "./loaded-release.ts";
import type { ProfileCounter } from "./profile-counter.ts";

/** Which release an answer is counted for. */
export interface CountedRelease {
  readonly deploymentId: string;
  readonly releaseId: string;
  readonly modelVersion: string;
}

/** Counts answers by release until they are taken. */
export class Counters {
  #byRelease = new Map<string, ReleaseCounters>();
  /** Whose rows wait in `#profiles`. */
  readonly #observed = new Map<string, CountedRelease>();
  readonly #profiles: ProfileCounter;

  constructor(profiles: ProfileCounter) {
    this.#profiles = profiles;
  }

  count(release: CountedRelease, status: number, rows: number, milliseconds: number) {
    const counters = this.#countersOf(release);
    counters.requests += 1;
    counters.rows += rows;
    if (status >= 500) counters.errors5xx += 1;
    else if (status >= 400) counters.errors4xx += 1;
    observeLatency(counters.latency, milliseconds);
  }

  /** Counts what was asked and answered, behind the answer itself. */
  observe(release: LoadedRelease, call: InferenceCall, outputs: Outputs, from: number) {
    this.#profiles.observe(release, call, outputs, from);
    this.#observed.set(release.releaseId, release);
  }

  #countersOf(release: CountedRelease): ReleaseCounters {
    const known = this.#byRelease.get(release.releaseId);
    if (known) return known;
    const { deploymentId, releaseId, modelVersion } = release;
    const nothing = { requests: 0, rows: 0, errors4xx: 0, errors5xx: 0, latency: emptyLatency() };
    const counters = { deploymentId, releaseId, modelVersion, ...nothing };
    this.#byRelease.set(releaseId, counters);
    return counters;
  }

  /** Returns what was counted since the last call; `withProfiles`: also in the cells of profiles. */
  take(withProfiles: boolean): readonly ReleaseCounters[] {
    if (withProfiles && this.#observed.size > 0) {
      for (const [releaseId, counts] of this.#profiles.take()) {
        const release = this.#observed.get(releaseId);
        if (release) this.#countersOf(release).counts = counts;
      }
      this.#observed.clear();
    }
    if (this.#byRelease.size === 0) return [];
    const taken = [...this.#byRelease.values()];
    this.#byRelease = new Map();
    return taken;
  }
}
