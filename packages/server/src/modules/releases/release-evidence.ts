import {
  checkGate,
  type EvidenceSchema,
  type GateProblem,
  mapOf,
  numberType,
  objectOf,
  stringType,
} from "../plans/index.ts";
import { rolloutEvidence } from "./rollout-evidence.ts";

const model = objectOf({ name: stringType, version: stringType, digest: stringType });
const metrics = mapOf(numberType);

/** What gates over a release may speak of. `champion` is there where something runs already: ask with has(champion). */
export const releaseEvidence: EvidenceSchema = {
  /** Of the candidate, on its test set. */
  metrics,
  candidate: objectOf({ metrics, model }),
  /** Of what runs now, on the candidate's test set. */
  champion: objectOf({ metrics, model }),
  model,
  /** `none` or `unsafe`: does the model's folder hold a pickle, which runs code when it is loaded? */
  scan: objectOf({ pickle: stringType }),
  /** Of the candidate by the questions of the environment: none, open, approved, rejected or stale. */
  review: objectOf({ verdict: stringType, questions: numberType, answered: numberType }),
  environment: objectOf({ name: stringType }),
  project: objectOf({ name: stringType, tier: stringType }),
  /** Of the candidate's test set, where it is known. */
  rows: numberType,
};

/** The check of a gate, or of a condition to abort a rollout, in pave.yaml or an environment, before anything is released. */
export const checkReleaseGate = (
  expression: string,
  about: "release" | "rollout" = "release",
): readonly GateProblem[] => checkGate(expression, about === "release" ? releaseEvidence : rolloutEvidence);
