/*
 * The verdict on a canary's step, from what candidate and stable did while it was on, and from their predictions since
 * the canary began. A condition that is true fails the step. One that lacks a number is inconclusive, never passed: too
 * few requests, predictions that are still too few to compare, or of which chance could hide what the condition is about.
 * Only what will never be there (a model whose predictions nobody profiles, labels that have not come) may be asked for
 * with `has()`, and then does not stand in the way.
 */
import {
  counted,
  type RolloutAnalysis,
  type RolloutSettings,
  type RolloutSide,
  type RolloutVerdict,
} from "@pave/contract";
import type { PredictionComparison } from "@pave/contract/drift";
import { type Evidence, evaluateGate, gateLookups } from "../plans/index.ts";
import { type Counts, quantiles } from "../serving/index.ts";
import type { TruthComparison } from "./releases-deps.ts";
import { rolloutEvidence } from "./rollout-evidence.ts";

export interface StepSide {
  readonly release: number;
  readonly modelVersion: string;
  readonly counts: Counts;
}

export interface StepFacts {
  readonly at: Date;
  readonly weight: number;
  readonly settings: RolloutSettings;
  readonly candidate: StepSide;
  readonly stable: StepSide;
  /** Undefined: nobody profiles the predictions. */
  readonly predictions: PredictionComparison | undefined;
  readonly truth: TruthComparison | undefined;
  /** Why predictions and labels could not be looked at; null where they were. */
  readonly trouble: string | null;
  /** Why a gateway cannot serve the candidate any more. */
  readonly gatewayFailure: string | null;
}

export function analyseStep(facts: StepFacts): RolloutAnalysis {
  const { predictions, settings } = facts;
  const means = predictions?.meanDifference ?? null;
  const candidate = sideOf(facts.candidate, means?.candidate ?? null, facts.truth?.candidate);
  const stable = sideOf(facts.stable, means?.stable ?? null, facts.truth?.stable);
  const predictionPsi = predictions?.predictionPsi ?? null;
  const compared = {
    at: facts.at.toISOString(),
    candidate,
    stable,
    predictionPsi,
    predictions: predictions?.reason ?? notProfiled,
  };
  const conditions = settings.abortWhen.map(({ check, origin }) => ({
    check,
    origin,
    ...judge(check, {
      ...compared,
      settings,
      status: predictions?.status ?? "no-predictions",
      chancePsi: predictions?.chancePsi ?? null,
      trouble: facts.trouble,
    }),
  }));
  return { ...compared, conditions, ...conclude(facts, { candidate, stable, conditions }) };
}

const notProfiled = "the predictions are not profiled";

function sideOf(
  { release, modelVersion, counts }: StepSide,
  predictionMean: number | null,
  truth: Readonly<Record<string, number>> = {},
): RolloutSide {
  const { requests, errors5xx: errors } = counts;
  const errorRate = requests === 0 ? null : errors / requests;
  return {
    release,
    modelVersion,
    requests,
    errors,
    errorRate,
    ...quantiles(counts),
    predictionMean,
    truth: { ...truth },
  };
}

interface Judged {
  readonly candidate: RolloutSide;
  readonly stable: RolloutSide;
  readonly predictionPsi: number | null;
  readonly predictions: string;
  readonly status: PredictionComparison["status"];
  readonly chancePsi: number | null;
  readonly settings: RolloutSettings;
  readonly trouble: string | null;
}

