import { counted, type FileEntry, type LockSpec, type ProjectSpec, type RenderedProject } from "@pave/contract";
import type { Ctx } from "../../../db/context.ts";
import { digestOf } from "../../../kernel/ids.ts";
import { canonicalJson } from "../../../kernel/json.ts";
import { isPaveError, messageOf, PaveError } from "../../../kernel/pave-error.ts";
import { type Artifacts, type FileTree, fileTreeOf } from "../../artifacts/index.ts";
import { type Components, parseReference, type ResolvedComponent } from "../../components/index.ts";
import { lockPath, lockText, makeLock } from "../check/pave-lock.ts";
import { parseProjectSpec, specPath } from "../parse-project-spec.ts";
import { answersFromProfile } from "./answers-from-profile.ts";
import { answerProblems, type RenderedFile, renderTemplate } from "./render-template.ts";
import type { LibraryTemplate } from "./template-library.ts";

export interface Rendering {
  readonly template: LibraryTemplate;
  readonly answers: Readonly<Record<string, unknown>>;
  readonly files: ReadonlyMap<string, RenderedFile>;
  readonly tree: FileTree;
}

/** Renders a template with complete answers; the same answers give the same bytes, and so the same digest. */
export async function renderPristine(
  template: LibraryTemplate,
  given: Readonly<Record<string, unknown>>,
): Promise<Rendering> {
  const problems = answerProblems(template, given);
  if (problems.length > 0) {
    throw new PaveError(
      "template.answers_invalid",
      `Template ${template.name} cannot be rendered: ${problems.join("; ")}`,
      {
        fix: "Give answers with --data and --target, with --set name=value, or in a file with --answers",
        problems: problems.map((message) => ({ message })),
      },
    );
  }
  const complete = template.questions.map((question) => [question.name, given[question.name] ?? question.default]);
  // Databases and files keep maps in orders of their own; the bytes must not depend on it.
  const answers = JSON.parse(canonicalJson(Object.fromEntries(complete))) as Record<string, unknown>;
  const files = await render(template, answers);
  const entries = [...files].map(
    ([path, file]): FileEntry => ({
      path,
      digest: digestOf(file.content),
      size: file.content.length,
      executable: file.executable,
    }),
  );
  return { template, answers, files, tree: fileTreeOf(entries) };
}

async function render(
  template: LibraryTemplate,
  answers: Readonly<Record<string, unknown>>,
): Promise<ReadonlyMap<string, RenderedFile>> {
  try {
    return await renderTemplate(template.folder, answers);
  } catch (error) {
    if (isPaveError(error)) throw error;
    throw new PaveError("template.answers_invalid", messageOf(error), {
      fix: "Correct the answers, or report it as a mistake of the template",
      cause: error,
    });
  }
}

/** What a new project would contain: the pristine rendering, the lock on top of it, and what to know beforehand. */
export async function renderProject(
  ctx: Ctx,
  components: Pick<Components, "resolveComponent">,
  input: {
    readonly template: LibraryTemplate;
    readonly name: string;
    readonly answers: Readonly<Record<string, unknown>>;
    readonly profile?: unknown;
  },
): Promise<RenderedProject> {
  const given = { ...input.answers, name: input.name };
  const { answers, understood, warnings } =
    input.profile === undefined || input.profile === null
      ? { answers: given, understood: undefined, warnings: [] }
      : answersFromProfile(input.template, given, input.profile);
  const rendering = await renderPristine(input.template, answers);
  const spec = specOf(rendering);
  const lock = await lockOf(ctx, components, rendering, spec);
  const files = [...rendering.files, [lockPath, { content: Buffer.from(lockText(lock)), executable: false }] as const];
  return {
    template: { name: input.template.name, version: input.template.version },
    answers: { ...rendering.answers },
    rendering: rendering.tree.digest,
    files: files.map(([path, file]) => ({
      path,
      contentBase64: file.content.toString("base64"),
      executable: file.executable,
    })),
    creates: [
      ...(understood ? [`${rendering.answers.data}: ${understood}`] : []),
      ...creates(rendering, spec, files.length),
    ],
    warnings: [...warnings],
  };
}

/** Keeps every file and the manifest, which is found by the rendering's digest: upgrades compare with it. */
export async function storeRendering(ctx: Ctx, artifacts: Artifacts, rendering: Rendering): Promise<void> {
  for (const file of rendering.files.values()) await artifacts.storeBytes(ctx, file.content);
  await artifacts.storeBytes(ctx, rendering.tree.manifest);
}

/** A template that renders no valid spec is a mistake of the template, or an answer that says too much. */
function specOf(rendering: Rendering): ProjectSpec {
  const { value, problems } = parseProjectSpec(rendering.files.get(specPath)?.content.toString("utf8") ?? "");
  if (value) return value;
  throw new PaveError(
    "template.answers_invalid",
    `Template ${rendering.template.name} renders a pave.yaml that is not valid: ${problems[0]?.message ?? ""}`,
    { fix: "Give answers with --data and --target, with --set name=value, or in a file with --answers", problems },
  );
}

async function lockOf(
  ctx: Ctx,
  components: Pick<Components, "resolveComponent">,
  rendering: Rendering,
  spec: ProjectSpec,
): Promise<LockSpec> {
  const resolved = new Map<string, ResolvedComponent>();
  for (const step of Object.values(spec.pipelines).flatMap((pipeline) => Object.values(pipeline.steps))) {
    if (parseReference(step.uses)?.kind === "library")
      resolved.set(step.uses, await components.resolveComponent(ctx, step.uses, { files: [] }));
  }
  const { name, version } = rendering.template;
  const template = { name, version, answers: { ...rendering.answers }, rendering: rendering.tree.digest };
  const pythonDigest = rendering.tree.files.find((file) => file.path === spec.python?.lock)?.digest;
  return makeLock({ spec, components: resolved, template, pythonDigest });
}

function creates(rendering: Rendering, spec: ProjectSpec, fileCount: number): string[] {
  const { splitBy } = rendering.answers;
  const gates = spec.gates.map((gate) => `\`${gate.check}\``).join(", ");
  return [
    `project ${spec.name}, owned by ${spec.owner}, tier ${spec.tier}`,
    `${counted(fileCount, "file")} from template ${rendering.template.name} ${rendering.template.version}, among them ${[specPath, "README.md", "model-card.md"].filter((path) => rendering.files.has(path)).join(", ")}`,
    ...Object.entries(spec.pipelines).map(
      ([name, pipeline]) => `pipeline ${name}: ${Object.keys(pipeline.steps).join(" → ")}`,
    ),
    ...(typeof splitBy === "string" && splitBy !== "" ? [`test set: the latest rows by \`${splitBy}\``] : []),
    ...Object.keys(spec.models).map((name) => `model ${name}${gates === "" ? "" : `, released only if ${gates}`}`),
    ...Object.entries(spec.serve).map(([name, endpoint]) => `endpoint ${name} that serves ${endpoint.model}`),
    ...Object.entries(spec.resources).map(
      ([name, resource]) => `${resource.type} ${name} (${resource.class}) in every environment`,
    ),
  ];
}
