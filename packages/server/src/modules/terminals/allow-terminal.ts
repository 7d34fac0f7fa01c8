import { isLoopbackRedirect } from "@pave/contract";
import { type Ctx, inTransaction } from "../../db/context.ts";
import { newId, randomText } from "../../kernel/ids.ts";
import { PaveError } from "../../kernel/pave-error.ts";
import { recordEvent } from "../ledger/index.ts";
import { assertPerson } from "./assert-person.ts";
import { insertRequest } from "./terminal-store.ts";
import { codeHash } from "./user-code.ts";

/** How long the code in the browser's way back is good; the terminal takes it at once. */
const codeMs = 60_000;

export interface AllowTerminal {
  readonly redirectUri: string;
  readonly codeChallenge: string;
  readonly state: string;
  readonly host: string;
  readonly address: string;
}

/** The person's yes to the terminal that opened the browser: where to send the browser, with a code for that terminal alone. */
export async function allowTerminal(ctx: Ctx, input: AllowTerminal): Promise<{ redirect: string }> {
  assertPerson(ctx);
  if (!isLoopbackRedirect(input.redirectUri))
    throw new PaveError(
      "request.invalid",
      `redirectUri: expected http://127.0.0.1:PORT/callback of a terminal on this machine, found ${input.redirectUri}`,
      { fix: "Start again with `pave login URL` in your terminal; if a page or a message led you here, close this." },
    );
  const code = randomText(43);
  await inTransaction(ctx, async (ctx) => {
    await insertRequest(ctx, {
      id: newId(),
      kind: "browser",
      secretHash: codeHash(code),
      userCodeHash: null,
      host: input.host,
      address: input.address,
      codeChallenge: input.codeChallenge,
      redirectUri: input.redirectUri,
      principalId: ctx.actor.principalId,
      intervalSeconds: 0,
      expiresAt: new Date(ctx.clock.now().getTime() + codeMs),
    });
    await recordEvent(ctx, {
      type: "terminal.allowed",
      subjectType: "principal",
      subjectId: ctx.actor.principalId,
      data: { host: input.host },
    });
  });
  const redirect = new URL(input.redirectUri);
  redirect.searchParams.set("code", code);
  redirect.searchParams.set("state", input.state);
  return { redirect: redirect.href };
}
