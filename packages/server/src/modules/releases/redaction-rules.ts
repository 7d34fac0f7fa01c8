import type { GateVerdict } from "@pave/contract";
import { suggestion } from "../../kernel/spec/index.ts";
import type { Target } from "./release-targets.ts";

/**
 * Names under `log.redact` that the model has no feature of: they hide nothing, and a slip of the pen would let into the
 * request log what was meant to stay out of it. Names that an environment redacts are for models of every kind.
 */
export function redactionRules(targets: readonly Target[]): GateVerdict[] {
  return targets.flatMap(({ name, serve, version }) => {
    const features = version.signature?.inputs.map((input) => input.name);
    if (!features) return [];
    return (serve.log?.redact ?? [])
      .filter((feature) => !features.includes(feature))
      .map((feature) => ({
        check: `serve.${name}.log.redact names features of the model`,
        when: null,
        message: null,
        mode: "prevent" as const,
        origin: "project",
        verdict: "fail" as const,
        detail: `\`${feature}\` hides nothing of ${version.model} version ${version.version}, which has ${features.join(", ").slice(0, 300)}${suggestion(feature, features)}`,
      }));
  });
}
