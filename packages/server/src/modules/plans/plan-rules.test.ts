import { type GateVerdict, type PlanState, planStates, type Role } from "@pave/contract";
import { describe, expect, it } from "vitest";
import { countingApprovals, refuseDecision, ruleFor } from "./approval.ts";
import { authorOnly } from "./authors.ts";
import type { ApprovalRow, PlannedAction } from "./plan.ts";
import { planHash } from "./plan-hash.ts";
import { isOpen, judgedState, mayMove } from "./plan-state.ts";

const action = (id: string, more: Partial<PlannedAction> = {}): PlannedAction => ({
  id,
  kind: "release",
  subject: "deployment late in staging",
  title: id,
  reason: "",
  undo: "",
  change: "update",
  before: { version: "1" },
  after: { version: "2" },
  ...more,
});

describe("the hash of a plan", () => {
  const plan = {
    actions: [action("a")],
    reads: [{ thing: "environment staging", version: "3" }],
    gates: [{ check: "metrics.a > 1", when: null, message: "m", mode: "prevent" as const, origin: "project" }],
    approvalRule: { roles: ["reviewer" as const], quorum: 1, selfApproval: false },
    evidence: [{ subject: "late", values: { metrics: { a: 1.5, b: 2 } } }],
  };
  const hash = planHash(plan);

  it("is this one, on every machine and in every version", () => {
    expect(hash).toBe("sha256:d393760ad0fed8cd1eebd181d130f9e3a864dde2ceca30109448e18dc22b7262");
  });

  it.each<[string, Partial<typeof plan>]>([
    ["titles and reasons", { actions: [action("a", { title: "other", reason: "other", undo: "other" })] }],
    ["the messages of gates", { gates: [{ ...plan.gates[0], message: "other" } as (typeof plan.gates)[0]] }],
    ["the order of names", { evidence: [{ values: { metrics: { b: 2, a: 1.5 } }, subject: "late" }] }],
  ])("does not depend on %s", (_, change) => {
    expect(planHash({ ...plan, ...change })).toBe(hash);
  });

  it.each<[string, Partial<typeof plan>]>([
    ["what an action leads to", { actions: [action("a", { after: { version: "3" } })] }],
    ["what an action starts from", { actions: [action("a", { before: null })] }],
    ["an action more", { actions: [action("a"), action("b")] }],
    ["the version of a thing it read", { reads: [{ thing: "environment staging", version: "4" }] }],
    ["a gate", { gates: [] }],
    ["the quorum", { approvalRule: { ...plan.approvalRule, quorum: 2 } }],
    ["the evidence", { evidence: [{ subject: "late", values: { metrics: { a: 1.6, b: 2 } } }] }],
  ])("depends on %s", (_, change) => {
    expect(planHash({ ...plan, ...change })).not.toBe(hash);
  });
});

describe("the states of a plan", () => {
  it.each<[PlanState, string]>([
    ["evaluating", "blocked open ready stale rejected cancelled"],
    ["blocked", "evaluating open ready stale rejected cancelled"],
    ["open", "evaluating blocked ready stale rejected cancelled"],
    ["ready", "evaluating blocked open stale applying rejected cancelled"],
    ["stale", "evaluating blocked open ready rejected cancelled"],
    ["applying", "applied failed"],
    ["applied", ""],
    ["failed", ""],
    ["rejected", ""],
    ["cancelled", ""],
  ])("%s may become: %s", (from, to) => {
    expect(planStates.filter((state) => mayMove(from, state)).join(" ")).toBe(to);
  });

  it("a plan being applied cannot be rejected or withdrawn", () => {
    expect(planStates.filter(isOpen)).toEqual(["evaluating", "blocked", "open", "ready", "stale"]);
  });

  const verdict = (result: GateVerdict["verdict"], mode: GateVerdict["mode"] = "prevent"): GateVerdict => ({
    check: "",
    when: null,
    message: null,
    mode,
    origin: "project",
    verdict: result,
    detail: "",
  });
  it.each<[string, PlanState, Parameters<typeof judgedState>[0]]>([
    ["evidence that is missing", "evaluating", { pending: "x", verdicts: [verdict("fail")], given: 1, needed: 1 }],
    ["a failed gate", "blocked", { pending: null, verdicts: [verdict("pass"), verdict("fail")], given: 1, needed: 1 }],
    [
      "a failed gate that only warns",
      "ready",
      { pending: null, verdicts: [verdict("fail", "warn")], given: 1, needed: 1 },
    ],
    ["a gate in error", "blocked", { pending: null, verdicts: [verdict("error")], given: 1, needed: 1 }],
    ["a warning in error", "blocked", { pending: null, verdicts: [verdict("error", "warn")], given: 1, needed: 1 }],
    [
      "approvals that are missing",
      "open",
      { pending: null, verdicts: [verdict("pass"), verdict("notApplicable")], given: 1, needed: 2 },
    ],
    ["no rule at all", "ready", { pending: null, verdicts: [], given: 0, needed: 0 }],
  ])("%s: %s", (_, state, plan) => {
    expect(judgedState(plan)).toBe(state);
  });
});

