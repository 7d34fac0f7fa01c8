import { expectationsSchema, type FileEntry, type LockSpec, type Problem, type ProjectSpec } from "@pave/contract";
import type { Ctx } from "../../../db/context.ts";
import { findPresentRunners } from "../../../jobs/index.ts";
import { isPaveError } from "../../../kernel/pave-error.ts";
import { satisfies } from "../../../kernel/python/index.ts";
import { parseSpec, type SpecDocument } from "../../../kernel/spec/index.ts";
import type { Artifacts } from "../../artifacts/index.ts";
import type { Components, ResolvedComponent } from "../../components/index.ts";
import { parseProjectSpec, specPath } from "../parse-project-spec.ts";
import { checkDeclared, checkRequirements, parsePythonLock } from "../python/python-lock.ts";
import { findFile } from "../revisions/get-revision.ts";
import type { KnownNames } from "./bind-env.ts";
import { bindStep } from "./bind-step.ts";
import { checkPipeline } from "./check-pipeline.ts";
import { checkReferences, type GateCheck } from "./check-references.ts";
import { earlyWarnings } from "./early-warnings.ts";
import type { Finding } from "./finding.ts";
import { checkLock, lockPath } from "./pave-lock.ts";
import type { Vars } from "./substitute-vars.ts";

export interface CheckDeps {
  readonly artifacts: Pick<Artifacts, "readBlob">;
  readonly components: Pick<Components, "resolveComponent">;
  readonly checkGate: GateCheck;
  readonly computes: readonly string[];
}

export interface CheckInput {
  readonly files: readonly FileEntry[];
  /** As the platform knows the project; absent before it exists. */
  readonly project?: { readonly name: string; readonly owner: string; readonly template: LockSpec["template"] | null };
  /** Of an environment and a run; they override the spec's. */
  readonly vars?: Vars;
  readonly known?: KnownNames;
}

export interface CheckResult {
  readonly ok: boolean;
  /** Null where pave.yaml is missing or does not fit its schema. */
  readonly spec: ProjectSpec | null;
  readonly problems: readonly Problem[];
  /** What does not stop a run, and will most likely stop something later. */
  readonly warnings: readonly Problem[];
  /** By `uses`, those that could be resolved. */
  readonly components: ReadonlyMap<string, ResolvedComponent>;
}

const maxTextBytes = 8 * 2 ** 20;

/**
 * The whole check of a revision, before anything runs: YAML, schema, what every part refers to, files, gates, locks.
 * Tells every problem at once and never throws for what is wrong in the project.
 */
export async function checkProject(ctx: Ctx, deps: CheckDeps, input: CheckInput): Promise<CheckResult> {
  const readText = async (path: string): Promise<string | undefined> => {
    const file = findFile(input, path);
    return file && (await deps.artifacts.readBlob(ctx, file.digest, maxTextBytes)).toString("utf8");
  };
  const text = await readText(specPath);
  if (text === undefined) {
    const problem = {
      path: specPath,
      message: "there is no pave.yaml in the project",
      fix: "run `pave init`, or push the folder that has one",
    };
    return { ok: false, spec: null, problems: [problem], warnings: [], components: new Map() };
  }
  const document = parseProjectSpec(text);
  const spec = document.value;
  if (!spec) return { ok: false, spec: null, problems: document.problems, warnings: [], components: new Map() };

  const { components, problems } = await resolveAll(ctx, deps, document, spec, input.files);
  const files = new Set(input.files.map((file) => file.path));
  const surroundings = {
    components,
    files,
    checkGate: deps.checkGate,
    computes: deps.computes,
    vars: { ...spec.vars, ...input.vars },
    pythonLock: spec.python?.lock,
    known: input.known,
  };
  const findings = [
    ...checkIdentity(spec, input.project),
    ...Object.entries(spec.pipelines).flatMap(([name, pipeline]) => checkPipeline(name, pipeline, surroundings)),
    ...checkReferences(spec, surroundings),
    ...checkPythonKeys(spec, files),
  ];
  problems.push(...findings.map((finding) => locate(document, finding)));
  problems.push(...(await checkExpectations(spec, components, surroundings.vars, readText)));
  problems.push(...(await checkPythonFiles(spec, readText)));

  const lock = await readText(lockPath);
  if (lock !== undefined) {
    const pythonDigest = spec.python && findFile(input, spec.python.lock)?.digest;
    problems.push(...checkLock(lock, { spec, components, template: input.project?.template ?? null, pythonDigest }));
  }
  const hosts = await findPresentRunners(ctx);
  const pythonLock = spec.python && (await readText(spec.python.lock));
  const warnings = earlyWarnings(spec, { files, components, pythonLock, hosts }).map((finding) =>
    locate(document, finding),
  );
  return { ok: problems.length === 0, spec, problems: inOrder(problems), warnings: inOrder(warnings), components };
}

