import { posix } from "node:path";
import type { FileEntry } from "@pave/contract";
import type { Ctx } from "../../db/context.ts";
import { PaveError } from "../../kernel/pave-error.ts";
import { suggestion } from "../../kernel/spec/index.ts";
import type { Artifacts } from "../artifacts/index.ts";
import { componentDigest, specFile } from "./component-digest.ts";
import type { ResolvedComponent } from "./create-components.ts";
import { parseComponent } from "./parse-component.ts";

const maxSpecBytes = 512 * 1024;

/** A step of the project itself: `component.yaml` and the code beside it, as they are in the revision. */
export async function resolveProjectComponent(
  ctx: Ctx,
  artifacts: Pick<Artifacts, "readBlob">,
  uses: string,
  folder: string,
  files: readonly FileEntry[],
): Promise<ResolvedComponent> {
  const path = `${folder}/${specFile}`;
  const file = files.find((entry) => entry.path === path);
  if (!file) throw missing(path, files);
  const spec = parseComponent((await artifacts.readBlob(ctx, file.digest, maxSpecBytes)).toString("utf8"), path);
  const code = filesBelow(codeFolder(folder, spec.run.code, path), files);
  return { uses, spec, digest: componentDigest(spec, code), builtin: null, files: code, folder };
}

/** A path that component.yaml names, as a path within the project; undefined where it leaves the project. */
export function projectPath(folder: string, path: string): string | undefined {
  const joined = posix.normalize(posix.join(folder, path));
  return joined === ".." || joined.startsWith("../") || path.startsWith("/") ? undefined : joined.replace(/\/$/, "");
}

function codeFolder(folder: string, code: string, place: string): string {
  const found = projectPath(folder, code);
  if (found !== undefined) return found;
  throw new PaveError(
    "component.invalid",
    `${place}: \`run.code\`: expected a folder within the project, found ${JSON.stringify(code)}`,
    { fix: "Use `.` for the step's own folder" },
  );
}

function filesBelow(folder: string, files: readonly FileEntry[]): FileEntry[] {
  const prefix = folder === "." || folder === "" ? "" : `${folder}/`;
  return files
    .filter((file) => file.path.startsWith(prefix))
    .map((file) => ({ ...file, path: file.path.slice(prefix.length) }));
}

function missing(path: string, files: readonly FileEntry[]): PaveError {
  const steps = files
    .filter((file) => file.path.endsWith(`/${specFile}`))
    .map((file) => `./${file.path.slice(0, -specFile.length - 1)}`);
  const meant = suggestion(`./${posix.dirname(path)}`, steps);
  return new PaveError("component.not_found", `There is no file ${path} in the project${meant}`, {
    fix:
      steps.length > 0
        ? `Use one of ${steps.join(", ")}, or add the file`
        : "Add the file; a component.yaml says what a step takes, gives and runs",
  });
}
