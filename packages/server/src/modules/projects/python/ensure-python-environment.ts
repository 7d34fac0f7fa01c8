import type { FileEntry, ProjectSpec, PythonRequest } from "@pave/contract";
import { type Ctx, inTransaction } from "../../../db/context.ts";
import { enqueueWork } from "../../../jobs/index.ts";
import { newId } from "../../../kernel/ids.ts";
import { digestOfJson } from "../../../kernel/json.ts";
import { must, PaveError } from "../../../kernel/pave-error.ts";
import type { Artifacts } from "../../artifacts/index.ts";
import { recordEvent } from "../../ledger/index.ts";
import { findFile, requireFile } from "../revisions/get-revision.ts";
import {
  findLatestEnvironment,
  findLiveEnvironment,
  findPythonEnvironment,
  insertPythonEnvironment,
  type PythonEnvironmentRow,
  setWork,
} from "./python-environments-store.ts";
import { checkRequirements, declaredDependencies, parsePythonLock } from "./python-lock.ts";

/** A revision, as far as its Python environment goes. */
export interface PythonRevision {
  readonly projectId: string;
  readonly id: string;
  readonly files: readonly FileEntry[];
  readonly spec: ProjectSpec | null;
}

const maxLockBytes = 4 * 2 ** 20;
export const pythonWorkOwner = "python-environment";

/** What has to be installed for a revision; null where it declares no lock. */
async function pythonRequest(
  ctx: Ctx,
  artifacts: Pick<Artifacts, "readBlob">,
  revision: PythonRevision,
): Promise<PythonRequest | null> {
  const python = revision.spec?.python;
  if (!python) return null;
  const file = requireFile(revision, python.lock);
  const lock = (await artifacts.readBlob(ctx, file.digest, maxLockBytes)).toString("utf8");
  const pyproject = findFile(revision, "pyproject.toml");
  const declared = pyproject
    ? declaredDependencies((await artifacts.readBlob(ctx, pyproject.digest, maxLockBytes)).toString("utf8"))
    : [];
  const request = { requires: python.requires, lockPath: python.lock, lockDigest: file.digest, lock };
  // what is declared beside requirements is not what they are checked against: they are no lock
  if (python.pinned !== false) return { ...request, declared };
  const requirements = python.lock.endsWith("pyproject.toml") ? `${declaredDependencies(lock).join("\n")}\n` : lock;
  return { ...request, lock: requirements, pinned: false, declared: [] };
}

/**
 * The environment for the revision's lock: the one that is ready or being built, otherwise a new one is put to work.
 * One that failed is tried again. Null where the revision declares no lock.
 */
export async function ensurePythonEnvironment(
  ctx: Ctx,
  artifacts: Pick<Artifacts, "readBlob">,
  revision: PythonRevision,
): Promise<PythonEnvironmentRow | null> {
  const request = await pythonRequest(ctx, artifacts, revision);
  if (!request) return null;
  assertLocked(request);
  const requestDigest = requestDigestOf(request);
  return inTransaction(ctx, async (ctx) => {
    const live = await findLiveEnvironment(ctx, requestDigest);
    if (live) return live;
    const id = newId();
    if (await insertPythonEnvironment(ctx, { id, requestDigest, request })) {
      const payload = { kind: "python-environment", environmentId: id, python: request } as const;
      const workId = await enqueueWork(ctx, {
        ownerKind: pythonWorkOwner,
        ownerId: id,
        projectId: revision.projectId,
        payload,
      });
      await setWork(ctx, id, workId);
      await recordEvent(ctx, {
        type: "python-environment.requested",
        subjectType: "python-environment",
        subjectId: id,
        projectId: revision.projectId,
        revisionId: revision.id,
        data: { lock: request.lockPath, lockDigest: request.lockDigest, requires: request.requires },
      });
    }
    return must(await findLiveEnvironment(ctx, requestDigest), "the Python environment that was asked for");
  });
}

/** The newest environment of the revision's lock; undefined where none was ever asked for. */
export async function findRevisionEnvironment(
  ctx: Ctx,
  revision: PythonRevision,
): Promise<PythonEnvironmentRow | undefined> {
  const python = revision.spec?.python;
  const lock = python && findFile(revision, python.lock);
  return lock && findLatestEnvironment(ctx, requestDigestOf({ ...python, lockDigest: lock.digest }));
}

export async function getPythonEnvironment(ctx: Ctx, id: string): Promise<PythonEnvironmentRow> {
  const found = await findPythonEnvironment(ctx, id);
  if (found) return found;
  throw new PaveError("python.not_found", `There is no Python environment ${id}`, { fix: "Make one with `pave sync`" });
}

/** Where the lock lies and what is declared change nothing that is installed. */
const requestDigestOf = ({
  requires,
  lockDigest,
  pinned,
}: Pick<PythonRequest, "requires" | "lockDigest" | "pinned">): string =>
  digestOfJson({ requires, lockDigest, ...(pinned === false ? { pinned } : {}) });

function assertLocked(request: PythonRequest): void {
  const problems =
    request.pinned === false
      ? checkRequirements(request.lock, request.lockPath)
      : parsePythonLock(request.lock, request.lockPath).problems;
  const [first] = problems;
  if (first)
    throw new PaveError("lock.mismatch", `${first.path}:${first.line}: ${first.message}`, {
      fix: first.fix ?? "Lock again",
      problems,
    });
}
