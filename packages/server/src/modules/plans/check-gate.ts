/*
 * The type check of a gate's expression, before any evidence exists. `@bufbuild/cel` evaluates all of CEL but checks
 * only constants and names, so the check is ours: the part of CEL that gates need, everything else refused by name.
 */
import { closest } from "../../kernel/spec/index.ts";
import type { EvidenceSchema, EvidenceType } from "./evidence.ts";
import { booleanType, numberType, objectOf, stringType } from "./evidence.ts";
import { type Expression, evidenceRoot, parseGate } from "./gate-expression.ts";

export interface GateProblem {
  readonly message: string;
  readonly fix?: string;
  /** 1-based, within the expression. */
  readonly column?: number;
}

type Scope = ReadonlyMap<string, EvidenceType>;

/** Gates are written by whoever may push a revision, and judged in the server: their cost is bounded here. */
const maxLength = 2000;

/** Empty when the expression is sound: every name is known, types fit, the result is true or false. */
export function checkGate(text: string, schema: EvidenceSchema): readonly GateProblem[] {
  if (text.length > maxLength) {
    const message = `the expression \`${text.slice(0, 40)}…\` has ${text.length} characters, expected at most ${maxLength}`;
    return [{ message, fix: "Make several gates of it." }];
  }
  const parsed = parseGate(text);
  if (!("expression" in parsed)) {
    return [
      {
        message: `\`${text}\` is not a CEL expression: ${parsed.message}${parsed.column === undefined ? "" : ` (character ${parsed.column})`}`,
        fix: "Write a condition, for example `metrics.roc_auc >= 0.8`.",
        ...place(parsed.column),
      },
    ];
  }
  const scope = new Map([...Object.entries(schema), [evidenceRoot, objectOf(schema)] as const]);
  try {
    const type = typeOf(parsed.expression, scope);
    if (type.kind === "boolean") return [];
    return [
      {
        message: `\`${text}\` is ${phrase(type)}, expected a condition that is true or false`,
        fix: "Compare it with something, for example `>= 0.8`.",
      },
    ];
  } catch (error) {
    if (!(error instanceof Mismatch)) throw error;
    const column = place(parsed.columnOf(error.id));
    return [{ message: `\`${text}\`: ${error.message}`, ...(error.fix ? { fix: error.fix } : {}), ...column }];
  }
}

const place = (column: number | undefined) => (column === undefined ? {} : { column });

class Mismatch extends Error {
  readonly id: bigint;
  readonly fix: string | undefined;
  constructor(at: Expression, message: string, fix?: string) {
    super(message);
    this.id = at.id;
    this.fix = fix;
  }
}

function typeOf(expression: Expression, scope: Scope): EvidenceType {
  const kind = expression.exprKind;
  switch (kind.case) {
    case "constExpr":
      return constantType(expression, kind.value.constantKind.case);
    case "identExpr":
      return scope.get(kind.value.name) ?? unknownName(expression, kind.value.name, [...scope.keys()]);
    case "selectExpr": {
      const { operand, field, testOnly } = kind.value;
      const type = fieldType(expression, typeOf(given(expression, operand), scope), field);
      return testOnly ? booleanType : type;
    }
    case "callExpr":
      return callType(expression, kind.value.function, kind.value.target, kind.value.args, scope);
    case "listExpr": {
      const [first = numberType, ...rest] = kind.value.elements.map((element) => typeOf(element, scope));
      if (rest.some((type) => type.kind !== first.kind))
        throw new Mismatch(expression, "a list has items of different types");
      return { kind: "list", element: first };
    }
    case "comprehensionExpr": {
      const { iterVar, iterVar2, iterRange, accuVar, accuInit, loopStep, result } = kind.value;
      if (scope.has(accuVar))
        throw new Mismatch(expression, "all(), exists() and exists_one() cannot be nested in gates");
      const range = typeOf(given(expression, iterRange), scope);
      const accumulated = typeOf(given(expression, accuInit), scope);
      if (iterVar2 !== "" || accumulated.kind === "list") {
        throw new Mismatch(
          expression,
          "map() and filter() are not available in gates",
          "Use all(), exists() or exists_one().",
        );
      }
      const inner = new Map(scope).set(iterVar, itemType(expression, range)).set(accuVar, accumulated);
      typeOf(given(expression, loopStep), inner);
      return typeOf(given(expression, result), inner);
    }
    default:
      throw new Mismatch(expression, "records and maps cannot be written in gates");
  }
}

function constantType(expression: Expression, constant: string | undefined): EvidenceType {
  if (constant === "doubleValue") return numberType;
  if (constant === "stringValue") return stringType;
  if (constant === "boolValue") return booleanType;
  if (constant === "nullValue")
    throw new Mismatch(expression, "null never occurs in evidence", "Ask whether something is there with has(…).");
  if (constant === "uint64Value")
    throw new Mismatch(expression, "a number is written with u", "Write plain numbers: 1 or 1.0.");
  throw new Mismatch(expression, "only numbers, text, true and false can be written in gates");
}

