import {
  expandScopes,
  type PrincipalRef,
  platformPermissions,
  rolePermissions,
  scopePresetNames,
} from "@pave/contract";
import { type Ctx, inTransaction } from "../../db/context.ts";
import type { Handlers } from "../../http/handlers.ts";
import { must, PaveError } from "../../kernel/pave-error.ts";
import { suggestion } from "../../kernel/spec/index.ts";
import { recordEvent } from "../ledger/index.ts";
import type { AccessRoutesDeps } from "./access-routes.ts";
import { mintToken } from "./mint-token.ts";
import { can, resolveProject } from "./permissions.ts";
import { findPrincipal } from "./principal-store.ts";
import { createPrincipal, getPrincipal, type Principal, remoteAccounts } from "./principals.ts";
import { rolesOf } from "./role-store.ts";
import { rotateToken } from "./rotate-token.ts";
import { findTokenRecord, listTokens, revokeTokens, type TokenRecord } from "./token-store.ts";
import { assertAdmin, assertWhole, isAdmin, isWhole } from "./whole-token.ts";

const dayMs = 86_400_000;
const minuteMs = 60_000;

/** Tokens: made and shown once, listed, rotated, revoked. One's own, and those of the accounts that one looks after. */
export const tokenRoutes = (deps: Pick<AccessRoutesDeps, "keysChanged">): Handlers => ({
  async listTokens(ctx, { query }) {
    const project = query.project === undefined ? undefined : await resolveProject(ctx, query.project);
    const rows = await listTokens(ctx, {
      principalId: isAdmin(ctx) ? "all" : ctx.actor.principalId,
      ofAccountsIn: await looksAfter(ctx),
      projectId: project?.id,
      exchanged: query.exchanged === "true",
    });
    return { items: rows.map(toToken) };
  },
  async currentToken(ctx, _input, io) {
    const record = io.tokenId === null ? undefined : await findTokenRecord(ctx, io.tokenId);
    return { token: record ? toToken(record) : null };
  },
  async createToken(ctx, { body }) {
    assertWhole(ctx, "make others");
    const principal = body.role
      ? await rolePrincipal(ctx, body.role)
      : await getPrincipal(ctx, body.principal ?? ctx.actor.principalId);
    const project = body.project ? await resolveProject(ctx, body.project) : null;
    await assertMayActAs(ctx, principal, project);
    const scopes = body.scopes && expandScopes(body.scopes);
    for (const scope of scopes ?? []) assertScope(scope);
    const minted = await inTransaction(ctx, async (ctx) => {
      const minted = await mintToken(ctx, {
        kind: body.role ?? "api",
        principalId: principal.id,
        name: body.name,
        projectId: body.role ? null : (project?.id ?? null),
        scopes: body.role ? [roleScopes[body.role]] : (scopes ?? null),
        expiresInMs: body.expiresInDays * dayMs,
      });
      await recordEvent(ctx, {
        type: "token.created",
        subjectType: "token",
        subjectId: minted.id,
        projectId: project?.id ?? null,
        data: { name: body.name, principal: principal.name },
      });
      return minted;
    });
    await deps.keysChanged(ctx);
    const record = must(await findTokenRecord(ctx, minted.id), "the token just made");
    return { token: minted.token, record: toToken(record) };
  },
  async rotateToken(ctx, { params, body }) {
    assertWhole(ctx, "rotate others");
    const found = await tokenOf(ctx, params.token);
    if (found.kind !== "api") assertAdmin(ctx, `rotate the token of a ${found.kind}`);
    const { token, record, old } = await rotateToken(ctx, found, {
      overlapMs: body.overlapMinutes * minuteMs,
      expiresInMs: body.expiresInDays === undefined ? undefined : body.expiresInDays * dayMs,
    });
    await deps.keysChanged(ctx);
    return { token, record: toToken(record), old: toToken(old) };
  },
  async revokeToken(ctx, { params }) {
    const token = await tokenOf(ctx, params.token);
    if (ctx.actor.grant === "unlimited" || ctx.actor.grant.tokenId !== token.id) assertWhole(ctx, "revoke others");
    await inTransaction(ctx, async (ctx) => {
      await revokeTokens(ctx, { tokenId: token.id });
      await recordEvent(ctx, {
        type: "token.revoked",
        subjectType: "token",
        subjectId: token.id,
        projectId: token.projectId,
        data: { name: token.name },
      });
    });
    await deps.keysChanged(ctx);
    return { ok: true };
  },
});

