import { sign } from "node:crypto";
import { endText, writeLedgerLine } from "@pave/contract/ledger";
import type { Ctx } from "../../db/context.ts";
import { ledgerKey } from "./ledger-key.ts";
import { chainHead, checkpointsUpTo, sealedEvents } from "./ledger-store.ts";

/**
 * The lines of an export: what was sealed when it began, whatever is sealed meanwhile. The time of its end is from
 * before that was looked at, so a checkpoint that was signed earlier than the end is always of an event in it.
 */
export async function* exportLedger(ctx: Ctx): AsyncGenerator<string> {
  const key = await ledgerKey(ctx);
  const time = ctx.clock.now().toISOString();
  const head = await chainHead(ctx);
  yield writeLedgerLine({ kind: "header", publicKey: key.publicKeyPem });
  for (let after = 0; after < head.position; ) {
    const page = await sealedEvents(ctx, { after, upTo: head.position, limit: 1000 });
    for (const { position, hash, event } of page)
      yield writeLedgerLine({ kind: "event", position, hash, event: { ...event } });
    if (page.length === 0) break;
    after = page.at(-1)?.position ?? after;
  }
  const checkpoints = await checkpointsUpTo(ctx, head.position);
  for (const checkpoint of checkpoints)
    yield writeLedgerLine({ kind: "checkpoint", ...checkpoint, time: checkpoint.time.toISOString() });
  const content = {
    events: head.position,
    checkpoints: checkpoints.length,
    head: head.hash,
    time,
    keyId: key.keyId,
  };
  const signature = sign(null, Buffer.from(endText(content)), key.privateKeyPem).toString("base64");
  yield writeLedgerLine({ kind: "end", ...content, signature });
}
