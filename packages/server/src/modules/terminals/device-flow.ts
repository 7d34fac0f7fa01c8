import { type Ctx, inTransaction } from "../../db/context.ts";
import { newId, randomText } from "../../kernel/ids.ts";
import { PaveError } from "../../kernel/pave-error.ts";
import { accountLimit, addressLimit, countAttempt } from "../access/index.ts";
import { recordEvent } from "../ledger/index.ts";
import { assertPerson } from "./assert-person.ts";
import { issueToken, type TerminalToken } from "./issue-token.ts";
import * as store from "./terminal-store.ts";
import { codeHash, newUserCode, shownUserCode } from "./user-code.ts";

/* The flow of terminals without a browser (RFC 8628): a code that is typed into a browser somewhere else. */

const deviceMs = 10 * 60_000;
const intervalSeconds = 3;

export interface DeviceStart {
  readonly deviceCode: string;
  readonly userCode: string;
  readonly expiresInSeconds: number;
  readonly intervalSeconds: number;
}

/** A terminal begins: its own secret, and the code to show. */
export async function startDevice(
  ctx: Ctx,
  input: { readonly host: string; readonly address: string },
): Promise<DeviceStart> {
  await countAttempt(ctx, [addressLimit("device start", input.address)]);
  const [deviceCode, userCode] = [randomText(43), newUserCode()];
  await store.insertRequest(ctx, {
    id: newId(),
    kind: "device",
    secretHash: codeHash(deviceCode),
    userCodeHash: codeHash(userCode),
    host: input.host,
    address: input.address,
    codeChallenge: null,
    redirectUri: null,
    principalId: null,
    intervalSeconds,
    expiresAt: new Date(ctx.clock.now().getTime() + deviceMs),
  });
  return { deviceCode, userCode: shownUserCode(userCode), expiresInSeconds: deviceMs / 1000, intervalSeconds };
}

/** The terminal that shows the code, for the person who typed it. Wrong codes are counted, by person and by address. */
export async function lookAtTerminal(ctx: Ctx, userCode: string, address: string): Promise<store.TerminalRequestRow> {
  assertPerson(ctx);
  const limits = [accountLimit("device code", ctx.actor.principalId), addressLimit("device code", address)];
  const attempt = await countAttempt(ctx, limits);
  const request = await store.findByUserCode(ctx, codeHash(userCode));
  if (request?.state !== "waiting" || isOver(ctx, request))
    throw new PaveError(
      "access.code_invalid",
      "No terminal waits with this code: it is mistyped, answered or too old",
      {
        fix: "Compare it with the terminal; `pave login URL --device` shows a new one, good for ten minutes.",
      },
    );
  await attempt.forgive();
  return request;
}

/** The person's answer. */
export async function answerTerminal(
  ctx: Ctx,
  input: { readonly userCode: string; readonly allow: boolean; readonly address: string },
): Promise<void> {
  const { id, host } = await lookAtTerminal(ctx, input.userCode, input.address);
  const { principalId } = ctx.actor;
  await inTransaction(ctx, async (ctx) => {
    if (!(await store.answerRequest(ctx, id, { state: input.allow ? "allowed" : "denied", principalId })))
      throw new PaveError("access.code_invalid", "The code was answered meanwhile", {
        fix: "`pave login URL --device` shows a new one.",
      });
    await recordEvent(ctx, {
      type: input.allow ? "terminal.allowed" : "terminal.denied",
      subjectType: "principal",
      subjectId: principalId,
      data: { host },
    });
  });
}

export type DevicePoll = TerminalToken | "waiting" | "slow down" | "denied" | "over";

/** The terminal asks whether it was answered. Asking sooner than it was told makes the wait longer. */
export async function pollDevice(
  ctx: Ctx,
  input: { readonly deviceCode: string; readonly address: string; readonly expiresInMs: number },
): Promise<DevicePoll> {
  const request = await store.findBySecret(ctx, "device", codeHash(input.deviceCode));
  if (!request) {
    await countAttempt(ctx, [addressLimit("device secret", input.address)]);
    return "over";
  }
  if (request.state === "used" || isOver(ctx, request)) return "over";
  if (request.state === "denied") return "denied";
  const sinceMs = ctx.clock.now().getTime() - (request.polledAt ?? request.createdAt).getTime();
  // a little early is the network's doing
  const isEarly = sinceMs < request.intervalSeconds * 1000 - 500;
  await store.setPolled(ctx, request.id, request.intervalSeconds + (isEarly ? 5 : 0));
  if (isEarly) return "slow down";
  if (request.state === "waiting") return "waiting";
  return (await issueToken(ctx, request, input.expiresInMs)) ?? "over";
}

const isOver = (ctx: Ctx, { expiresAt }: store.TerminalRequestRow): boolean =>
  expiresAt.getTime() <= ctx.clock.now().getTime();