/** All that a runner or a gateway may do. */
const roleScopes = { runner: "work.lease", gateway: "gateway.sync" } as const;

/** What a person's token can be limited to; a name that is none would make a token that is good for nothing. */
const scopes: readonly string[] = [...rolePermissions.admin, ...platformPermissions];

/** Throws unless it is a permission that a token can be limited to. */
function assertScope(scope: string): void {
  if (scopes.includes(scope)) return;
  const near = suggestion(scope, [...scopes, ...scopePresetNames]);
  throw new PaveError("request.invalid", `scopes: there is no permission ${scope}${near}`, {
    fix: `Use a preset (${scopePresetNames.join(", ")}) or permissions of /docs/access: ${scopes.join(", ")}.`,
  });
}

/**
 * The service account of runners or gateways on other machines. Whoever has a principal may rotate its tokens, so one that
 * is a person's or a project's is passed over: the name was not always kept.
 */
async function rolePrincipal(ctx: Ctx, role: keyof typeof roleScopes): Promise<Principal> {
  assertAdmin(ctx, `make a token for a ${role}`);
  const kind = "service-account";
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? remoteAccounts[role] : `${remoteAccounts[role]}-${number}`;
    const found = await findPrincipal(ctx, name);
    if (!found) return createPrincipal(ctx, { kind, name });
    if (found.kind === kind && found.projectId === null && found.disabledAt === null) return found;
  }
}

/** Oneself; with the project's admins, an account of its own for the project alone; else platform admins only. */
async function assertMayActAs(ctx: Ctx, principal: Principal, project: { id: string; name: string } | null) {
  if (principal.id === ctx.actor.principalId || isAdmin(ctx)) return;
  if (principal.projectId !== null && (await can(ctx, "member.update", principal.projectId))) {
    if (project?.id === principal.projectId) return;
    throw new PaveError("access.denied", `${principal.name} is a project's own: its tokens are for that project only`, {
      fix: "Say which with --project.",
    });
  }
  assertAdmin(ctx, "make a token for another principal");
}

/** The token, if it is one's own or of an account that one looks after. */
async function tokenOf(ctx: Ctx, tokenId: string): Promise<TokenRecord> {
  const token = await findTokenRecord(ctx, tokenId);
  const isMine =
    token !== undefined &&
    (token.principalId === ctx.actor.principalId ||
      isAdmin(ctx) ||
      (isWhole(ctx) &&
        token.principalProjectId !== null &&
        (await can(ctx, "member.update", token.principalProjectId))));
  if (token && isMine) return token;
  throw new PaveError("access.not_found", `There is no token ${tokenId} of yours`, {
    fix: "List them with `pave tokens list`.",
  });
}

/** Projects whose own accounts the actor looks after. */
async function looksAfter(ctx: Ctx): Promise<string[]> {
  if (!isWhole(ctx)) return [];
  const roles = await rolesOf(ctx, ctx.actor.principalId);
  return roles.filter(({ role }) => rolePermissions[role].includes("member.update")).map(({ projectId }) => projectId);
}

const toToken = (row: TokenRecord) => ({
  id: row.id,
  name: row.name,
  hint: row.hint,
  principal: { id: row.principalId, kind: row.principalKind as PrincipalRef["kind"], name: row.principalName },
  project: row.project,
  scopes: row.scopes as string[] | null,
  origin: row.origin as "made" | "terminal" | "trust",
  createdAt: row.createdAt.toISOString(),
  expiresAt: row.expiresAt.toISOString(),
  lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
  lastUsedFrom: row.lastUsedFrom,
  replacedBy: row.replacedBy,
  revokedAt: row.revokedAt?.toISOString() ?? null,
});
