import type { InputPort, OutputPort, StepSpec } from "@pave/contract";
import { orList, type SpecPath, suggestion } from "../../../kernel/spec/index.ts";
import type { ResolvedComponent } from "../../components/index.ts";
import type { Finding } from "./finding.ts";

/** One connection: the port exists, its source exists, and what comes out goes in. */
export function checkConnection(
  path: SpecPath,
  stepName: string,
  port: string,
  source: string,
  component: ResolvedComponent | undefined,
  steps: ReadonlyMap<string, StepSpec>,
  components: ReadonlyMap<string, ResolvedComponent>,
): Finding[] {
  const input = component && own(component.spec.inputs, port);
  if (component && !input) {
    const known = Object.keys(component.spec.inputs);
    return [
      {
        path,
        key: true,
        message: `${component.spec.name} has no input \`${port}\`${suggestion(port, known)}`,
        fix: known.length > 0 ? `use one of ${known.join(", ")}` : "remove it",
      },
    ];
  }
  const otherName = producer(source);
  const outputName = source.slice(otherName.length + 1);
  const other = steps.get(otherName);
  if (!other) return [unknownStep(path, otherName, steps)];
  if (otherName === stepName)
    return [
      {
        path,
        message: `step \`${stepName}\` takes its own output \`${source}\``,
        fix: "connect it to an earlier step",
      },
    ];
  const producing = components.get(other.uses);
  if (!producing) return [];
  const output = own(producing.spec.outputs, outputName);
  if (!output) {
    const known = Object.keys(producing.spec.outputs);
    return [
      {
        path,
        message: `step \`${otherName}\` has no output \`${outputName}\`${suggestion(outputName, known)}`,
        fix:
          known.length > 0
            ? `use one of ${known.map((key) => `${otherName}.${key}`).join(", ")}`
            : "connect it to another step",
      },
    ];
  }
  const mismatch = input && portMismatch(input, output);
  return mismatch
    ? [
        {
          path,
          message: `\`${source}\` does not fit input \`${port}\`: ${mismatch}`,
          fix: "connect an output of that type, or put a step between that converts it",
        },
      ]
    : [];
}

function portMismatch(input: InputPort, output: OutputPort): string | undefined {
  if (input.type !== output.type && input.type !== "artifact")
    return `expected the type ${input.type}, found ${output.type}`;
  if (!input.format || !output.format || output.format.some((format) => input.format?.includes(format)))
    return undefined;
  return `expected the format ${orList(input.format)}, found ${orList(output.format)}`;
}

export const unknownStep = (path: SpecPath, name: string, steps: ReadonlyMap<string, StepSpec>): Finding => ({
  path,
  message: `there is no step \`${name}\`${suggestion(name, steps.keys())}`,
  fix: `use one of ${[...steps.keys()].join(", ")}`,
});

/** `split` of `split.train`. */
export const producer = (source: string): string => source.slice(0, source.indexOf("."));

const own = <T>(record: Readonly<Record<string, T>>, key: string): T | undefined =>
  Object.hasOwn(record, key) ? record[key] : undefined;
