import { type ComponentSpec, componentSpecSchema, type Problem } from "@pave/contract";
import { PaveError } from "../../kernel/pave-error.ts";
import { parseSpec } from "../../kernel/spec/index.ts";
import { paramProblem } from "./param-value.ts";

/** Reads a component.yaml; throws `component.invalid` with every problem and its place. */
export function parseComponent(text: string, path: string): ComponentSpec {
  const { value, problems, problemAt } = parseSpec(text, path, componentSpecSchema);
  const all: Problem[] = [...problems];
  for (const [name, param] of Object.entries(value?.params ?? {})) {
    const wrong = param.default === undefined ? undefined : paramProblem(param, param.default);
    if (wrong)
      all.push(
        problemAt(
          ["params", name, "default"],
          `the default of param \`${name}\`: ${wrong}`,
          "change the default or the type",
        ),
      );
    if (value && Object.hasOwn(value.inputs, name))
      all.push(problemAt(["params", name], `\`${name}\` is an input and a param`, "rename one of them", { key: true }));
  }
  if (value && all.length === 0) return value;
  const first = all[0];
  throw new PaveError(
    "component.invalid",
    `${path}${first ? `:${first.line}:${first.column}: ${first.message}` : " is not a component"}`,
    {
      fix: all.length > 1 ? `Fix this and ${all.length - 1} more` : (first?.fix ?? "Fix the file"),
      problems: all,
    },
  );
}
