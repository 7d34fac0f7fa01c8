import { posix } from "node:path";
import type { ArtifactType, FileEntry } from "@pave/contract";
import type { Ctx } from "../../db/context.ts";
import { PaveError } from "../../kernel/pave-error.ts";
import type { Artifacts } from "../artifacts/index.ts";
import type { Binding, CommandDefinition } from "./step-definition.ts";
import { findOutputs, type StepRow } from "./step-store.ts";

export interface StepInput {
  readonly type: ArtifactType;
  readonly format: string | null;
  /** Of the contents: of one file its own, of an artifact its tree's. */
  readonly digest: string;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly files: readonly FileEntry[];
  /** Null for a file of the revision. */
  readonly artifactId: string | null;
}

type ReadArtifacts = Pick<Artifacts, "getArtifacts">;

/** What a step reads, by port. An optional output that its maker left out is left out here too. */
export async function resolveInputs(
  artifacts: ReadArtifacts,
  ctx: Ctx,
  runId: string,
  definition: CommandDefinition,
): Promise<Record<string, StepInput>> {
  return (await resolveAllInputs(artifacts, ctx, runId, [definition]))[0] ?? {};
}

/** The same for steps of one run, in their order. */
export async function resolveAllInputs(
  artifacts: ReadArtifacts,
  ctx: Ctx,
  runId: string,
  definitions: readonly CommandDefinition[],
): Promise<Record<string, StepInput>[]> {
  const bindings = definitions.flatMap((definition) => Object.values(definition.bindings));
  const makers = bindings.flatMap((binding) => (binding.from === "step" ? [binding.step] : []));
  const outputs = await findOutputs(ctx, runId, [...new Set(makers)]);
  const ids = bindings.flatMap((binding) => artifactOf(binding, outputs) ?? []);
  const found = new Map((await artifacts.getArtifacts(ctx, [...new Set(ids)])).map((row) => [row.id, row]));
  return definitions.map((definition) => {
    const inputs: Record<string, StepInput> = {};
    for (const [port, binding] of Object.entries(definition.bindings)) {
      const row = found.get(artifactOf(binding, outputs) ?? "");
      if (binding.from === "file") inputs[port] = fileInput(definition.inputs[port]?.type ?? "artifact", binding.file);
      else if (row) inputs[port] = { ...row, artifactId: row.id };
      else refuseMissing(definition, port, binding);
    }
    return inputs;
  });
}

/** `outputs`: of the run's steps, by name. */
export function artifactOf(binding: Binding, outputs: ReadonlyMap<string, StepRow["outputs"]>): string | undefined {
  if (binding.from === "artifact") return binding.artifactId;
  if (binding.from === "file") return undefined;
  return outputs.get(binding.step)?.[binding.output];
}

function fileInput(type: ArtifactType, file: FileEntry): StepInput {
  const format = posix.extname(file.path).slice(1).toLowerCase();
  return {
    type,
    format: format === "" ? null : format,
    digest: file.digest,
    metadata: {},
    files: [{ ...file, path: posix.basename(file.path) }],
    artifactId: null,
  };
}

function refuseMissing(definition: CommandDefinition, port: string, binding: Binding): void {
  if (definition.inputs[port]?.required === false || binding.from !== "step") return;
  throw new PaveError(
    "artifact.not_found",
    `the input ${port} is missing: ${binding.step} gave no output ${binding.output}`,
    {
      fix: `Let ${binding.step} write the output, or take the input away`,
    },
  );
}
