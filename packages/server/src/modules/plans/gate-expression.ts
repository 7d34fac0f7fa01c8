/*
 * A gate's CEL text as a tree that is safe to judge by. Two things differ from plain CEL, on purpose:
 *
 * - Number literals are doubles. Evidence is doubles, CEL never mixes int and double in arithmetic, and `1 / 2` would
 *   be 0: `metrics.a - 1` and `metrics.a >= 0` have to mean what they look like.
 * - `has(champion)` may test a root name; CEL only lets it test a field, so it becomes `has(evidence.champion)`.
 */
import { parse } from "@bufbuild/cel";
import { messageOf } from "../../kernel/pave-error.ts";

export type Expression = ReturnType<typeof parse>["expr"];

/** The root name under which the whole evidence is bound. */
export const evidenceRoot = "evidence";

export interface ParsedGate {
  readonly expression: Expression;
  /** 1-based column of a node, where the parser told. */
  columnOf(id: bigint): number | undefined;
}

export interface SyntaxProblem {
  readonly message: string;
  readonly column: number | undefined;
}

export function parseGate(text: string): ParsedGate | SyntaxProblem {
  try {
    const { expr, sourceInfo } = parse(text);
    promote(expr);
    return {
      expression: expr,
      columnOf: (id) => {
        const offset = sourceInfo?.positions[id.toString()];
        return offset === undefined ? undefined : offset + 1;
      },
    };
  } catch (error) {
    const column = /^<input>:\d+:(\d+): /.exec(messageOf(error))?.[1];
    const message = messageOf(error)
      .replace(/^<input>:\d+:\d+: /, "")
      .replace(/^found (.+?) but expecting ('.+')$/s, "expected $2, found $1")
      .replace(/^found (end of input|.+?)( but expecting .*| where it makes no sense)?$/s, (_, found: string) =>
        found === "end of input" ? "it breaks off" : `\`${found}\` makes no sense there`,
      );
    return { message, column: column === undefined ? undefined : Number(column) };
  }
}

/** The nodes directly below one. */
function childrenOf(expression: Expression): readonly Expression[] {
  const kind = expression.exprKind;
  switch (kind.case) {
    case "selectExpr":
      return kind.value.operand ? [kind.value.operand] : [];
    case "callExpr":
      return [...(kind.value.target ? [kind.value.target] : []), ...kind.value.args];
    case "listExpr":
      return kind.value.elements;
    case "structExpr":
      return kind.value.entries.flatMap(({ keyKind, value }) => [
        ...(keyKind.case === "mapKey" ? [keyKind.value] : []),
        ...(value ? [value] : []),
      ]);
    case "comprehensionExpr": {
      const { iterRange, accuInit, loopCondition, loopStep, result } = kind.value;
      return [iterRange, accuInit, loopCondition, loopStep, result].filter((child) => child !== undefined);
    }
    default:
      return [];
  }
}

function promote(expression: Expression): void {
  const kind = expression.exprKind;
  if (kind.case === "constExpr" && kind.value.constantKind.case === "int64Value") {
    kind.value.constantKind = { case: "doubleValue", value: Number(kind.value.constantKind.value) };
  }
  if (kind.case === "callExpr" && kind.value.function === "has" && kind.value.args.length === 1) {
    const [tested] = kind.value.args;
    if (tested?.exprKind.case === "identExpr") {
      const field = tested.exprKind.value.name;
      tested.exprKind.value.name = evidenceRoot;
      const select = { $typeName: "cel.expr.Expr.Select", operand: tested, field, testOnly: true } as const;
      expression.exprKind = { case: "selectExpr", value: select };
      return;
    }
  }
  for (const child of childrenOf(expression)) promote(child);
}

/** One name the expression looks up, from the root down: `champion.metrics.roc_auc`, `metrics['f1-score']`. */
export interface Reference {
  readonly path: readonly string[];
  /** Only asked whether it is there, by `has()`. */
  readonly tested: boolean;
}

/** Every look-up whose path is known without evaluating; the longest paths only. */
export function referencesOf(expression: Expression, bound: ReadonlySet<string> = new Set()): readonly Reference[] {
  const reference = referenceAt(expression);
  if (reference) {
    const [root, ...rest] = reference.path;
    if (root === undefined || bound.has(root)) return [];
    return [root === evidenceRoot ? { ...reference, path: rest } : reference];
  }
  const kind = expression.exprKind;
  const inner =
    kind.case === "comprehensionExpr"
      ? new Set([...bound, kind.value.accuVar, kind.value.iterVar, kind.value.iterVar2])
      : bound;
  return childrenOf(expression).flatMap((child) => referencesOf(child, inner));
}

/** What the text of a gate looks up; nothing where it is no expression. */
export function gateLookups(text: string): readonly Reference[] {
  const parsed = parseGate(text);
  return "expression" in parsed ? referencesOf(parsed.expression) : [];
}

function referenceAt(expression: Expression): Reference | undefined {
  const kind = expression.exprKind;
  if (kind.case === "identExpr") return { path: [kind.value.name], tested: false };
  if (kind.case === "selectExpr" && kind.value.operand) {
    const parent = referenceAt(kind.value.operand);
    return parent && { path: [...parent.path, kind.value.field], tested: kind.value.testOnly };
  }
  if (kind.case === "callExpr" && kind.value.function === "_[_]") {
    const [operand, index] = kind.value.args;
    const key = index?.exprKind.case === "constExpr" ? index.exprKind.value.constantKind : undefined;
    const parent = operand && referenceAt(operand);
    if (parent && key?.case === "stringValue") return { path: [...parent.path, key.value], tested: false };
  }
  return undefined;
}
