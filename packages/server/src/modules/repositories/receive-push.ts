import { topics } from "@pave/contract";
import { asActor, type Ctx, inTransaction } from "../../db/context.ts";
import { systemActor } from "../../kernel/actor.ts";
import { PaveError } from "../../kernel/pave-error.ts";
import { recordEvent } from "../ledger/index.ts";
import { insertPush } from "./push-store.ts";
import { pushesChannel } from "./pushes-channel.ts";
import { readPush } from "./read-push.ts";
import type { RepositoriesDeps } from "./repositories-deps.ts";
import { repositoryPath, sealContext } from "./repository.ts";
import { findRepository } from "./repository-store.ts";
import { bringsProof, isSigned } from "./verify-signature.ts";

export interface Delivery {
  readonly repository: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
}

/** Throws for a repository that is not there and for a delivery that brings no proof, before its body is read. */
export async function assertReceives(
  anonymous: Ctx,
  id: string,
  headers: Readonly<Record<string, string | undefined>>,
): Promise<void> {
  const repository = await findRepository(asActor(anonymous, systemActor), { id });
  if (!repository || !bringsProof(repository.provider, headers)) throw notSigned();
}

/**
 * Takes a push that the repository's host has sent. Nothing of the body is looked at before its signature fits; a
 * delivery that comes twice is taken once. What follows from it is the worker's.
 */
export async function receivePush(
  deps: RepositoriesDeps,
  anonymous: Ctx,
  { repository: id, headers, body }: Delivery,
): Promise<{ readonly push: string | null; readonly message: string }> {
  const ctx = asActor(anonymous, systemActor);
  const repository = await findRepository(ctx, { id });
  if (!repository) throw notSigned();
  const secret = await deps.vault.open(repository.webhookSecret, sealContext(id, "webhook-secret"));
  if (!isSigned(repository.provider, headers, body, secret)) throw notSigned();
  const push = readPush(repository.provider, headers, body);
  if ("ignored" in push) return { push: null, message: `Nothing to do: ${push.ignored}` };
  const expected = repositoryPath(repository.url);
  if (push.path.toLowerCase() !== expected.toLowerCase())
    throw new PaveError("request.invalid", `The push is of ${push.path}, expected one of ${expected}`, {
      fix: `Set this webhook up in ${expected} alone, or connect the repository anew.`,
    });
  return inTransaction(ctx, async (ctx) => {
    const taken = await insertPush(ctx, id, push);
    if (taken === undefined) return { push: null, message: "This delivery came before" };
    await recordEvent(ctx, {
      type: "repository.pushed",
      subjectType: "repository",
      subjectId: id,
      projectId: repository.projectId,
      data: { branch: push.branch, commit: push.commit, author: push.author },
    });
    ctx.hint(topics.project(repository.project));
    ctx.afterCommit(() => ctx.database.notify(pushesChannel));
    return { push: taken, message: `${push.branch} at ${push.commit.slice(0, 12)}` };
  });
}

/** One answer for a repository that is not there and for a signature that does not fit. */
const notSigned = () =>
  new PaveError(
    "repository.signature_invalid",
    "The signature does not fit: the body was not signed with this webhook's secret",
    {
      fix: "Give the host the secret that `pave repositories connect` showed; connect again for a new one.",
    },
  );
