import { recordParam } from "../lib/params.ts";
import { fail, type Step } from "../lib/step.ts";

export interface Feature {
  readonly name: string;
  /** As MLflow's signatures have it: string, boolean, integer, long, float, double. */
  readonly type: string;
}

export function featuresOf(step: Step): readonly Feature[] {
  return Object.entries(recordParam(step, "features")).map(([name, type]) => {
    if (typeof type === "string") return { name, type };
    return fail(`param features.${name}`, {
      expected: "a type, such as double or string",
      found: JSON.stringify(type),
      fix: "name the model's inputs as its signature does",
    });
  });
}
