/*
 * An environment states how carefully releases come to it, and a project may be more careful, never less: smaller or more
 * steps, longer ones, more requests, a shorter wait for a verdict, further conditions. What the environment leaves out
 * is the project's to choose. Where the project is less careful, the environment's value counts and the plan is blocked
 * with both values, so that nobody believes in a setting that does not hold.
 */
import {
  type EnvironmentSpec,
  type GateVerdict,
  type RolloutSettings,
  type RolloutSpec,
  rolloutDefaults,
} from "@pave/contract";
import { must } from "../../kernel/pave-error.ts";
import { parseDurationMs } from "../../kernel/time.ts";

export interface SettledRollout {
  readonly settings: RolloutSettings;
  readonly verdicts: readonly GateVerdict[];
}

type Values = Omit<RolloutSettings, "abortWhen">;

interface Rule<Value> {
  /** Is the project's value at least as careful as the environment's? */
  isTighter(own: Value, stated: Value): boolean;
  /** What the environment asks for, in words. */
  wanted(stated: Value): string;
}

const rules: { readonly [Key in keyof Values]: Rule<Values[Key]> } = {
  canary: {
    isTighter: (own, stated) => stated.every((weight, index) => (own[index] ?? 101) <= weight),
    wanted: (stated) => `no step larger than in ${list(stated)}`,
  },
  every: {
    isTighter: (own, stated) => milliseconds(own) >= milliseconds(stated),
    wanted: (stated) => `at least ${stated}`,
  },
  minRequests: { isTighter: (own, stated) => own >= stated, wanted: (stated) => `at least ${stated}` },
  maxWait: {
    isTighter: (own, stated) => milliseconds(own) <= milliseconds(stated),
    wanted: (stated) => `at most ${stated}`,
  },
  onInconclusive: { isTighter: (own, stated) => own === "abort" || own === stated, wanted: (stated) => stated },
};

/** What holds for the deployment `name`, and a failing verdict for each value of the project that is less careful. */
export function settleRollout(
  name: string,
  environment: Pick<EnvironmentSpec, "name" | "rollout">,
  own: RolloutSpec = {},
): SettledRollout {
  const verdicts: GateVerdict[] = [];
  const origin = `environment ${environment.name}`;
  const verdict = (check: string, detail: string) =>
    verdicts.push({ check, when: null, message: null, mode: "prevent", origin, verdict: "fail", detail });

  const settle = <Key extends keyof Values>(key: Key): Values[Key] => {
    const stated = environment.rollout[key] as Values[Key] | undefined;
    const chosen = own[key] as Values[Key] | undefined;
    if (stated === undefined || chosen === undefined) return chosen ?? stated ?? (defaults[key] as Values[Key]);
    if (rules[key].isTighter(chosen, stated)) return chosen;
    verdict(`rollout.${key}: ${rules[key].wanted(stated)}`, `serve.${name}.rollout.${key} is ${textOf(chosen)}`);
    return stated;
  };
  const settings = {
    canary: settle("canary"),
    every: settle("every"),
    minRequests: settle("minRequests"),
    maxWait: settle("maxWait"),
    onInconclusive: settle("onInconclusive"),
    abortWhen: unite(environment.rollout.abortWhen ?? [], origin, own.abortWhen ?? []),
  };
  if (settings.abortWhen.length > 0 && settings.canary.length === 1)
    verdict(
      "rollout.canary: a step before 100, where conditions to abort can be looked at",
      `all traffic moves at once, and nobody would look at \`${settings.abortWhen[0]?.check}\``,
    );
  return { settings, verdicts };
}

/** The environment's conditions, and those of the project that it does not have. */
function unite(stated: readonly string[], origin: string, own: readonly string[]): RolloutSettings["abortWhen"] {
  const known = new Set(stated.map((check) => check.trim()));
  return [
    ...[...known].map((check) => ({ check, origin })),
    ...[...new Set(own.map((check) => check.trim()))]
      .filter((check) => !known.has(check))
      .map((check) => ({ check, origin: "project" })),
  ];
}

/** `5 % → 25 % → all, each at least 10m and 200 requests`. */
export const describeSettings = ({ canary, every, minRequests }: RolloutSettings): string =>
  `${canary.map((weight) => (weight === 100 ? "all" : `${weight} %`)).join(" → ")}, each step at least ${every} and ${minRequests} requests`;

const defaults: Values = { ...rolloutDefaults, canary: [...rolloutDefaults.canary] };
const milliseconds = (duration: string): number => must(parseDurationMs(duration), `duration ${duration}`);
const list = (values: readonly number[]): string => `[${values.join(", ")}]`;
const textOf = (value: unknown): string => (Array.isArray(value) ? list(value) : String(value));