function fieldType(at: Expression, operand: EvidenceType, field: string): EvidenceType {
  if (operand.kind === "map") return operand.value;
  if (operand.kind !== "object") throw new Mismatch(at, `.${field} is asked of ${phrase(operand)}`);
  const type = Object.hasOwn(operand.fields, field) ? operand.fields[field] : undefined;
  return type ?? unknownName(at, field, Object.keys(operand.fields));
}

const itemType = (at: Expression, range: EvidenceType): EvidenceType => {
  if (range.kind === "list") return range.element;
  if (range.kind === "map") return stringType;
  throw new Mismatch(at, `all(), exists() and exists_one() go over a list or a map, not ${phrase(range)}`);
};

function unknownName(at: Expression, name: string, known: readonly string[]): never {
  const nearest = closest(name, known);
  const names = known.filter((candidate) => candidate !== evidenceRoot);
  throw new Mismatch(
    at,
    `${name} is unknown here, expected one of ${names.join(", ")}`,
    nearest && `Did you mean ${nearest}?`,
  );
}

const comparisons = new Set(["_<_", "_<=_", "_>_", "_>=_"]);
const arithmetic = new Set(["_-_", "_*_", "_/_"]);
const textMethods = new Set(["startsWith", "endsWith", "contains", "matches"]);

function callType(
  at: Expression,
  name: string,
  target: Expression | undefined,
  args: readonly Expression[],
  scope: Scope,
): EvidenceType {
  const sign = name.replaceAll("_", "");
  const types = args.map((argument) => typeOf(argument, scope));
  const [first, second, third] = types;
  const all = (wanted: EvidenceType["kind"]) => types.length > 0 && types.every(({ kind }) => kind === wanted);

  if (target !== undefined) {
    const subject = typeOf(target, scope);
    if (textMethods.has(name) && subject.kind === "string" && types.length === 1 && all("string")) return booleanType;
    if (textMethods.has(name)) throw new Mismatch(at, `${name}() is for text: text.${name}("text")`);
    throw new Mismatch(
      at,
      `the function ${name}() is not available in gates`,
      `There are ${[...textMethods, "all", "exists", "exists_one"].join(", ")}.`,
    );
  }
  if (name === "@not_strictly_false") return booleanType;
  if (name === "_&&_" || name === "_||_" || name === "!_") {
    if (all("boolean")) return booleanType;
    throw new Mismatch(
      at,
      `${sign} joins conditions, found ${list(types)}`,
      "Compare numbers first, for example `metrics.a > 0.5`.",
    );
  }
  if (name === "_?_:_" && first && second && third) {
    if (first.kind === "boolean" && same(second, third)) return second;
    throw new Mismatch(at, `condition ? a : b needs a condition and two values of one type, found ${list(types)}`);
  }
  if (name === "_==_" || name === "_!=_") {
    if (first && second && same(first, second) && ["number", "string", "boolean"].includes(first.kind))
      return booleanType;
    throw new Mismatch(at, `${sign} compares two values of one type, found ${list(types)}`);
  }
  if (comparisons.has(name)) {
    if (all("number") || all("string")) return booleanType;
    throw new Mismatch(at, `${sign} compares two numbers or two texts, found ${list(types)}`);
  }
  if (name === "_+_" && all("string")) return stringType;
  if (name === "_+_" || name === "-_" || arithmetic.has(name)) {
    if (all("number")) return numberType;
    throw new Mismatch(at, `${sign} calculates with numbers, found ${list(types)}`);
  }
  if (name === "@in" && first && second) {
    if (second.kind === "list" && same(first, second.element)) return booleanType;
    if (second.kind === "map" && first.kind === "string") return booleanType;
    throw new Mismatch(at, `in asks for an item of a list or a name of a map, found ${list(types)}`);
  }
  if (name === "_[_]" && first && second) {
    if (first.kind === "map" && second.kind === "string") return first.value;
    throw new Mismatch(
      at,
      `[…] looks up a name in a map, found ${list(types)}`,
      "Write for example metrics['f1-score'].",
    );
  }
  if (name === "size" && first && types.length === 1 && ["string", "list", "map"].includes(first.kind))
    return numberType;
  if (name === "has")
    throw new Mismatch(at, "has() asks for one name, for example has(champion) or has(metrics.roc_auc)");
  throw new Mismatch(
    at,
    `${name === "_%_" ? "%" : `the function ${name}()`} is not available in gates`,
    "There are has(), size() and the operators of CEL.",
  );
}

const given = (at: Expression, child: Expression | undefined): Expression => {
  if (child === undefined) throw new Mismatch(at, "a part of the expression is missing");
  return child;
};

const same = (a: EvidenceType, b: EvidenceType): boolean => a.kind === b.kind;

const phrases = {
  number: "a number",
  string: "text",
  boolean: "true or false",
  list: "a list",
  map: "a map of names",
  object: "a record",
};
const phrase = (type: EvidenceType): string => phrases[type.kind];
const list = (types: readonly EvidenceType[]): string => types.map(phrase).join(" and ");
