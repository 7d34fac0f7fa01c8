import type { EnvironmentSpec, GateVerdict } from "@pave/contract";

/** Rules of the environment that are no expression over evidence. `deployments`: how many the project would have there. */
export function standingRules(environment: EnvironmentSpec, deployments = 0): GateVerdict[] {
  const rule = (check: string, verdict: GateVerdict["verdict"], detail: string): GateVerdict => ({
    check,
    when: null,
    message: null,
    mode: "prevent",
    origin: `environment ${environment.name}`,
    verdict,
    detail,
  });
  const verdicts: GateVerdict[] = [];
  if (environment.freeze)
    verdicts.push(rule("the environment is not frozen", "fail", `it is frozen: ${environment.freeze.reason}`));
  const limit = environment.quotas.deployments;
  if (limit !== undefined && deployments > 0) {
    verdicts.push(
      rule(
        `at most ${limit} deployments of a project`,
        deployments <= limit ? "pass" : "fail",
        `there would be ${deployments}`,
      ),
    );
  }
  return verdicts;
}
