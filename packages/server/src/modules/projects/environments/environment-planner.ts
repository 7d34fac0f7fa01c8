import type { EnvironmentSpec } from "@pave/contract";
import type { Ctx } from "../../../db/context.ts";
import { canonicalJson } from "../../../kernel/json.ts";
import { PaveError } from "../../../kernel/pave-error.ts";
import type { ApprovalRule, PlannedAction, Planner } from "../../plans/index.ts";
import type { GateCheck } from "../check/check-references.ts";
import { changedKeys } from "./changed-keys.ts";
import { type EnvironmentRow, findEnvironments } from "./environments-store.ts";
import { parseEnvironment } from "./parse-environment.ts";

/** What a plan of kind `environment` was asked for. */
export interface EnvironmentAsked {
  readonly yaml: string;
}

/**
 * Plans of kind `environment`: change the rules that everybody's plans are judged by. Judged itself by the approval rule
 * in force, never by the one it carries; approvers are platform admins, since no role on a project reaches this far. A
 * freeze does not stand in its way: lifting it is such a change. Where no environment is, there is no rule to judge by,
 * and the plan needs nobody.
 */
export function environmentPlanner(deps: { readonly checkGate: GateCheck }): Planner {
  return {
    evidence: {},
    async draft(ctx, { environment: name, asked }) {
      const { yaml } = asked as unknown as EnvironmentAsked;
      const known = await findEnvironments(ctx, undefined, { hold: true });
      const spec = readEnvironment(yaml, name, known, deps.checkGate);
      const before = known.find((environment) => environment.name === name);
      if (before && canonicalJson(before.spec) === canonicalJson(spec)) throw nothingToDo(before);
      const approvals = approvalRule(before);
      const action = changeEnvironment(before, spec, approvals);
      return {
        title: action.title,
        revisionId: null,
        pinned: { yaml },
        actions: [action],
        reads: [{ thing: thingOf(name), version: versionOf(before) }],
        gates: [],
        approvals,
        evidence: [],
        standing: [],
        pending: null,
        estimate: null,
      };
    },
    async versions(ctx: Ctx, { environment: name }, _reads, options) {
      const [now] = await findEnvironments(ctx, name, options);
      return new Map([[thingOf(name), versionOf(now)]]);
    },
    present: async () => ({ candidate: null, champion: null, release: null }),
  };
}

/** Reads the YAML of the environment `name` among those that are there. Throws `environment.invalid`. */
export function readEnvironment(
  yaml: string,
  name: string,
  known: readonly EnvironmentRow[],
  checkGate: GateCheck,
): EnvironmentSpec {
  const others = new Map(known.map((environment) => [environment.name, environment.spec.after]));
  const spec = parseEnvironment(yaml, `environments/${name}.yaml`, { checkGate, others });
  if (spec.name === name) return spec;
  throw new PaveError("environment.invalid", `\`name\`: expected ${name}, found ${spec.name}`, {
    fix: "An environment keeps its name; correct one of the two",
  });
}

const thingOf = (name: string): string => `environment ${name}`;
const versionOf = (row: EnvironmentRow | undefined): string => (row ? String(row.version) : "none");

/** How many platform admins, and whether the author may be one of them, is the old environment's to say. */
const approvalRule = (before: EnvironmentRow | undefined): ApprovalRule => ({
  roles: ["admin"],
  quorum: before?.spec.approvals.quorum ?? 0,
  selfApproval: before?.spec.approvals.selfApproval ?? false,
});

function changeEnvironment(
  before: EnvironmentRow | undefined,
  after: EnvironmentSpec,
  { quorum, selfApproval }: ApprovalRule,
): PlannedAction {
  const { name } = after;
  const about = { id: "change-environment", kind: "change-environment", subject: thingOf(name), after };
  if (!before)
    return {
      ...about,
      title: `Create the environment ${name}`,
      reason: "There is none of this name yet, so there is no rule to judge it by",
      undo: "Removes it again",
      change: "create",
      before: null,
    };
  const approvers = `${quorum} ${quorum === 1 ? "approval" : "approvals"} by platform admins${selfApproval ? ", of whom the author may be one" : ", other than the author"}`;
  return {
    ...about,
    title: `Change ${changedKeys(before.spec, after).join(", ")} of ${name}`,
    reason: `Judged by the rules in force (version ${before.version}), not by those it brings: ${quorum === 0 ? "they ask for no approval" : approvers}`,
    undo: `Restores the rules of version ${before.version}`,
    change: "update",
    before: before.spec,
  };
}

const nothingToDo = ({ name, version }: EnvironmentRow): PaveError =>
  new PaveError("plan.nothing_to_do", `There is nothing to do: ${name} already says so, as version ${version}`, {
    fix: "Change its YAML first; comments alone change no rule.",
  });
