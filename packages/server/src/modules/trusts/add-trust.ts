import { type addTrustBody, expandScopes, type Issuer, type Permission, rolePermissions } from "@pave/contract";
import type { z } from "zod";
import { type Ctx, inTransaction } from "../../db/context.ts";
import { newId } from "../../kernel/ids.ts";
import { must, PaveError } from "../../kernel/pave-error.ts";
import { suggestion } from "../../kernel/spec/index.ts";
import { recordEvent } from "../ledger/index.ts";
import { ensureServiceAccount } from "./service-accounts.ts";
import { findTrust, insertTrust, type TrustRow } from "./trust-store.ts";

/** Lets jobs of a repository's branch act in the project. What they may is no more than a developer may there. */
export async function addTrust(
  ctx: Ctx,
  project: { readonly id: string; readonly name: string },
  input: z.output<typeof addTrustBody>,
  issuers: readonly Issuer[],
): Promise<TrustRow> {
  const issuer = issuerOf(input.issuer, issuers);
  const permissions = permissionsOf(input);
  return inTransaction(ctx, async (ctx) => {
    const name = input.serviceAccount ?? `${project.name.slice(0, 60)}-ci`;
    const account = await ensureServiceAccount(ctx, project, { name, role: input.role });
    const id = newId();
    await insertTrust(ctx, {
      id,
      projectId: project.id,
      issuer: issuer.url,
      kind: issuer.kind,
      repository: input.repository,
      repositoryId: input.repositoryId ?? null,
      branch: input.branch ?? null,
      tag: input.tag ?? null,
      pullRequests: input.pullRequests,
      jobEnvironment: input.jobEnvironment ?? null,
      workflow: input.workflow ?? null,
      unprotected: input.unprotected,
      principalId: account.id,
      role: input.scopes ? null : input.role,
      scopes: permissions,
    });
    const { issuer: _issuer, scopes: _scopes, ...rule } = input;
    await recordEvent(ctx, {
      type: "trust.added",
      subjectType: "trust",
      subjectId: id,
      projectId: project.id,
      data: { ...rule, issuer: issuer.url, serviceAccount: account.name, scopes: permissions },
    });
    return must((await findTrust(ctx, project.id, id))[0], "the trust just added");
  });
}

function issuerOf(url: string, issuers: readonly Issuer[]): Issuer {
  const found = issuers.find((one) => one.url.replace(/\/$/, "") === url.replace(/\/$/, ""));
  if (found) return found;
  const known = issuers.map((one) => one.url);
  throw new PaveError(
    "request.invalid",
    `issuer: ${url} is not one that this platform takes tokens of${suggestion(url, known)}`,
    {
      fix: `Name one of ${known.join(", ") || "none"}; a platform admin allows more with PAVE_CI_ISSUERS.`,
    },
  );
}

/** `platform.use` is in all of them: a job may know who it is. */
function permissionsOf({
  role,
  scopes,
}: {
  readonly role: "viewer" | "developer";
  readonly scopes?: string[] | undefined;
}) {
  const most: readonly string[] = ["platform.use", ...rolePermissions[role]];
  const asked = scopes ? ["platform.use", ...expandScopes(scopes)] : [...most];
  for (const permission of asked)
    if (!most.includes(permission))
      throw new PaveError(
        "request.invalid",
        `scopes: ${permission} is nothing that a ${role} may${suggestion(permission, most)}`,
        {
          fix: `Use permissions of ${role}: ${most.join(", ")}.`,
        },
      );
  return [...new Set(asked)] as Permission[];
}
