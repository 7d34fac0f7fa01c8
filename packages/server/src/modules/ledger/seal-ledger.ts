import { sign } from "node:crypto";
import { checkpointText, sealHash, writeLedgerLine } from "@pave/contract/ledger";
import type { Ctx } from "../../db/context.ts";
import { inTransaction } from "../../db/context.ts";
import { takeLease } from "../../db/leases.ts";
import { ledgerKey } from "./ledger-key.ts";
import { chainHead, insertCheckpoint, insertSeals, lastCheckpoint, unsealedEvents } from "./ledger-store.ts";

const batch = 500;

/**
 * Chains what has been committed, in commit order. One sealer at a time by lease; the primary key on `position` is the
 * fence if two ever meet. Returns how many events were sealed.
 */
export async function sealLedger(ctx: Ctx, holder: string): Promise<number> {
  if (!(await takeLease(ctx, "ledger-sealer", holder, 10_000))) return 0;
  return inTransaction(ctx, async (ctx) => {
    const events = await unsealedEvents(ctx, batch);
    if (events.length === 0) return 0;
    let { position, hash } = await chainHead(ctx);
    const seals = events.map((event) => {
      const previous = hash;
      position += 1;
      hash = sealHash(previous, position, event);
      return { position, event_id: event.id, previous_hash: previous, hash };
    });
    await insertSeals(ctx, seals);
    return seals.length;
  });
}

export const checkpointName = (position: number): string => `checkpoint-${String(position).padStart(12, "0")}.jsonl`;

/** Where signed checkpoints go, outside of the database: the artifact store keeps them under `ledger/`. */
export type CheckpointSink = (name: string, content: string) => Promise<void>;

/** Signs the head of the chain and exports it, unless nothing was sealed since the last time. */
export async function signCheckpoint(ctx: Ctx, exportTo: CheckpointSink): Promise<void> {
  const head = await chainHead(ctx);
  const last = await lastCheckpoint(ctx);
  if (head.position === 0 || last?.position === head.position) return;
  const key = await ledgerKey(ctx);
  const time = ctx.clock.now();
  const content = { position: head.position, hash: head.hash, time: time.toISOString(), keyId: key.keyId };
  const signature = sign(null, Buffer.from(checkpointText(content)), key.privateKeyPem).toString("base64");
  await insertCheckpoint(ctx, { position: head.position, hash: head.hash, time, key_id: key.keyId, signature });
  await exportTo(
    checkpointName(head.position),
    writeLedgerLine({ kind: "header", publicKey: key.publicKeyPem }) +
      writeLedgerLine({ kind: "checkpoint", ...content, signature }),
  );
}
