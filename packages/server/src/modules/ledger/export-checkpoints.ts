import { writeLedgerLine } from "@pave/contract/ledger";
import type { Ctx } from "../../db/context.ts";
import { ledgerKey } from "./ledger-key.ts";
import { chainHead, checkpointsUpTo } from "./ledger-store.ts";
import { type CheckpointSink, checkpointName } from "./seal-ledger.ts";

/** Every checkpoint that the database has, again as the files that were made when it was signed. */
export async function exportCheckpoints(ctx: Ctx, exportTo: CheckpointSink): Promise<void> {
  const { publicKeyPem } = await ledgerKey(ctx);
  for (const one of await checkpointsUpTo(ctx, (await chainHead(ctx)).position))
    await exportTo(
      checkpointName(one.position),
      writeLedgerLine({ kind: "header", publicKey: publicKeyPem }) +
        writeLedgerLine({ kind: "checkpoint", ...one, time: one.time.toISOString() }),
    );
}
