import { randomBytes } from "node:crypto";
import { userInfo } from "node:os";
import { join } from "node:path";
import { sql } from "kysely";
import { type Ctx, inTransaction } from "./db/context.ts";
import {
  authenticate,
  createPrincipal,
  ensurePrincipal,
  findPrincipal,
  isOwnName,
  localAccounts,
  mintToken,
} from "./modules/access/index.ts";
import { clientFile, readJsonFile, writePrivateFile } from "./roles/local-files.ts";

const yearMs = 366 * 86_400_000;

/** Processes that start together on a new database seed it one after the other, so that the second finds what the first made. */
export function seedOnce<T>(ctx: Ctx, seed: (ctx: Ctx) => Promise<T>): Promise<T> {
  return inTransaction(ctx, async (ctx) => {
    await sql`select pg_advisory_xact_lock(hashtext('pave seed'))`.execute(ctx.db);
    return seed(ctx);
  });
}

/** The first user: named after who started Pave. Every platform has one admin from its first second. */
export async function ensureAdmin(ctx: Ctx): Promise<string> {
  const admin = await ctx.db
    .selectFrom("principals")
    .select("id")
    .where("kind", "=", "user")
    .where("platform_admin", "=", true)
    .where("disabled_at", "is", null)
    .orderBy("created_at")
    .executeTakeFirst();
  if (admin) return admin.id;
  const name =
    userInfo()
      .username.toLowerCase()
      .replace(/[^a-z0-9-]/g, "-")
      .replace(/^[^a-z]+/, "") || "admin";
  // the name may belong to somebody who is no admin, or no longer anybody
  for (let number = 1; ; number += 1) {
    const free = number === 1 ? name : `${name}-${number}`;
    if (isOwnName(free)) continue;
    const found =
      (await findPrincipal(ctx, free)) ??
      (await createPrincipal(ctx, { kind: "user", name: free, platformAdmin: true }));
    if (found.kind === "user" && found.platformAdmin && found.disabledAt === null) return found.id;
  }
}

/** The token by which this machine's terminal client signs in; the one in the data folder while it is good. */
export async function ensureClientToken(ctx: Ctx, dataFolder: string, adminId: string): Promise<string> {
  const kept = await readJsonFile<{ token?: string }>(clientFile(dataFolder));
  if (kept?.token && (await isGood(ctx, kept.token, adminId))) return kept.token;
  const minted = await mintToken(ctx, {
    kind: "api",
    principalId: adminId,
    name: "pave on this machine",
    expiresInMs: yearMs,
  });
  return minted.token;
}

/** Tokens of the gateway and the runner that `pave up` starts. A gateway outlives restarts, so its token is kept. */
export async function ensureRoleTokens(ctx: Ctx, dataFolder: string): Promise<{ gateway: string; runner: string }> {
  const path = join(dataFolder, "roles.json");
  const kept = (await readJsonFile<{ gateway?: string; runner?: string }>(path)) ?? {};
  const token = async (kind: "gateway" | "runner", scope: string) => {
    const principal = await inTransaction(ctx, (ctx) =>
      ensurePrincipal(ctx, { kind: "service-account", name: localAccounts[kind] }),
    );
    const known = kept[kind];
    if (known && (await isGood(ctx, known, principal.id))) return known;
    return (
      await mintToken(ctx, {
        kind,
        principalId: principal.id,
        name: `local ${kind}`,
        scopes: [scope],
        expiresInMs: 10 * yearMs,
      })
    ).token;
  };
  const tokens = { gateway: await token("gateway", "gateway.sync"), runner: await token("runner", "work.lease") };
  if (tokens.gateway !== kept.gateway || tokens.runner !== kept.runner)
    await writePrivateFile(path, JSON.stringify(tokens));
  return tokens;
}

async function isGood(ctx: Ctx, token: string, principalId: string): Promise<boolean> {
  return authenticate(ctx, token).then(
    (actor) => actor.principalId === principalId,
    () => false,
  );
}

/** A name for this process among all that share the database; leases carry it. */
export const processName = (): string => `${process.pid}-${randomBytes(4).toString("hex")}`;
