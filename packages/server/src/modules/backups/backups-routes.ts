import { join } from "node:path";
import { Readable } from "node:stream";
import type { Backup } from "@pave/contract";
import { type Ctx, inTransaction } from "../../db/context.ts";
import type { Handlers } from "../../http/handlers.ts";
import { PaveError } from "../../kernel/pave-error.ts";
import { recordEvent } from "../ledger/index.ts";
import {
  backupsIn,
  changeBackup,
  checksOf,
  findBackupRow,
  insertBackup,
  insertCheck,
  listBackups,
} from "./backups-store.ts";
import { type Backups, backupsChannel } from "./create-backups.ts";
import { type TarEntry, tarOf } from "./tar.ts";
import { blobLines, type FoundBackup, manifestFile, openBackup } from "./target.ts";

export const backupsRoutes = (backups: Backups): Handlers => ({
  listBackups: async (ctx) => ({ settings: await backups.settings(ctx), items: await listBackups(ctx) }),

  createBackup: (ctx) =>
    inTransaction(ctx, async (ctx) => {
      const [waiting] = await backupsIn(ctx, "requested");
      if (waiting) return waiting; // what was just asked for is not worth a second one
      const backup = await insertBackup(ctx, { kind: "manual", requestedBy: ctx.actor.name });
      await tell(ctx, "backup.requested", backup.id);
      return backup;
    }),

  getBackup: async (ctx, { params }) => ({
    ...(await getBackup(ctx, params.backup)),
    checks: await checksOf(ctx, params.backup),
  }),

  checkBackup: (ctx, { params, body }) =>
    inTransaction(ctx, async (ctx) => {
      const backup = await getBackup(ctx, params.backup);
      assertThere(backup);
      const check = await insertCheck(ctx, { backup: backup.id, kind: body.kind, cause: "manual" });
      await tell(ctx, `backup.${body.kind === "drill" ? "drill" : "check"}-requested`, backup.id);
      return check;
    }),

  removeBackup: (ctx, { params }) =>
    inTransaction(ctx, async (ctx) => {
      const backup = await getBackup(ctx, params.backup);
      if (backup.state === "running")
        throw new PaveError("backup.busy", `Backup ${backup.id} is being made`, { fix: "Wait until it has ended" });
      const left: Backup["state"] = backup.state === "succeeded" ? "removing" : "removed";
      await changeBackup(ctx, backup.id, { state: left });
      await tell(ctx, "backup.removed", backup.id);
      return { ...backup, state: left };
    }),

  async downloadBackup(ctx, { params }, io) {
    const row = await getBackup(ctx, params.backup);
    assertThere(row);
    const backup = await openBackup(backups.folder, row.id);
    await tell(ctx, "backup.downloaded", row.id);
    await io.send(
      200,
      {
        "content-type": "application/x-tar",
        "content-disposition": `attachment; filename="pave-backup-${row.id}.tar"`,
      },
      Readable.from(tarOf(entriesOf(backup)), { objectMode: false }),
    );
    return undefined;
  },
});

async function tell(ctx: Ctx, type: string, id: string): Promise<void> {
  await recordEvent(ctx, { type, subjectType: "backup", subjectId: id });
  ctx.afterCommit(() => ctx.database.notify(backupsChannel));
}

async function getBackup(ctx: Ctx, id: string): Promise<Backup> {
  const backup = await findBackupRow(ctx, id);
  if (backup) return backup;
  throw new PaveError("backup.not_found", `There is no backup ${id}`, { fix: "List them with `pave backups list`" });
}

function assertThere({ id, state }: Backup): void {
  if (state === "succeeded") return;
  throw new PaveError("backup.not_found", `Backup ${id} has no bytes: it is ${state}`, {
    fix: "Name one that succeeded: `pave backups list`",
  });
}

/** The manifest last, as it was written: an archive that is cut holds no backup. */
async function* entriesOf(backup: FoundBackup): AsyncGenerator<TarEntry> {
  const { folder, pool, manifest } = backup;
  const { database, blobs, files, key, masterKeys, id } = manifest;
  const seen = new Set<string>();
  for await (const line of blobLines(backup)) {
    if (line.kind === "missing" || seen.has(line.file)) continue;
    seen.add(line.file);
    yield { name: `blobs/${line.file}`, path: join(pool, line.file) };
  }
  for (const part of [...database.tables, blobs, files, key, masterKeys])
    if (part) yield { name: `${id}/${part.file}`, path: join(folder, part.file) };
  yield { name: `${id}/${manifestFile}`, path: join(folder, manifestFile) };
}