/** Every component that a step uses; those that cannot be had are told where they are used, or in their own file. */
async function resolveAll(
  ctx: Ctx,
  deps: CheckDeps,
  document: SpecDocument<ProjectSpec>,
  spec: ProjectSpec,
  files: readonly FileEntry[],
) {
  const components = new Map<string, ResolvedComponent>();
  const problems: Problem[] = [];
  const told = new Set<string>();
  for (const [pipelineName, pipeline] of Object.entries(spec.pipelines)) {
    for (const [stepName, step] of Object.entries(pipeline.steps)) {
      if (components.has(step.uses)) continue;
      try {
        components.set(step.uses, await deps.components.resolveComponent(ctx, step.uses, { files }));
      } catch (error) {
        if (!isPaveError(error) || error.status >= 500) throw error;
        const ownFile = error.problems && error.problems.length > 0;
        if (ownFile && !told.has(step.uses)) problems.push(...(error.problems ?? []));
        else if (!ownFile)
          problems.push(
            document.problemAt(["pipelines", pipelineName, "steps", stepName, "uses"], error.message, error.fix),
          );
        told.add(step.uses);
      }
    }
  }
  return { components, problems };
}

function checkIdentity(spec: ProjectSpec, project: CheckInput["project"]): Finding[] {
  const findings: Finding[] = [];
  if (project && spec.name !== project.name) {
    findings.push({
      path: ["name"],
      message: `\`name\`: expected \`${project.name}\`, the project's name, found \`${spec.name}\``,
      fix: "correct it, or push to the other project",
    });
  }
  if (project && spec.owner !== project.owner) {
    findings.push({
      path: ["owner"],
      message: `\`owner\`: expected \`${project.owner}\`, the team that owns the project, found \`${spec.owner}\``,
      fix: "correct it; an admin can hand the project over to another team",
    });
  }
  return findings;
}

function checkPythonKeys(spec: ProjectSpec, files: ReadonlySet<string>): Finding[] {
  if (!spec.python) return [];
  const { lock, requires } = spec.python;
  const findings: Finding[] = [];
  if (!files.has(lock))
    findings.push({
      path: ["python", "lock"],
      message: `there is no file \`${lock}\` in the project`,
      fix: `make it: \`uv pip compile pyproject.toml --generate-hashes -o ${lock}\``,
    });
  if (satisfies("3.11", requires) === undefined)
    findings.push({
      path: ["python", "requires"],
      message: `\`python.requires\`: expected versions such as >=3.11, found \`${requires}\``,
      fix: "correct it",
    });
  return findings;
}

async function checkPythonFiles(
  spec: ProjectSpec,
  readText: (path: string) => Promise<string | undefined>,
): Promise<Problem[]> {
  const lock = spec.python && (await readText(spec.python.lock));
  if (!spec.python || lock === undefined) return [];
  if (spec.python.pinned === false)
    return spec.python.lock.endsWith("pyproject.toml") ? [] : checkRequirements(lock, spec.python.lock);
  const { packages, problems } = parsePythonLock(lock, spec.python.lock);
  const pyproject = await readText("pyproject.toml");
  return [
    ...problems,
    ...(pyproject === undefined || problems.length > 0 ? [] : checkDeclared(pyproject, spec.python.lock, packages)),
  ];
}

/** Files that a step hands to an input for expectations. */
async function checkExpectations(
  spec: ProjectSpec,
  components: ReadonlyMap<string, ResolvedComponent>,
  vars: Vars,
  readText: (path: string) => Promise<string | undefined>,
): Promise<Problem[]> {
  const steps = Object.values(spec.pipelines).flatMap((pipeline) => Object.values(pipeline.steps));
  const paths = steps.flatMap((step) => {
    const component = components.get(step.uses);
    if (!component) return [];
    const { files } = bindStep(component.spec, step.with, vars);
    return Object.entries(files).flatMap(([port, path]) =>
      component.spec.inputs[port]?.schema === "expectations" ? [path] : [],
    );
  });
  const texts = await Promise.all([...new Set(paths)].map(async (path) => [path, await readText(path)] as const));
  return texts.flatMap(([path, text]) =>
    text === undefined ? [] : parseSpec(text, path, expectationsSchema).problems,
  );
}

const locate = (document: SpecDocument<ProjectSpec>, { path, message, fix, key }: Finding): Problem =>
  document.problemAt(path, message, fix, { key: key ?? false });

/** pave.yaml first, then file by file, each from top to bottom. */
function inOrder(problems: readonly Problem[]): Problem[] {
  const rank = ({ path = "" }: Problem): string => (path === specPath ? "" : path);
  return [...problems].sort((a, b) =>
    rank(a) < rank(b) ? -1 : rank(a) > rank(b) ? 1 : (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0),
  );
}
