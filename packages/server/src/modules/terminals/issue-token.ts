import { asActor, type Ctx, inTransaction } from "../../db/context.ts";
import { systemActor } from "../../kernel/actor.ts";
import { must } from "../../kernel/pave-error.ts";
import { authenticate, mintToken } from "../access/index.ts";
import { recordEvent } from "../ledger/index.ts";
import { setRequestToken, type TerminalRequestRow, useRequest } from "./terminal-store.ts";

export interface TerminalToken {
  readonly token: string;
  readonly expiresAt: Date;
}

/** Turns a person's yes into the terminal's token, once; undefined when it was used by then. */
export async function issueToken(
  ctx: Ctx,
  request: TerminalRequestRow,
  expiresInMs: number,
): Promise<TerminalToken | undefined> {
  const principalId = must(request.principalId, "who allowed the terminal");
  return inTransaction(asActor(ctx, systemActor), async (ctx) => {
    if (!(await useRequest(ctx, request.id))) return undefined;
    const name = `pave on ${request.host}`;
    const minted = await mintToken(ctx, { kind: "api", principalId, name, expiresInMs, origin: "terminal" });
    await setRequestToken(ctx, request.id, minted.id);
    // refuses somebody who was disabled since the yes
    const actor = await authenticate(ctx, minted.token);
    await recordEvent(asActor(ctx, actor), {
      type: "token.created",
      subjectType: "token",
      subjectId: minted.id,
      data: { name, principal: actor.name, origin: "terminal" },
    });
    return { token: minted.token, expiresAt: minted.expiresAt };
  });
}
