import type { FileEntry } from "@pave/contract";
import { counted, topics } from "@pave/contract";
import { type Ctx, inTransaction } from "../../../db/context.ts";
import { newId } from "../../../kernel/ids.ts";
import { PaveError } from "../../../kernel/pave-error.ts";
import {
  type Artifacts,
  assertBlobs,
  caseCollisions,
  type FileTree,
  fileTreeOf,
  heldBlobs,
  holdBlobs,
  pathProblems,
} from "../../artifacts/index.ts";
import { recordEvent } from "../../ledger/index.ts";
import { parseProjectSpec, specPath } from "../parse-project-spec.ts";
import { describeProject } from "../projects-store.ts";
import { recordCommit } from "./revision-commits-store.ts";
import {
  findRevision,
  type GitState,
  insertRevision,
  nextRevisionNumber,
  type RevisionRow,
  touchRevision,
} from "./revisions-store.ts";

export interface PushRevision {
  readonly project: { readonly id: string; readonly name: string };
  readonly files: readonly FileEntry[];
  readonly git: GitState | null;
  readonly message: string;
}

export interface PushLimits {
  readonly files: number;
  readonly bytes: number;
}

export const defaultPushLimits: PushLimits = { files: 20_000, bytes: 4 * 2 ** 30 };
const maxSpecBytes = 512 * 1024;

/**
 * Keeps a snapshot of the project's files. As long as contents are missing, it keeps nothing and names them; the same
 * files pushed again give the revision that is there.
 */
export async function pushRevision(
  ctx: Ctx,
  artifacts: Artifacts,
  input: PushRevision,
  limits: PushLimits = defaultPushLimits,
): Promise<{ revision: RevisionRow | null; missing: string[]; warnings: string[] }> {
  const tree = checkedTree(input.files, limits);
  const warnings = caseWarnings(tree);
  const known = await findRevision(ctx, input.project.id, { digest: tree.digest });
  const missing = await missingContents(ctx, artifacts, input.project.id, tree);
  if (missing.length > 0) return { revision: null, missing, warnings };
  if (known) {
    await touchRevision(ctx, known.id);
    await recordCommit(ctx, known.id, input.git);
    return { revision: known, missing: [], warnings };
  }

  await assertBlobs(ctx, tree.files, "the revision");
  const spec = await readSpec(ctx, artifacts, tree.files);
  const revision = await inTransaction(ctx, async (ctx): Promise<RevisionRow> => {
    const number = await nextRevisionNumber(ctx, input.project.id);
    const pushedMeanwhile = await findRevision(ctx, input.project.id, { digest: tree.digest });
    if (pushedMeanwhile) {
      await recordCommit(ctx, pushedMeanwhile.id, input.git);
      return pushedMeanwhile;
    }
    const row: RevisionRow = {
      id: newId(),
      projectId: input.project.id,
      number,
      digest: tree.digest,
      files: tree.files,
      fileCount: tree.files.length,
      bytes: tree.bytes,
      spec,
      git: input.git,
      message: input.message,
      createdAt: ctx.clock.now(),
      createdBy: ctx.actor.principalId,
    };
    await insertRevision(ctx, row);
    await recordCommit(ctx, row.id, input.git);
    await holdBlobs(ctx, row.projectId, digestsOf(tree));
    if (spec) await describeProject(ctx, input.project.id, spec);
    await recordEvent(ctx, {
      type: "revision.pushed",
      subjectType: "revision",
      subjectId: row.id,
      projectId: input.project.id,
      revisionId: row.id,
      data: {
        number,
        digest: row.digest,
        files: row.fileCount,
        bytes: row.bytes,
        commit: input.git?.commit ?? null,
        dirty: input.git?.dirty ?? null,
        message: input.message,
      },
    });
    return row;
  });
  ctx.hint(topics.project(input.project.name));
  return { revision, missing: [], warnings };
}

/** What has to be uploaded before the files are a revision. */
export async function missingContents(
  ctx: Ctx,
  artifacts: Artifacts,
  projectId: string,
  tree: Pick<FileTree, "files">,
): Promise<string[]> {
  const digests = digestsOf(tree);
  const absent = new Set(await artifacts.missingBlobs(ctx, digests));
  // What others have brought is asked for again: knowing a digest is not having the bytes.
  const held = await heldBlobs(ctx, [projectId, ctx.actor.principalId], digests);
  return digests.filter((digest) => absent.has(digest) || !held.has(digest));
}

const digestsOf = ({ files }: Pick<FileTree, "files">): string[] => [...new Set(files.map(({ digest }) => digest))];

/** Throws where files of these names and sizes cannot be a revision. */
export function checkedTree(files: readonly FileEntry[], limits: PushLimits): FileTree {
  if (files.length === 0)
    throw new PaveError("revision.path_invalid", "The revision has no files", {
      fix: "Push a folder that has a pave.yaml",
    });
  if (files.length > limits.files) {
    throw new PaveError(
      "revision.too_large",
      `The revision has ${counted(files.length, "file")}, at most ${limits.files} are kept`,
      {
        fix: "Add what need not be kept to .gitignore, such as environments and caches",
      },
    );
  }
  const problems = pathProblems(files.map((file) => file.path));
  if (problems.length > 0) {
    throw new PaveError(
      "revision.path_invalid",
      `The revision cannot be kept: ${problems.slice(0, 3).join("; ")}${problems.length > 3 ? ` and ${problems.length - 3} more` : ""}`,
      {
        fix: "Rename these files or leave them out with .gitignore",
        problems: problems.map((message) => ({ message })),
      },
    );
  }
  const tree = fileTreeOf(files);
  if (tree.bytes > limits.bytes) {
    const largest = tree.files.reduce((a, b) => (a.size >= b.size ? a : b));
    throw new PaveError(
      "revision.too_large",
      `The revision has ${tree.bytes} bytes, at most ${limits.bytes} are kept`,
      {
        fix: `Leave large data out with .gitignore and let the pipeline fetch it; the largest file is ${largest.path} with ${largest.size} bytes`,
      },
    );
  }
  return tree;
}

const caseWarnings = (tree: FileTree): string[] =>
  caseCollisions(tree.files.map((file) => file.path)).map(
    (paths) => `${paths.join(" and ")} are one file on macOS and Windows; rename one of them`,
  );

/** Null where it is missing or wrong: pushing never fails on it, `validate` and `run` tell what is wrong. */
async function readSpec(ctx: Ctx, artifacts: Artifacts, files: readonly FileEntry[]) {
  const file = files.find((entry) => entry.path === specPath);
  if (!file || file.size > maxSpecBytes) return null;
  const text = (await artifacts.readBlob(ctx, file.digest, maxSpecBytes)).toString("utf8");
  return parseProjectSpec(text).value ?? null;
}
