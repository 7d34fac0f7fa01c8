/*
 * A version that a client registered is loaded and scored by a runner, as one of a pipeline is before it is registered:
 *
 *     running ──the runner's answer──> passed | failed, with a sentence about the model
 *        └── no runner could do it: failed, with the reason
 *
 * Only a version that passed can be released. The answer has the locked environment of a model of Python, so that what
 * serves it is what scored it. The answer about a version that was deleted meanwhile counts for nobody, not for the next
 * of its name and number either.
 */
import { failedModelCheck, type ModelCheck, modelCheckSchema, topics } from "@pave/contract";
import type { Ctx } from "../../db/context.ts";
import { enqueueWork, type Work, type WorkHandler, type WorkResult } from "../../jobs/index.ts";
import { PaveError } from "../../kernel/pave-error.ts";
import type { Artifacts } from "../artifacts/index.ts";
import { recordEvent } from "../ledger/index.ts";
import * as store from "./model-store.ts";
import type { ModelVersionRow } from "./model-version.ts";

/** Whose work it is. */
export const versionCheckOwner = "model-version";

type CheckedVersion = Pick<ModelVersionRow, "model" | "version" | "projectId" | "artifactId">;

/** In the caller's transaction; runners hear of it after the commit. */
export async function askForCheck(ctx: Ctx, checked: CheckedVersion): Promise<void> {
  await store.setCheckAsked(ctx, checked.model, checked.version);
  await enqueueWork(ctx, {
    ownerKind: versionCheckOwner,
    ownerId: ownerIdOf(checked),
    projectId: checked.projectId,
    payload: { kind: "check-model" },
  });
}

/** What the runner may give to one check. */
interface CheckLimits {
  readonly timeoutMs: number;
  readonly memoryBytes: number;
}

export function versionCheckHandler(
  artifacts: Pick<Artifacts, "getArtifact" | "remoteFiles">,
  limits: CheckLimits,
): WorkHandler {
  return {
    async prepare(ctx, work) {
      const version = await versionOf(ctx, work);
      if (!version)
        throw new PaveError("model.version_not_found", `${work.ownerId} is not there any more`, {
          fix: "Register the version again",
        });
      const { files } = await artifacts.getArtifact(ctx, version.artifactId);
      return { kind: "check-model", files: artifacts.remoteFiles(files), ...limits };
    },
    async finished(ctx, work, result) {
      const asked = await versionOf(ctx, work);
      if (!asked) return;
      const { model, version, projectId } = asked;
      const check = checkOf(result);
      await store.setCheck(ctx, model, version, check);
      await recordEvent(ctx, {
        type: "model.checked",
        subjectType: "model-version",
        subjectId: `${model}@${version}`,
        projectId,
        result: check.ok ? "ok" : "failed",
        data: { model, version, ...(check.problem === undefined ? {} : { problem: check.problem }) },
      });
      const [found] = await store.findModels(ctx, [model]);
      if (found) ctx.hint(topics.model(found.project, model));
    },
  };
}

const ownerIdOf = ({ artifactId, model, version }: CheckedVersion): string => `${artifactId} ${model}@${version}`;

/** Undefined when it is there no more. Names of models may hold an `@`; numbers of versions do not. */
async function versionOf(ctx: Ctx, { ownerId }: Work): Promise<ModelVersionRow | undefined> {
  const [from, at] = [ownerId.indexOf(" ") + 1, ownerId.lastIndexOf("@")];
  const found = await store.findVersion(ctx, ownerId.slice(from, at), Number(ownerId.slice(at + 1)));
  return found && ownerIdOf(found) === ownerId ? found : undefined;
}

function checkOf(result: WorkResult): ModelCheck {
  const parsed = modelCheckSchema.safeParse(result.check);
  if (parsed.success) return parsed.data;
  return failedModelCheck(
    `the check could not be done: ${result.message ?? "the runner gave no result"}; register the version again`,
    null,
  );
}
