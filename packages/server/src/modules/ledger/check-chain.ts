import { checkpointText, genesisHash, sealHash, signingKey } from "@pave/contract/ledger";
import type { Ctx } from "../../db/context.ts";
import { ledgerKey } from "./ledger-key.ts";
import { chainHead, checkpointsUpTo, sealedEvents } from "./ledger-store.ts";

interface ChainReport {
  readonly events: number;
  readonly head: string;
  /** What is wrong with it, in a sentence; null where every hash and signature fits. */
  readonly problem: string | null;
}

/** Walks the whole chain in the database, a page at a time, and holds every checkpoint against it. */
export async function checkChain(ctx: Ctx): Promise<ChainReport> {
  const end = await chainHead(ctx);
  const key = signingKey((await ledgerKey(ctx)).publicKeyPem);
  const checkpoints = new Map((await checkpointsUpTo(ctx, end.position)).map((one) => [one.position, one]));
  let [position, head] = [0, genesisHash];
  const report = (problem: string | null): ChainReport => ({ events: position, head, problem });
  while (position < end.position) {
    const page = await sealedEvents(ctx, { after: position, upTo: end.position, limit: 1000 });
    if (page.length === 0) return report(`event ${position + 1} is missing`);
    for (const one of page) {
      if (one.position !== position + 1) return report(`event ${position + 1} is missing`);
      if (sealHash(head, one.position, one.event) !== one.hash)
        return report(`event ${one.position} or one before it was changed`);
      position = one.position;
      head = one.hash;
      const checkpoint = checkpoints.get(position);
      if (!checkpoint) continue;
      const text = checkpointText({ ...checkpoint, time: checkpoint.time.toISOString() });
      if (checkpoint.hash !== head || (checkpoint.keyId === key?.id && !key.signed(text, checkpoint.signature)))
        return report(`the checkpoint at event ${position} does not fit`);
    }
  }
  return report(null);
}
