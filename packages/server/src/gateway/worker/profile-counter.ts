import { readFileSync } from "node:fs";
import { probabilityProfile, type ReferenceProfile, WindowCounts, type WindowCountsJson } from "@pave/contract/drift";
import type { Outputs } from "../model/prediction-decoder.ts";
import type { PredictionReader } from "../model/prediction-reader.ts";
import type { InferenceCall } from "../protocols/protocol.ts";
import type { WorkerEndpoint, WorkerRoutes } from "../worker-messages.ts";
import type { LoadedRelease } from "./loaded-release.ts";

/**
 * Counts what was asked and answered in the cells of reference profiles, until it is taken: each release in those of
 * its own profile, and the answers of all releases of an endpoint in those of one profile besides, so that they can be
 * told apart. Counting comes after the answer is written and never fails it.
 */
export class ProfileCounter {
  /** By release id. */
  #profiles = new Map<string, readonly ReferenceProfile[]>();
  /** By id, so that windows of one profile share one layout. */
  #known = new Map<string, ReferenceProfile>();
  #counts = new Map<string, WindowCounts[]>();
  readonly #logError: (message: string) => void;

  constructor(logError: (message: string) => void) {
    this.#logError = logError;
  }

  apply({ endpoints }: WorkerRoutes): void {
    const before = this.#known;
    this.#known = new Map();
    const profiles = new Map<string, readonly ReferenceProfile[]>();
    for (const endpoint of endpoints) {
      for (const { releaseId, profile } of endpoint.releases) {
        const own = profile && this.#remember(profile.id, before, () => read(profile.path));
        profiles.set(releaseId, [...(own ? [own] : []), this.#comparison(endpoint, before)]);
      }
    }
    this.#profiles = profiles;
  }

  #comparison({ comparison = probabilityProfile }: WorkerEndpoint, before: ReadonlyMap<string, ReferenceProfile>) {
    return this.#remember(comparison.id, before, () => comparison) ?? comparison;
  }

  #remember(id: string, before: ReadonlyMap<string, ReferenceProfile>, make: () => ReferenceProfile) {
    try {
      const profile = this.#known.get(id) ?? before.get(id) ?? make();
      this.#known.set(id, profile);
      return profile;
    } catch (error) {
      this.#logError(`profile ${id} cannot be read, nothing is counted in it: ${String(error)}`);
      return undefined;
    }
  }

  /** Counts the rows of a call whose answers are the outputs from `from` on. */
  observe({ releaseId, model }: LoadedRelease, call: InferenceCall, outputs: Outputs, from: number): void {
    const counts = this.#counts.get(releaseId) ?? this.#open(releaseId, model.prediction);
    if (counts.length === 0) return;
    const { prediction } = model;
    for (let index = 0; index < call.rows; index += 1) {
      const answer = prediction?.read(outputs, from + index);
      for (const one of counts) one.observe(one.profile.columns.length > 0 ? call.row(index) : noFeatures, answer);
    }
  }

  #open(releaseId: string, prediction: PredictionReader | undefined): WindowCounts[] {
    const counts = (this.#profiles.get(releaseId) ?? [])
      .filter((profile) => profile.columns.length > 0 || isFor(profile, prediction))
      .map((profile) => new WindowCounts(profile));
    this.#counts.set(releaseId, counts);
    return counts;
  }

  /** What was counted since the last call, by release id. */
  take(): Map<string, WindowCountsJson[]> {
    const taken = this.#counts;
    this.#counts = new Map();
    return new Map(
      [...taken].flatMap(([releaseId, counts]) => {
        const counted = counts.filter(({ rows }) => rows > 0);
        return counted.length > 0 ? [[releaseId, counted.map((one) => one.toJSON())] as const] : [];
      }),
    );
  }
}

const noFeatures = {};

/** Labels have no place among numbers, nor numbers of any size among probabilities. */
function isFor({ id, prediction }: ReferenceProfile, reader: PredictionReader | undefined): boolean {
  if (!reader || !prediction) return false;
  if (id === probabilityProfile.id) return reader.kind === "probability";
  return (prediction.kind === "numeric") === (reader.kind !== "label");
}

/** The supervisor has fetched and verified it. */
const read = (path: string): ReferenceProfile => JSON.parse(readFileSync(path, "utf8")) as ReferenceProfile;
