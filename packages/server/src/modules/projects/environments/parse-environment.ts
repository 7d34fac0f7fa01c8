import { type EnvironmentSpec, environmentSpecSchema, type Problem } from "@pave/contract";
import { PaveError } from "../../../kernel/pave-error.ts";
import { parseSpec, suggestion } from "../../../kernel/spec/index.ts";
import type { GateCheck } from "../check/check-references.ts";
import { checkConditionsApply, checkRollout } from "../check/check-rollout.ts";
import { findCycle } from "../check/find-cycle.ts";
import { notYet } from "./not-yet.ts";

export interface EnvironmentSurroundings {
  readonly checkGate: GateCheck;
  /** The environments that are there, with what each of them follows. */
  readonly others: ReadonlyMap<string, string | undefined>;
}

/** Reads an environment's YAML; throws `environment.invalid` with every problem and its place. */
export function parseEnvironment(text: string, file: string, surroundings: EnvironmentSurroundings): EnvironmentSpec {
  const { value: spec, problems, problemAt } = parseSpec(text, file, environmentSpecSchema);
  const all: Problem[] = [...problems];
  if (spec) {
    all.push(...notYet(spec).map(({ path, message, fix }) => problemAt(path, message, fix)));
    for (const [index, gate] of spec.gates.entries()) {
      for (const key of ["check", "when"] as const) {
        for (const problem of gate[key] === undefined ? [] : surroundings.checkGate(gate[key]))
          all.push(problemAt(["gates", index, key], problem.message, problem.fix));
      }
    }
    const rollout = [
      ...checkRollout(["rollout"], spec.rollout, surroundings.checkGate),
      ...checkConditionsApply(spec.rollout),
    ];
    all.push(...rollout.map(({ path, message, fix }) => problemAt(path, message, fix)));
    const known = [...surroundings.others.keys()];
    if (spec.after !== undefined && spec.after !== spec.name && !surroundings.others.has(spec.after)) {
      all.push(
        problemAt(
          ["after"],
          `\`after\`: there is no environment \`${spec.after}\`${suggestion(spec.after, known)}`,
          "create that one first, or remove `after`",
        ),
      );
    }
    const edges = new Map(
      [...surroundings.others, [spec.name, spec.after] as const].map(([name, after]) => [
        name,
        after === undefined ? [] : [after],
      ]),
    );
    const cycle = findCycle(edges);
    if (cycle?.includes(spec.name))
      all.push(
        problemAt(
          ["after"],
          `\`after\`: the environments follow each other in a circle: ${cycle.join(" → ")}`,
          "remove one `after`",
        ),
      );
    if (spec.approvals.quorum > 0 && spec.approvals.roles.length === 0) {
      all.push(
        problemAt(
          ["approvals", "roles"],
          "`approvals.roles`: expected at least one role that may approve, found none",
          "add a role, or set `quorum: 0`",
        ),
      );
    }
  }
  const [first] = all;
  if (spec && !first) return spec;
  throw new PaveError(
    "environment.invalid",
    first ? `${file}:${first.line}:${first.column}: ${first.message}` : `${file} is no environment`,
    {
      fix: all.length > 1 ? `Fix this and ${all.length - 1} more` : (first?.fix ?? "Fix the file"),
      problems: all,
    },
  );
}
