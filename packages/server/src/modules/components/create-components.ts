import type { ComponentSpec, FileEntry } from "@pave/contract";
import type { Ctx } from "../../db/context.ts";
import { PaveError } from "../../kernel/pave-error.ts";
import { suggestion } from "../../kernel/spec/index.ts";
import type { Artifacts } from "../artifacts/index.ts";
import { type BuiltinComponent, readBuiltinComponents } from "./builtin-components.ts";
import { compareVersions, isInRange, parseReference } from "./component-reference.ts";
import { rememberComponents } from "./components-store.ts";
import { resolveProjectComponent } from "./resolve-project-component.ts";

export interface ResolvedComponent {
  readonly uses: string;
  readonly spec: ComponentSpec;
  readonly digest: string;
  /** Folder in the built-in library; null for a step of the project. */
  readonly builtin: string | null;
  /** The step's working folder, paths relative to it. Of a built-in one only for looking at: the runner has its own copy. */
  readonly files: readonly FileEntry[];
  /** Folder of component.yaml in the revision; null for a built-in one. */
  readonly folder: string | null;
}

export interface Components {
  /** Reads the library that this program was shipped with. Call it once at start. */
  loadBuiltinComponents(ctx: Ctx, folder: string): Promise<void>;
  /** Throws `component.not_found` or `component.invalid`. */
  resolveComponent(
    ctx: Ctx,
    uses: string,
    revision: { readonly files: readonly FileEntry[] },
  ): Promise<ResolvedComponent>;
  builtinComponents(): readonly BuiltinComponent[];
}

export function createComponents({ artifacts }: { readonly artifacts: Pick<Artifacts, "readBlob"> }): Components {
  let library: readonly BuiltinComponent[] = [];
  return {
    async loadBuiltinComponents(ctx, folder) {
      library = await readBuiltinComponents(folder);
      await rememberComponents(ctx, library);
    },
    async resolveComponent(ctx, uses, revision) {
      const reference = parseReference(uses);
      if (reference?.kind === "project")
        return resolveProjectComponent(ctx, artifacts, uses, reference.folder, revision.files);
      if (reference) return resolveBuiltin(uses, reference, library);
      throw notFound(
        `\`${uses}\` is no component: expected a folder such as ./steps/train, or a name and version such as pave/ingest-table@1`,
        uses,
        library,
      );
    },
    builtinComponents: () => library,
  };
}

function resolveBuiltin(
  uses: string,
  wanted: { name: string; version: string },
  library: readonly BuiltinComponent[],
): ResolvedComponent {
  const versions = library
    .filter(({ spec }) => spec.name === wanted.name)
    .sort((a, b) => compareVersions(b.spec.version, a.spec.version));
  if (versions.length === 0) throw notFound(`There is no component \`${wanted.name}\``, uses, library);
  const found = versions.find(({ spec }) => isInRange(spec.version, wanted.version));
  if (!found) {
    const there = versions.map(({ spec }) => spec.version).join(", ");
    throw new PaveError(
      "component.not_found",
      `\`${uses}\`: expected a version of ${wanted.name} that is there (${there}), found ${wanted.version}`,
      {
        fix: `Use ${wanted.name}@${versions[0]?.spec.version.split(".")[0]}`,
      },
    );
  }
  return { uses, spec: found.spec, digest: found.digest, builtin: found.folder, files: found.files, folder: null };
}

function notFound(message: string, uses: string, library: readonly BuiltinComponent[]): PaveError {
  const known = library.map(({ spec }) => `${spec.name}@${spec.version.split(".")[0]}`);
  return new PaveError("component.not_found", `${message}${suggestion(uses, known)}`, {
    fix: `Use one of ${known.join(", ")}, or a folder of the project with a component.yaml`,
  });
}
