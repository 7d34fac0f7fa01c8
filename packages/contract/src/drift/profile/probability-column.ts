import { referenceProfile } from "./profile-builder.ts";
import type { NumericColumn, ReferenceProfile } from "./reference-profile.ts";

const small = [
  0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45,
];
const bounds = [...small, 0.5, ...small.map((bound) => 1 - bound).reverse()];

/**
 * Cells for the probabilities of a model that nobody profiled: enough to compare two versions with each other, finer
 * towards 0 and 1, so that rare events have cells as well.
 */
export const probabilityColumn: NumericColumn = {
  kind: "numeric",
  name: "prediction",
  rows: 0,
  missing: 0,
  moments: null,
  center: 0.5,
  unit: 0.25,
  bounds,
  points: [],
  counts: new Array<number>(bounds.length + 1).fill(0),
  flags: ["no-reference"],
};

/** For the answers of a model without a reference profile, if they are probabilities. */
export const probabilityProfile = referenceProfile({ rows: 0, columns: [], prediction: probabilityColumn });

/**
 * The cells in which the answers of all versions behind one endpoint are counted, besides those of each version's own
 * profile: to be told apart, two versions must be counted alike. They are the cells of the stable version's answers,
 * or those for any probability.
 */
export function comparisonProfile(stable: ReferenceProfile | undefined): ReferenceProfile {
  if (!stable?.prediction || stable.prediction.flags.includes("all-missing")) return probabilityProfile;
  return referenceProfile({ rows: stable.rows, columns: [], prediction: stable.prediction });
}