function judge(check: string, judged: Judged): { verdict: RolloutVerdict; detail: string } {
  const inconclusive = (detail: string) => ({ verdict: "inconclusive", detail }) as const;
  const asked = gateLookups(check).map(({ path }) => path);
  const few = tooFew(asked, judged);
  if (few) return inconclusive(few);
  const aboutPredictions = asked.some((path) => isPrediction(path.at(-1)));
  if (judged.trouble !== null && (aboutPredictions || asked.some((path) => path.includes("truth"))))
    return inconclusive(`it could not be looked at: ${judged.trouble}`);
  if (aboutPredictions && judged.status === "too-few-rows") return inconclusive(judged.predictions);

  const rule = { check, when: null, message: null, mode: "prevent", origin: "" } as const;
  const { verdict, detail } = evaluateGate(rule, evidenceOf(judged), rolloutEvidence);
  if (verdict === "pass") return { verdict: "fail", detail };
  if (verdict === "fail") {
    if (mayHide(judged, (evidence) => evaluateGate(rule, evidence, rolloutEvidence).verdict === "pass"))
      return inconclusive(`too few predictions to rule it out: ${judged.predictions}`);
    const isUnknown = asked.some((path) => path.at(-1) === "predictionPsi") && judged.predictionPsi === null;
    return { verdict: "pass", detail: isUnknown ? `${detail}: ${judged.predictions}` : detail };
  }
  if (aboutPredictions && judged.predictionPsi === null) return inconclusive(judged.predictions);
  return inconclusive(asked.some((path) => path.includes("truth")) ? `no ground truth yet: ${detail}` : detail);
}

/**
 * Predictions of which nothing shows may still be as far apart as a model could be from itself by chance. A condition
 * that would be true then is not settled: few rows prove nothing.
 */
const mayHide = (judged: Judged, isTrue: (evidence: Evidence) => boolean): boolean =>
  judged.status === "alike" &&
  judged.chancePsi !== null &&
  isTrue(evidenceOf({ ...judged, predictionPsi: judged.chancePsi }));

/** The candidate's requests, and stable's where the condition has to do with them. */
function tooFew(asked: readonly (readonly string[])[], { candidate, stable, settings }: Judged): string | undefined {
  const least = Math.max(1, settings.minRequests);
  if (candidate.requests < least) return `${counted(candidate.requests, "request")} of ${least} to the candidate`;
  const comparesWithStable = asked.some(([root]) => root === "stable" || root === "predictionPsi");
  return comparesWithStable && stable.requests < least
    ? `${counted(stable.requests, "request")} of ${least} to stable`
    : undefined;
}

const isPrediction = (name: string | undefined): boolean => name === "predictionPsi" || name === "predictionMean";

/** Without what is not known: a name that is missing is an error in an expression, unless it asks with has(). */
const evidenceOf = ({ candidate, stable, predictionPsi }: Judged): Evidence => ({
  ...valuesOf(candidate),
  ...(predictionPsi === null ? {} : { predictionPsi }),
  stable: valuesOf(stable),
});

function valuesOf({ requests, errorRate, p50Ms, p95Ms, p99Ms, predictionMean, truth }: RolloutSide): Evidence {
  const known = Object.entries({ errorRate, p50Ms, p95Ms, p99Ms, predictionMean }).filter(
    (entry): entry is [string, number] => entry[1] !== null,
  );
  return { requests, ...Object.fromEntries(known), truth };
}

function conclude(
  { gatewayFailure, weight, settings }: StepFacts,
  { candidate, stable, conditions }: Pick<RolloutAnalysis, "candidate" | "stable" | "conditions">,
): { verdict: RolloutVerdict; reason: string } {
  if (gatewayFailure !== null) return { verdict: "fail", reason: `the gateway cannot serve it: ${gatewayFailure}` };
  const at = `with ${counted(candidate.requests, "request")} to the candidate at ${weight} % and ${counted(stable.requests, "request")} to stable`;
  const fired = conditions.find(({ verdict }) => verdict === "fail");
  if (fired) return { verdict: "fail", reason: `${fired.check}: ${fired.detail}, ${at}` };
  if (candidate.requests === 0 && settings.minRequests > 0)
    return { verdict: "inconclusive", reason: `no request has reached release ${candidate.release} at ${weight} %` };
  if (candidate.requests < settings.minRequests)
    return {
      verdict: "inconclusive",
      reason: `${candidate.requests} of ${counted(settings.minRequests, "request")} to release ${candidate.release} at ${weight} %`,
    };
  const open = conditions.find(({ verdict }) => verdict === "inconclusive");
  if (open) return { verdict: "inconclusive", reason: `${open.check}: ${open.detail}` };
  const looked =
    conditions.length === 0 ? "no condition to look at" : `none of ${counted(conditions.length, "condition")} is true`;
  return { verdict: "pass", reason: `${looked}, ${at}` };
}
