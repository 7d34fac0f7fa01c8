import type { SpecPath } from "../../../kernel/spec/index.ts";
import { projectPath, type ResolvedComponent } from "../../components/index.ts";
import type { Finding } from "./finding.ts";

/** Steps share the project's environment: a lock of their own would not be what is installed. */
export function checkStepPython(
  path: SpecPath,
  component: ResolvedComponent,
  pythonLock: string | undefined,
): Finding[] {
  const { folder, spec } = component;
  if (folder === null) return [];
  const at = [...path, "uses"];
  const place = `${folder}/component.yaml`;
  const { python } = spec.run;
  if (!python) {
    if (pythonLock !== undefined || !/^python(3(\.\d+)?)?$/.test(spec.run.command[0] ?? "")) return [];
    return [
      {
        path: at,
        message: `${place} runs Python, and pave.yaml declares no \`python.lock\``,
        fix: "add `python: { lock: requirements.lock }` to pave.yaml; the lock may be empty",
      },
    ];
  }
  const lock = projectPath(folder, python.lock);
  if (lock !== undefined && lock === pythonLock) return [];
  const expected = pythonLock === undefined ? "(`python.lock` of pave.yaml, which is missing)" : `\`${pythonLock}\``;
  const found = lock === undefined ? `\`${python.lock}\`, which is outside of it` : `\`${lock}\``;
  return [
    {
      path: at,
      message: `${place}: \`run.python.lock\`: expected the project's lock ${expected}, found ${found}`,
      fix:
        pythonLock === undefined
          ? `add \`python: { lock: ${lock ?? "requirements.lock"} }\` to pave.yaml`
          : "name the project's lock there, relative to the step's folder",
    },
  ];
}
