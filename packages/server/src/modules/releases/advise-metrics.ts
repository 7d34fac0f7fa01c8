import type { Evidence, EvidenceSet, GateRule } from "../plans/index.ts";
import type { Target } from "./release-targets.ts";

/** `metrics.auc`, `candidate.metrics.auc` or `metrics["auc"]`; not the champion's, which nobody logs for this release. */
const asked = /(?:^|[^.\w])(?:candidate\.)?metrics(?:\.([A-Za-z_]\w*)|\["([^"]+)"\])/g;

/** Adds to gates what to do where a version that a client registered lacks the metric they ask for. */
export function adviseMetrics(
  rules: readonly GateRule[],
  targets: readonly Target[],
  sets: readonly EvidenceSet[],
): GateRule[] {
  const logged = targets.filter(({ version }) => version.checkAskedAt !== null || version.loggedModelId !== null);
  return rules.map((rule) => {
    for (const { name, version } of logged) {
      const metrics = sets.find(({ subject }) => subject === name)?.values.metrics as Evidence | undefined;
      const missing = namesIn(rule.check).find((metric) => !Object.hasOwn(metrics ?? {}, metric));
      if (missing === undefined) continue;
      const advice = `${version.model} version ${version.version} was registered without it: log it with the model, mlflow.log_metric("${missing}", value, model_id="${version.loggedModelId ?? "m-…"}"), and make the plan again`;
      return { ...rule, note: rule.note ? `${rule.note}; ${advice}` : advice };
    }
    return rule;
  });
}

const namesIn = (check: string): string[] =>
  [...check.matchAll(asked)].map(([, plain, quoted]) => plain ?? quoted ?? "");
