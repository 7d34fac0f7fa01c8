/*
 * A verdict is pass, fail, notApplicable (only where a `when` says so) or error. Only the boolean `true` passes: the
 * library returns its errors as values, which are truthy, and CEL forgives an error beside `||`, so a name that the
 * evidence lacks is an error before anything is evaluated, unless the expression asks for it with has().
 */
import { type CelInput, CelScalar, celEnv, celFunc, isCelError, listType, mapType, plan } from "@bufbuild/cel";
import type { GateVerdict } from "@pave/contract";
import { messageOf } from "../../kernel/pave-error.ts";
import { closest } from "../../kernel/spec/index.ts";
import { checkGate } from "./check-gate.ts";
import type { Evidence, EvidenceSchema, EvidenceValue } from "./evidence.ts";
import { type Expression, evidenceRoot, parseGate, type Reference, referencesOf } from "./gate-expression.ts";

/** A gate with where it comes from. */
export interface GateRule {
  readonly check: string;
  readonly when: string | null;
  readonly message: string | null;
  readonly mode: "prevent" | "warn";
  /** Whose rule it is: `environment production` or `project`. */
  readonly origin: string;
  /** Said beside its verdict, for example that the revision no longer has this rule. */
  readonly note?: string;
}

export function evaluateGate(rule: GateRule, evidence: Evidence, schema: EvidenceSchema): GateVerdict {
  const verdict = (result: GateVerdict["verdict"], detail: string): GateVerdict => ({
    check: rule.check,
    when: rule.when,
    message: rule.message,
    mode: rule.mode,
    origin: rule.origin,
    verdict: result,
    detail: rule.note ? `${detail}; ${rule.note}` : detail,
  });

  if (rule.when !== null) {
    const applies = evaluateCondition(rule.when, evidence, schema);
    if ("error" in applies) return verdict("error", `when: ${applies.error}`);
    if (!applies.value) return verdict("notApplicable", `${rule.when} is false`);
  }
  const outcome = evaluateCondition(rule.check, evidence, schema);
  if ("error" in outcome) return verdict("error", outcome.error);
  return verdict(outcome.value ? "pass" : "fail", outcome.seen === "" ? `is ${outcome.value}` : outcome.seen);
}

type Outcome = { readonly value: boolean; readonly seen: string } | { readonly error: string };

function evaluateCondition(text: string, evidence: Evidence, schema: EvidenceSchema): Outcome {
  const [problem] = checkGate(text, schema);
  if (problem) return { error: problem.fix ? `${problem.message}. ${problem.fix}` : problem.message };
  const parsed = parseGate(text);
  if (!("expression" in parsed)) return { error: parsed.message };

  const references = referencesOf(parsed.expression);
  const guards = references.filter(({ tested }) => tested);
  const needed = references.filter(
    ({ tested, path }) => !tested && !guards.some((guard) => isPrefix(guard.path, path)),
  );
  const missing = needed.map((reference) => explainMissing(reference, evidence)).find((text) => text !== undefined);
  if (missing) return { error: missing };

  const result = evaluate(parsed.expression, evidence);
  if (typeof result === "boolean") return { value: result, seen: seenValues(references, evidence) };
  const lacking = references.map((reference) => explainMissing(reference, evidence)).find((text) => text !== undefined);
  return { error: lacking ?? result.error };
}

function evaluate(expression: Expression, evidence: Evidence): boolean | { error: string } {
  try {
    const variables = { ...evidence, [evidenceRoot]: evidence } as Record<string, CelInput>;
    const result = plan(environment, expression)(variables);
    if (isCelError(result)) return { error: result.message };
    if (result === true || result === false) return result;
    return { error: `gives ${typeof result} and not true or false` };
  } catch (error) {
    return { error: messageOf(error) };
  }
}

const { DOUBLE, DYN, STRING } = CelScalar;

/** Doubles throughout: division by zero is an error instead of infinity, which would pass `> 0.5`. */
const environment = celEnv({
  funcs: [
    celFunc("_/_", [DOUBLE, DOUBLE], DOUBLE, (a, b) => {
      if (b === 0) throw new Error("division by zero");
      return a / b;
    }),
    celFunc("size", [STRING], DOUBLE, (text) => [...text].length),
    celFunc("size", [listType(DYN)], DOUBLE, (items) => items.size),
    celFunc("size", [mapType(DYN, DYN)], DOUBLE, (entries) => entries.size),
  ],
});

const isPrefix = (prefix: readonly string[], path: readonly string[]): boolean =>
  prefix.every((name, index) => path[index] === name);

function lookUp(
  path: readonly string[],
  evidence: Evidence,
): { value: EvidenceValue | undefined; parent: EvidenceValue; depth: number } {
  let parent: EvidenceValue = evidence;
  let value: EvidenceValue | undefined = evidence;
  for (const [depth, name] of path.entries()) {
    parent = value as EvidenceValue;
    value =
      typeof parent === "object" && !Array.isArray(parent) && Object.hasOwn(parent, name)
        ? (parent as Evidence)[name]
        : undefined;
    if (value === undefined) return { value, parent, depth };
  }
  return { value, parent, depth: path.length };
}

function explainMissing({ path, tested }: Reference, evidence: Evidence): string | undefined {
  const { value, parent, depth } = lookUp(path, evidence);
  if (typeof value === "number" && !Number.isFinite(value))
    return `${path.join(".")} is ${value}, expected a finite number`;
  if (value !== undefined || tested) return undefined;
  const name = path[depth] ?? "";
  const where = path.slice(0, depth + 1).join(".");
  if (depth === 0)
    return `there is no ${name} here; say \`when: has(${name})\` if the gate is only for plans that have one`;
  const known = typeof parent === "object" ? Object.keys(parent).sort() : [];
  const nearest = closest(name, known);
  const there = known.length === 0 ? `${path.slice(0, depth).join(".")} is empty` : `there are ${known.join(", ")}`;
  return `${where} does not exist: ${there}${nearest ? `; did you mean ${nearest}?` : ""}`;
}

function seenValues(references: readonly Reference[], evidence: Evidence): string {
  const seen = new Map<string, string>();
  for (const { path, tested } of references) {
    const { value } = lookUp(path, evidence);
    if (tested) seen.set(`has(${path.join(".")})`, String(value !== undefined));
    else if (value !== undefined && typeof value !== "object") seen.set(path.join("."), format(value));
  }
  return [...seen].map(([name, value]) => `${name} = ${value}`).join(", ");
}

/** Numbers as precise as a reader can use: 0.6712345 is 0.67123, 12345 stays. */
const format = (value: number | string | boolean): string =>
  typeof value === "number" && !Number.isInteger(value) ? String(Number(value.toPrecision(5))) : String(value);
