import type { ComponentSpec, InputPort } from "@pave/contract";
import { describeValue, suggestion } from "../../../kernel/spec/index.ts";
import { isRequired, paramProblem } from "../../components/index.ts";
import type { Finding } from "./finding.ts";
import { substituteVars, type Vars } from "./substitute-vars.ts";

export interface BoundStep {
  /** Every param with its value: given, or the component's default. */
  readonly params: Readonly<Record<string, unknown>>;
  /** Input port to the path of a file of the project. */
  readonly files: Readonly<Record<string, string>>;
  /** Paths below the step's `with`. */
  readonly findings: readonly Finding[];
}

/** Takes a step's `with:` apart into params and files, and says what does not fit the component. */
export function bindStep(component: ComponentSpec, given: Readonly<Record<string, unknown>>, vars: Vars): BoundStep {
  const params: Record<string, unknown> = {};
  const files: Record<string, string> = {};
  const findings: Finding[] = [];

  for (const [name, raw] of Object.entries(given)) {
    const { value, findings: unresolved } = substituteVars(raw, vars, [name]);
    findings.push(...unresolved);
    if (unresolved.length > 0) continue;
    const param = own(component.params, name);
    const port = own(component.inputs, name);
    if (param) {
      const problem = paramProblem(param, value);
      if (problem) findings.push({ path: [name], message: `param \`${name}\`: ${problem}`, fix: "change the value" });
      params[name] = value;
    } else if (port?.file) {
      if (value === null && !port.required) continue;
      const path = typeof value === "string" ? plainPath(value) : undefined;
      if (path === undefined)
        findings.push({
          path: [name],
          message: `\`${name}\`: expected a path within the project, found ${describeValue(value)}`,
          fix: "name a file relative to pave.yaml",
        });
      else files[name] = path;
    } else findings.push(unknownName(component, name, port));
  }

  for (const [name, param] of Object.entries(component.params)) {
    if (Object.hasOwn(given, name)) continue;
    if (param.default !== undefined) params[name] = param.default;
    else if (isRequired(param))
      findings.push({
        path: [],
        message: `param \`${name}\` of ${component.name} is missing: expected a value of type ${param.type}`,
        fix: `add \`with: { ${name}: … }\``,
      });
  }
  return { params, files, findings };
}

function unknownName(component: ComponentSpec, name: string, port: InputPort | undefined): Finding {
  if (port) {
    return {
      path: [name],
      key: true,
      message: `\`${name}\` is an input of ${component.name}, not a param`,
      fix: `connect it with \`inputs: { ${name}: <step>.<output> }\``,
    };
  }
  const known = [
    ...Object.keys(component.params),
    ...Object.entries(component.inputs).flatMap(([key, input]) => (input.file ? [key] : [])),
  ];
  return {
    path: [name],
    key: true,
    message: `${component.name} has no param \`${name}\`${suggestion(name, known)}`,
    fix: known.length > 0 ? `use one of ${known.join(", ")}, or remove it` : "remove it",
  };
}

/** Without a leading `./`; undefined where it leaves the project. */
function plainPath(path: string): string | undefined {
  const plain = path.replace(/^(\.\/)+/, "");
  return plain === "" ||
    plain.startsWith("/") ||
    plain.includes("\\") ||
    plain.split("/").some((part) => part === ".." || part === "")
    ? undefined
    : plain;
}

const own = <T>(record: Readonly<Record<string, T>>, key: string): T | undefined =>
  Object.hasOwn(record, key) ? record[key] : undefined;
