import type { Ctx } from "../../db/context.ts";

const columns = [
  "id",
  "kind",
  "host",
  "address",
  "code_challenge as codeChallenge",
  "redirect_uri as redirectUri",
  "state",
  "principal_id as principalId",
  "token_id as tokenId",
  "interval_seconds as intervalSeconds",
  "polled_at as polledAt",
  "created_at as createdAt",
  "expires_at as expiresAt",
] as const;

export interface NewTerminalRequest {
  readonly id: string;
  readonly kind: "browser" | "device";
  readonly secretHash: string;
  readonly userCodeHash: string | null;
  readonly host: string;
  readonly address: string;
  readonly codeChallenge: string | null;
  readonly redirectUri: string | null;
  /** Whose yes it has already. */
  readonly principalId: string | null;
  readonly intervalSeconds: number;
  readonly expiresAt: Date;
}

export async function insertRequest(ctx: Ctx, request: NewTerminalRequest): Promise<void> {
  await ctx.db
    .insertInto("terminal_requests")
    .values({
      id: request.id,
      kind: request.kind,
      secret_sha256: request.secretHash,
      user_code_sha256: request.userCodeHash,
      host: request.host,
      address: request.address,
      code_challenge: request.codeChallenge,
      redirect_uri: request.redirectUri,
      state: request.principalId === null ? "waiting" : "allowed",
      principal_id: request.principalId,
      interval_seconds: request.intervalSeconds,
      created_at: ctx.clock.now(),
      expires_at: request.expiresAt,
    })
    .execute();
}

export type TerminalRequestRow = NonNullable<Awaited<ReturnType<typeof findBySecret>>>;

export const findBySecret = (ctx: Ctx, kind: "browser" | "device", secretHash: string) =>
  ctx.db
    .selectFrom("terminal_requests")
    .select(columns)
    .where("secret_sha256", "=", secretHash)
    .where("kind", "=", kind)
    .executeTakeFirst();

export const findByUserCode = (ctx: Ctx, userCodeHash: string) =>
  ctx.db
    .selectFrom("terminal_requests")
    .select(columns)
    .where("user_code_sha256", "=", userCodeHash)
    .executeTakeFirst();

/** A person's answer; false when somebody was faster. */
export async function answerRequest(
  ctx: Ctx,
  id: string,
  answer: { readonly state: "allowed" | "denied"; readonly principalId: string },
): Promise<boolean> {
  const row = await ctx.db
    .updateTable("terminal_requests")
    .set({ state: answer.state, principal_id: answer.principalId })
    .where("id", "=", id)
    .where("state", "=", "waiting")
    .returning("id")
    .executeTakeFirst();
  return row !== undefined;
}

/** The one use of a yes; false when it was used by then. */
export async function useRequest(ctx: Ctx, id: string): Promise<boolean> {
  const row = await ctx.db
    .updateTable("terminal_requests")
    .set({ state: "used" })
    .where("id", "=", id)
    .where("state", "=", "allowed")
    .returning("id")
    .executeTakeFirst();
  return row !== undefined;
}

export async function setRequestToken(ctx: Ctx, id: string, tokenId: string): Promise<void> {
  await ctx.db.updateTable("terminal_requests").set({ token_id: tokenId }).where("id", "=", id).execute();
}

export async function setPolled(ctx: Ctx, id: string, intervalSeconds: number): Promise<void> {
  await ctx.db
    .updateTable("terminal_requests")
    .set({ polled_at: ctx.clock.now(), interval_seconds: intervalSeconds })
    .where("id", "=", id)
    .execute();
}

/** Requests that are over for an hour; until then a code that comes again is known. */
export async function pruneTerminals(ctx: Ctx): Promise<void> {
  const before = new Date(ctx.clock.now().getTime() - 3_600_000);
  await ctx.db.deleteFrom("terminal_requests").where("expires_at", "<", before).execute();
}
