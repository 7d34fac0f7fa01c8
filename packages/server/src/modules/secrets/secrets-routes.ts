import type { Secret } from "@pave/contract";
import type { Ctx } from "../../db/context.ts";
import type { Handlers } from "../../http/handlers.ts";
import { must } from "../../kernel/pave-error.ts";
import { assertCan, principalRefs, resolveProject } from "../access/index.ts";
import { recordEvent } from "../ledger/index.ts";
import type { Secrets } from "./create-secrets.ts";
import type { SecretRow } from "./secrets-store.ts";
import type { Vault } from "./vault/open-vault.ts";

export interface SecretsRoutesDeps {
  readonly secrets: Secrets;
  readonly vault: Vault;
  /** Throws `environment.not_found`; says whether the environment's plans take approvals. */
  readonly isGuarded: (ctx: Ctx, environment: string) => Promise<boolean>;
}

/** Values go in and never out: no route of these answers with one. */
export function secretsRoutes({ secrets, vault, isGuarded }: SecretsRoutesDeps) {
  return {
    async listSecrets(ctx, { params }) {
      const project = await resolveProject(ctx, params.project);
      return { items: await toSecrets(ctx, await secrets.list(ctx, project.id)) };
    },

    async setSecret(ctx, { params, body }) {
      const project = await resolveProject(ctx, params.project);
      const environment = body.environment ?? null;
      await assertMayChange(ctx, isGuarded, project, environment);
      const key = { projectId: project.id, project: project.name, name: params.secret, environment };
      const [secret] = await toSecrets(ctx, [await secrets.set(ctx, key, body.value)]);
      return must(secret, "the secret just set");
    },

    async removeSecret(ctx, { params, query }) {
      const project = await resolveProject(ctx, params.project);
      const environment = query.environment ?? null;
      if (environment !== null) await assertMayChange(ctx, isGuarded, project, environment);
      await secrets.remove(ctx, { projectId: project.id, name: params.secret, environment });
      return { ok: true };
    },

    async rotateMasterKey(ctx) {
      const rotation = await vault.rotate(ctx);
      await recordEvent(ctx, {
        ...{ type: "master-key.rotated", subjectType: "platform", subjectId: rotation.masterKey },
        data: { ...rotation },
      });
      return rotation;
    },
  } satisfies Partial<Handlers>;
}

/** What an environment with approvals is given takes an admin: it is out of reach of those whose plans are approved. */
export async function assertMayChange(
  ctx: Ctx,
  isGuarded: SecretsRoutesDeps["isGuarded"],
  project: { readonly id: string; readonly name: string },
  environment: string | null,
): Promise<void> {
  if (environment === null || !(await isGuarded(ctx, environment))) return;
  await assertCan(ctx, "guarded-secret.update", project);
}

async function toSecrets(ctx: Ctx, rows: readonly SecretRow[]): Promise<Secret[]> {
  const refs = await principalRefs(
    ctx,
    rows.flatMap(({ createdBy, updatedBy }) => [createdBy, updatedBy]),
  );
  return rows.map(({ id: _, ...row }) => ({
    ...row,
    createdBy: must(refs.get(row.createdBy), "who made the secret"),
    createdAt: row.createdAt.toISOString(),
    updatedBy: must(refs.get(row.updatedBy), "who set the secret"),
    updatedAt: row.updatedAt.toISOString(),
    lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
  }));
}
