import { suggestion } from "../../../kernel/spec/index.ts";
import type { Finding } from "./finding.ts";

export type Vars = Readonly<Record<string, string | number | boolean>>;

/** One `${{ … }}` in a text. */
export interface Reference {
  readonly start: number;
  readonly whole: string;
  readonly inner: string;
}

/** In the order of the text. By hand: a pattern would go over a long text that never closes its brackets again and again. */
export function referencesIn(text: string): Reference[] {
  const found: Reference[] = [];
  for (let start = text.indexOf("${{"); start !== -1; ) {
    const close = text.indexOf("}}", start + 3);
    if (close === -1) break;
    found.push({ start, whole: text.slice(start, close + 2), inner: text.slice(start + 3, close).trim() });
    start = text.indexOf("${{", close + 2);
  }
  return found;
}

/**
 * Replaces `${{ vars.NAME }}` wherever it stands in a value. A value that is one reference takes the variable's type;
 * within a text it becomes text.
 */
export function substituteVars(
  value: unknown,
  vars: Vars,
  path: Finding["path"] = [],
): { value: unknown; findings: Finding[] } {
  if (typeof value === "string") return substituteText(value, vars, path);
  if (Array.isArray(value)) {
    const items = value.map((item, index) => substituteVars(item, vars, [...path, index]));
    return { value: items.map((item) => item.value), findings: items.flatMap((item) => item.findings) };
  }
  if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value).map(
      ([key, item]) => [key, substituteVars(item, vars, [...path, key])] as const,
    );
    return {
      value: Object.fromEntries(entries.map(([key, item]) => [key, item.value])),
      findings: entries.flatMap(([, item]) => item.findings),
    };
  }
  return { value, findings: [] };
}

function substituteText(text: string, vars: Vars, path: Finding["path"]): { value: unknown; findings: Finding[] } {
  const references = referencesIn(text);
  const findings = references.flatMap(({ inner, whole }) => findingOf(inner, whole, vars, path));
  const [first] = references;
  if (findings.length > 0 || !first) return { value: text, findings };
  if (first.whole === text.trim()) return { value: vars[nameOf(first.inner)], findings };
  let value = "";
  let end = 0;
  for (const { start, whole, inner } of references) {
    value += text.slice(end, start) + String(vars[nameOf(inner)]);
    end = start + whole.length;
  }
  return { value: value + text.slice(end), findings };
}

const nameOf = (inner: string): string => inner.slice("vars.".length);

function findingOf(inner: string, whole: string, vars: Vars, path: Finding["path"]): Finding[] {
  if (inner.startsWith("secrets.")) {
    return [
      {
        path,
        message: `\`${whole}\`: a secret may stand under \`env:\` of a step only, where nothing writes it down`,
        fix: `give it to the step's process, \`env: { ${inner.slice("secrets.".length) || "TOKEN"}: "${whole}" }\`, and read the variable there`,
      },
    ];
  }
  if (!/^vars\.[\w-]+$/.test(inner)) {
    return [
      {
        path,
        message: `\`${whole}\`: expected \`vars.NAME\` in the brackets, found \`${inner}\``,
        fix: "refer to a variable of `vars:`",
      },
    ];
  }
  const name = nameOf(inner);
  if (Object.hasOwn(vars, name)) return [];
  return [
    {
      path,
      message: `\`${whole}\`: there is no variable \`${name}\`${suggestion(name, Object.keys(vars))}`,
      fix: `add \`${name}\` under \`vars:\``,
    },
  ];
}
