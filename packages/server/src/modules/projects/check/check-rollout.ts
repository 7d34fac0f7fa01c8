import type { RolloutSpec } from "@pave/contract";
import type { SpecPath } from "../../../kernel/spec/index.ts";
import type { GateCheck } from "./check-references.ts";
import type { Finding } from "./finding.ts";

/** Conditions to abort are sound; how the parts of an environment's and a project's rollout go together a plan says. */
export const checkRollout = (path: SpecPath, rollout: RolloutSpec | undefined, checkGate: GateCheck): Finding[] =>
  (rollout?.abortWhen ?? []).flatMap((condition, index) =>
    checkGate(condition, "rollout").map((problem) => ({ path: [...path, "abortWhen", index], ...problem })),
  );

/**
 * An environment's conditions bind everybody, so it has to say where they are looked at: at a step that is not yet all
 * of the traffic.
 */
export const checkConditionsApply = ({ canary = [100], abortWhen = [] }: RolloutSpec): Finding[] =>
  abortWhen.length > 0 && canary.length === 1
    ? [
        {
          path: ["rollout", "abortWhen"],
          message: `\`rollout.abortWhen\`: all traffic moves at once, and nobody would look at \`${abortWhen[0]}\``,
          fix: "state the steps as well: `canary: [5, 25, 100]`",
        },
      ]
    : [];