describe("approvals", () => {
  const plan = {
    project: "late" as string | null,
    approvalRule: { roles: ["reviewer" as Role], quorum: 1, selfApproval: false },
    hash: "h",
    authorId: "author",
    reshapedById: null as string | null,
    behind: [] as { principalId: string; because: string }[],
  };
  const approval = (principalId: string, more: Partial<ApprovalRow> = {}): ApprovalRow => ({
    principalId,
    decision: "approved",
    comment: "",
    planHash: "h",
    carriedOver: false,
    at: new Date(0),
    ...more,
  });
  const ofPlatform = { ...plan, project: null, approvalRule: { ...plan.approvalRule, roles: ["admin" as Role] } };
  const person = (principalId: string) => ({ principalId, kind: "user" as const, name: principalId });

  type Asked = [Parameters<typeof refuseDecision>[0] & Own, ...Rest];
  type Own = Parameters<typeof authorOnly>[0];
  type Rest = Parameters<typeof refuseDecision> extends [infer _Plan, ...infer More, infer _Authors] ? More : never;
  it.each<[string, string | undefined, Asked]>([
    ["a reviewer", undefined, [plan, "approved", person("r"), ["reviewer"], []]],
    ["an admin, who may do all a reviewer may", undefined, [plan, "approved", person("a"), ["admin"], []]],
    ["a developer", "access.denied", [plan, "approved", person("d"), ["developer"], []]],
    ["nobody in particular", "access.denied", [plan, "approved", person("n"), [], []]],
    [
      "an agent with the role",
      "access.denied",
      [plan, "approved", { ...person("x"), kind: "agent" }, ["reviewer"], []],
    ],
    [
      "a service account with the role",
      "access.denied",
      [plan, "approved", { ...person("x"), kind: "service-account" }, ["admin"], []],
    ],
    ["the author", "approval.self", [plan, "approved", person("author"), ["reviewer"], []]],
    [
      "whoever reshaped it",
      "approval.self",
      [{ ...plan, reshapedById: "r" }, "approved", person("r"), ["reviewer"], []],
    ],
    [
      "the owner of the service account that made it",
      "approval.self",
      [{ ...plan, behind: [{ principalId: "r", because: "owns ci" }] }, "approved", person("r"), ["reviewer"], []],
    ],
    ["the author as admin", "approval.self", [plan, "approved", person("author"), ["admin"], []]],
    [
      "the author where that is allowed",
      undefined,
      [
        { ...plan, approvalRule: { ...plan.approvalRule, selfApproval: true } },
        "approved",
        person("author"),
        ["reviewer"],
        [],
      ],
    ],
    [
      "somebody for the second time",
      "approval.duplicate",
      [plan, "approved", person("r"), ["reviewer"], [approval("r")]],
    ],
    [
      "somebody who approved an earlier hash",
      undefined,
      [plan, "approved", person("r"), ["reviewer"], [approval("r", { planHash: "old" })]],
    ],
    ["a reviewer of a project, of the platform's plan", "access.denied", [ofPlatform, "approved", person("r"), [], []]],
    ["a platform admin, of the platform's plan", undefined, [ofPlatform, "approved", person("a"), ["admin"], []]],
    ["the author, of the platform's plan", "approval.self", [ofPlatform, "approved", person("author"), ["admin"], []]],
    ["the author, rejecting", undefined, [plan, "rejected", person("author"), ["reviewer"], []]],
    ["a developer, rejecting", "access.denied", [plan, "rejected", person("d"), ["developer"], []]],
  ])("by %s: %s", (_, code, input) => {
    expect(refuseDecision(...input, authorOnly(input[0]))?.code).toBe(code);
  });

  it.each<[string, number, Partial<typeof plan>, ApprovalRow[], Record<string, Role[]>]>([
    ["a reviewer's", 1, {}, [approval("r")], { r: ["reviewer"] }],
    ["one of another hash", 0, {}, [approval("r", { planHash: "old" })], { r: ["reviewer"] }],
    ["one of somebody who lost the role since", 0, {}, [approval("r")], { r: ["developer"] }],
    ["the author's, once that is no longer allowed", 0, {}, [approval("author")], { author: ["reviewer"] }],
    [
      "the author's, where it is",
      1,
      { approvalRule: { ...plan.approvalRule, selfApproval: true } },
      [approval("author")],
      { author: ["reviewer"] },
    ],
    ["a rejection", 0, {}, [approval("r", { decision: "rejected" })], { r: ["reviewer"] }],
    [
      "two by accounts of one person",
      1,
      {},
      [approval("r"), approval("second")],
      { r: ["reviewer"], second: ["reviewer"] },
    ],
    ["two of different people", 2, {}, [approval("r"), approval("a")], { r: ["reviewer"], a: ["admin"] }],
  ])("%s: %i count", (_, count, change, approvals, roles) => {
    const own = authorOnly(
      plan,
      new Map([
        ["second", "r@example.org"],
        ["r", "r@example.org"],
      ]),
    );
    expect(countingApprovals({ ...plan, ...change }, approvals, (id) => roles[id] ?? [], own)).toHaveLength(count);
  });

  it("a change of rules needs one approval at least, whatever the environment asks for", () => {
    const rule = { roles: ["reviewer" as Role], quorum: 0, selfApproval: true };
    expect(ruleFor(rule, [action("a")]).quorum).toBe(0);
    expect(ruleFor(rule, [action("a", { needsApproval: true })]).quorum).toBe(1);
    expect(ruleFor({ ...rule, quorum: 2 }, [action("a", { needsApproval: true })]).quorum).toBe(2);
  });
});
