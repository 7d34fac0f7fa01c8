import type { RepositoryProvider } from "@pave/contract";
import { type Ctx, inTransaction } from "../../db/context.ts";
import { newId, randomText } from "../../kernel/ids.ts";
import { PaveError } from "../../kernel/pave-error.ts";
import { ensurePrincipal, setProjectRole } from "../access/index.ts";
import { recordEvent } from "../ledger/index.ts";
import type { ProjectKey, RepositoriesDeps } from "./repositories-deps.ts";
import { type RepositoryRow, sealContext } from "./repository.ts";
import { deleteRepository, findRepository, insertRepository } from "./repository-store.ts";

export interface ConnectRepository {
  readonly project: ProjectKey;
  readonly provider: RepositoryProvider;
  readonly url: string;
  readonly folder: string;
  readonly branch: string;
  readonly pipeline: string | null;
  readonly deployTo: string | null;
  readonly accessToken: string | undefined;
}

/**
 * Connects the project's repository, in place of the one it had. The webhook's secret is made here, given back this
 * once, and kept sealed. Pushes act as a service account of the project's own, a developer of it and of nothing else.
 */
export async function connectRepository(
  deps: RepositoriesDeps,
  ctx: Ctx,
  input: ConnectRepository,
): Promise<{ readonly repository: RepositoryRow; readonly webhookSecret: string }> {
  const { project } = input;
  const url = plainUrl(deps, input.url);
  if (input.deployTo !== null) await deps.assertEnvironment(ctx, input.deployTo);
  const id = newId();
  const webhookSecret = randomText(40);
  const sealedSecret = await deps.vault.seal(webhookSecret, sealContext(id, "webhook-secret"));
  const accessToken =
    input.accessToken === undefined ? null : await deps.vault.seal(input.accessToken, sealContext(id, "access-token"));
  const repository = await inTransaction(ctx, async (ctx) => {
    const before = await findRepository(ctx, { projectId: project.id });
    if (before) await deleteRepository(ctx, before.id);
    const account = await ensurePrincipal(ctx, { kind: "service-account", name: `git of ${project.name}` });
    if (account.disabledAt)
      throw new PaveError("access.conflict", `The service account ${account.name}, as which pushes act, is disabled`, {
        fix: "A platform admin has ended it; ask one before you connect a repository again.",
      });
    await setProjectRole(ctx, { projectId: project.id, principalId: account.id, role: "developer" });
    const { accessToken: _, project: __, ...settings } = input;
    const row = {
      ...settings,
      id,
      url,
      projectId: project.id,
      webhookSecret: sealedSecret,
      accessToken,
      principalId: account.id,
      createdBy: ctx.actor.principalId,
      createdAt: ctx.clock.now(),
    };
    if (!(await insertRepository(ctx, row)))
      throw new PaveError("repository.exists", `Somebody connected a repository to ${project.name} meanwhile`, {
        fix: "Look at it with `pave repositories show`, and connect again if it is not the one.",
      });
    const { provider, branch, folder, deployTo } = input;
    await recordEvent(ctx, {
      type: "repository.connected",
      subjectType: "repository",
      subjectId: id,
      projectId: project.id,
      data: { provider, url, branch, folder, deployTo },
    });
    return { ...row, project: project.name };
  });
  return { repository, webhookSecret };
}

export async function disconnectRepository(ctx: Ctx, project: ProjectKey): Promise<void> {
  await inTransaction(ctx, async (ctx) => {
    const repository = await findRepository(ctx, { projectId: project.id });
    if (!repository)
      throw new PaveError("repository.not_found", `${project.name} has no repository connected`, {
        fix: "Connect one with `pave repositories connect URL`.",
      });
    await deleteRepository(ctx, repository.id);
    await recordEvent(ctx, {
      type: "repository.disconnected",
      subjectType: "repository",
      subjectId: repository.id,
      projectId: project.id,
      data: { url: repository.url },
    });
  });
}

function plainUrl({ allowHttp, guard }: RepositoriesDeps, text: string): string {
  const url = new URL(text);
  if (url.username || url.password || url.search || url.hash)
    throw new PaveError("request.invalid", "url: expected an address without a name, a password and a query", {
      fix: "Give the access token by itself; it is kept sealed.",
    });
  if (url.protocol === "http:" && !allowHttp && !guard.isListed(url.hostname))
    throw new PaveError("request.invalid", "url: expected https, found http, which everybody on the way can read", {
      fix: "Use https, or have the platform's operator allow the host with PAVE_OUTBOUND_ALLOW.",
    });
  return url.href;
}
