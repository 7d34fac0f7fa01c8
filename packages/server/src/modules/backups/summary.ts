import type { BackupSummary } from "@pave/contract";
import type { Manifest } from "./manifest.ts";

/** What a list shows of a manifest. */
export function summaryOf(manifest: Manifest): BackupSummary {
  const { database, blobs, files, encryption, ledger } = manifest;
  const own = database.tables.reduce((sum, { bytes }) => sum + bytes, blobs.bytes + files.bytes);
  return {
    pave: manifest.pave,
    migration: database.migrations.at(-1)?.number ?? 0,
    bytes: own + blobs.totalBytes,
    newBytes: own + blobs.newBytes,
    tables: database.tables.length,
    rows: database.tables.reduce((sum, { rows }) => sum + rows, 0),
    blobs: blobs.count,
    newBlobs: blobs.newCount,
    files: files.count,
    events: ledger.position,
    encrypted: encryption === null ? "no" : encryption.passphrase ? "passphrase" : "recipient",
    warnings: [...manifest.warnings],
  };
}
