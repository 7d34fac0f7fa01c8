import type { ProjectSpec } from "@pave/contract";
import type { RunnerHost } from "../../../jobs/index.ts";
import { satisfies } from "../../../kernel/python/index.ts";
import { suggestion } from "../../../kernel/spec/index.ts";
import { parseReference, type ResolvedComponent } from "../../components/index.ts";
import { gateLookups } from "../../plans/index.ts";
import { mayBeRegistered } from "./check-references.ts";
import type { Finding } from "./finding.ts";
import { lockPath } from "./pave-lock.ts";

export interface WarningSurroundings {
  readonly files: ReadonlySet<string>;
  readonly components: ReadonlyMap<string, ResolvedComponent>;
  /** Text of the file that `python.lock` names. */
  readonly pythonLock: string | undefined;
  /** Of the runners that are there; nothing is said about what none of them has told. */
  readonly hosts: readonly RunnerHost[];
}

/** What a run takes as it is, and what will most likely stop it, or a release of its model, later. */
export const earlyWarnings = (spec: ProjectSpec, surroundings: WarningSurroundings): Finding[] => [
  ...warnOfLock(spec, surroundings),
  ...warnOfPython(spec, surroundings),
  ...warnOfCpus(spec, surroundings),
  ...warnOfMetrics(spec),
  ...warnOfServed(spec, surroundings),
];

function warnOfLock(spec: ProjectSpec, { files }: WarningSurroundings): Finding[] {
  const isPinning = spec.python !== undefined || allSteps(spec).some(({ step }) => isOfLibrary(step.uses));
  if (files.has(lockPath) || !isPinning) return [];
  return [
    {
      path: [],
      message: `there is no ${lockPath}: components and Python packages are whatever is there on the day of the run`,
      fix: "run `pave lock`, and commit the file",
    },
  ];
}

function warnOfPython({ python }: ProjectSpec, { pythonLock, hosts }: WarningSurroundings): Finding[] {
  if (!python) return [];
  const { requires, lock } = python;
  const path = ["python", "requires"];
  const findings: Finding[] = [];
  const told = hosts.flatMap(({ pythons }) => (pythons ? [pythons] : []));
  const there = [...new Set(told.flat())].sort();
  if (told.length > 0 && there.every((version) => satisfies(version, requires) === false))
    findings.push({
      path,
      message: `\`python.requires\`: no runner has a Python ${requires}, found ${there.join(", ") || "none"}`,
      fix: "ask for one that is there, or install it for all users of a runner's machine",
    });
  const lockedFor = /--python-version[= ](\d+\.\d+(?:\.\d+)?)/.exec(pythonLock ?? "")?.[1];
  if (lockedFor !== undefined && satisfies(lockedFor, requires) === false)
    findings.push({
      path,
      message: `\`python.requires\`: expected a range with ${lockedFor}, for which ${lock} was made, found ${requires}`,
      fix: `lock again for ${requires}, or correct it`,
    });
  return findings;
}

function warnOfCpus(spec: ProjectSpec, { hosts }: WarningSurroundings): Finding[] {
  const cpus = hosts.flatMap(({ cpus }) => cpus ?? []);
  if (cpus.length === 0 || cpus.length < hosts.length) return [];
  const most = Math.max(...cpus);
  return allSteps(spec).flatMap(({ path, step }) => {
    const { cpu } = step.requests;
    if (cpu === undefined || cpu <= most) return [];
    return [
      {
        path: [...path, "requests", "cpu"],
        message: `\`${[...path, "requests", "cpu"].join(".")}\`: expected at most ${most}, which the largest runner has, found ${cpu}`,
        fix: "ask for less, or start a larger runner",
      },
    ];
  });
}

/**
 * The metrics of library components that judge models. They stand here and not in `component.yaml`, since another text
 * there is another digest, by which every project would have to lock and evaluate again.
 */
export const metricsOfLibrary: Readonly<Record<string, readonly string[]>> = {
  "pave/evaluate-classifier": [
    "roc_auc",
    "average_precision",
    "log_loss",
    "brier",
    "accuracy",
    "precision",
    "recall",
    "f1",
    "expected_calibration_error",
    "positive_rate",
    "predicted_mean",
    "rows",
  ],
};

/** Where the metrics of every model are known before it is there, a gate over another can only block. */
function warnOfMetrics(spec: ProjectSpec): Finding[] {
  const known = new Set<string>();
  for (const { evaluation } of Object.values(spec.models)) {
    const [pipeline = "", step = ""] = evaluation?.split(".") ?? [];
    const uses = spec.pipelines[pipeline]?.steps[step]?.uses ?? "";
    const names = metricsOfLibrary[uses.split("@")[0] ?? ""];
    if (!names) return [];
    for (const name of names) known.add(name);
  }
  if (known.size === 0) return [];
  return spec.gates.flatMap((gate, index) =>
    (["check", "when"] as const).flatMap((key) =>
      metricsIn(gate[key] ?? "true")
        .filter((name) => !known.has(name))
        .map((name) => ({
          path: ["gates", index, key],
          message: `\`metrics.${name}\` is never measured: the evaluation gives other metrics${suggestion(name, known)}`,
          fix: `use one of ${[...known].join(", ")}`,
        })),
    ),
  );
}

/** Names that are looked up and not only asked for with `has()`. */
const metricsIn = (expression: string): string[] => [
  ...new Set(
    gateLookups(expression).flatMap(({ path, tested }) => {
      const name = path[path[0] === "candidate" || path[0] === "champion" ? 2 : 1];
      return !tested && path.at(-2) === "metrics" && name !== undefined ? [name] : [];
    }),
  ),
];

/** What this file does not make has to come from elsewhere before it can be released. */
function warnOfServed(spec: ProjectSpec, { components }: WarningSurroundings): Finding[] {
  const known = Object.keys(spec.models);
  if (!mayBeRegistered(spec, components)) return [];
  return Object.entries(spec.serve).flatMap(([name, { model }]) =>
    known.includes(model)
      ? []
      : [
          {
            path: ["serve", name, "model"],
            message: `no output of a step is the model \`${model}\`${suggestion(model, known)}: it can be released once a script, a notebook or a client has registered it`,
            fix: "see what is registered with `pave models list`",
          },
        ],
  );
}

const isOfLibrary = (uses: string): boolean => parseReference(uses)?.kind === "library";

const allSteps = (spec: ProjectSpec) =>
  Object.entries(spec.pipelines).flatMap(([pipeline, { steps }]) =>
    Object.entries(steps).map(([name, step]) => ({ path: ["pipelines", pipeline, "steps", name], step })),
  );
