import type { Backup, BackupCheck, BackupSettings } from "@pave/contract";
import type { DatabaseAddress } from "../../db/connection.ts";
import type { Ctx } from "../../db/context.ts";
import { dropLease, takeLease } from "../../db/leases.ts";
import { isPaveError, messageOf } from "../../kernel/pave-error.ts";
import type { Schedule } from "../../kernel/schedule.ts";
import { recordEvent } from "../ledger/index.ts";
import {
  backupsIn,
  changeBackup,
  changeCheck,
  checksIn,
  findBackupRow,
  insertBackup,
  insertCheck,
  lastCheckOf,
  lastScheduled,
} from "./backups-store.ts";
import type { BackupJob, JobProgress, JobResult, RunJob } from "./job.ts";
import { expiredBackups, type Retention } from "./retention.ts";
import { summaryOf } from "./summary.ts";
import { isBackupId, listIds, openBackup, removeBackup, removePartial } from "./target.ts";

export interface BackupsOptions {
  /** The only folder that the server writes backups to. */
  readonly folder: string;
  readonly address: DatabaseAddress;
  readonly schedule: Schedule;
  readonly drillEvery: Schedule;
  readonly retention: Retention;
  readonly recipient?: string | undefined;
  readonly passphraseFile?: string | undefined;
  readonly identityFile?: string | undefined;
  /** What is to stay free on the folder's disk. */
  readonly reserveBytes?: number | undefined;
  /** Names this process among all workers. */
  readonly holder: string;
  readonly runJob: RunJob;
}

export interface Backups {
  readonly folder: string;
  settings(ctx: Ctx): Promise<BackupSettings>;
  /** One round of the worker: settles what a killed worker left, takes the next thing to do, and leaves it under way. */
  tick(ctx: Ctx): Promise<void>;
  /** Resolves when nothing is under way. */
  idle(): Promise<void>;
  /** Ends what is under way; it counts as failed. */
  stop(): Promise<void>;
}

/** Told on this channel, a worker looks at once. */
export const backupsChannel = "pave_backups";
const lease = "backups";
const leaseMs = 60_000;
const renewMs = 15_000;
/** A scheduled backup that failed is tried again after so long. */
const retryMs = 30 * 60_000;

export function createBackups(options: BackupsOptions): Backups {
  const { folder, holder } = options;
  let active: Promise<void> | undefined;
  const stopping = new AbortController();

  const begin = (ctx: Ctx, work: (signal: AbortSignal) => Promise<void>) => {
    const ending = new AbortController();
    const renew = setInterval(() => {
      takeLease(ctx, lease, holder, leaseMs).then(
        (ours) => ours || ending.abort(new Error("another worker took over")),
        () => undefined, // the database is away for a moment; the lease is still ours
      );
    }, renewMs);
    active = work(AbortSignal.any([stopping.signal, ending.signal]))
      .catch((error: unknown) => ctx.log.error({ error: messageOf(error) }, "a backup was not accounted for"))
      .finally(async () => {
        clearInterval(renew);
        await dropLease(ctx, lease, holder).catch(() => undefined);
        active = undefined;
        ctx.database.notify(backupsChannel);
      });
  };

  return {
    folder,
    settings: (ctx) => settingsOf(ctx, options),
    async tick(ctx) {
      if (active || stopping.signal.aborted || !(await takeLease(ctx, lease, holder, leaseMs))) return;
      const work = await next(ctx, options).catch(async (error: unknown) => {
        await dropLease(ctx, lease, holder);
        throw error;
      });
      if (work) begin(ctx, work);
      else await dropLease(ctx, lease, holder);
    },
    async idle() {
      await active;
    },
    async stop() {
      stopping.abort(new Error("the worker was stopped"));
      await active;
    },
  };
}

type Work = (signal: AbortSignal) => Promise<void>;

/** Holding the lease: nobody else is at work, so what is said to be under way was left by somebody who is gone. */
async function next(ctx: Ctx, options: BackupsOptions): Promise<Work | undefined> {
  await settleInterrupted(ctx, options);
  await lookIntoFolder(ctx, options);
  await askForDue(ctx, options);
  const [leaving] = await backupsIn(ctx, "removing");
  if (leaving) return () => remove(ctx, options, leaving);
  const [wanted] = await backupsIn(ctx, "requested");
  if (wanted) return (signal) => make(ctx, options, wanted, signal);
  const [check] = await checksIn(ctx, "requested");
  if (check) return (signal) => look(ctx, options, check, signal);
  return undefined;
}

async function settleInterrupted(ctx: Ctx, { folder }: BackupsOptions): Promise<void> {
  const error = { message: "The worker that was at it was stopped", fix: "Ask for it again" };
  const running = await backupsIn(ctx, "running");
  for (const one of running) {
    await removePartial(folder, one.id);
    await fail(ctx, one, error);
  }
  for (const one of await checksIn(ctx, "running"))
    await changeCheck(ctx, one.id, { state: "failed", error, progress: null, finishedAt: ctx.clock.now() });
}

/** The folder is what counts: backups that were put there are listed, and those that were taken away are not. */
async function lookIntoFolder(ctx: Ctx, { folder }: BackupsOptions): Promise<void> {
  const there = new Set(await listIds(folder));
  for (const one of await backupsIn(ctx, "succeeded"))
    if (!there.has(one.id)) await changeBackup(ctx, one.id, { state: "removed" }, ["succeeded"]);
  const known = new Set((await backupsIn(ctx, "succeeded", "removing", "running", "requested")).map(({ id }) => id));
  for (const id of there) {
    if (known.has(id)) continue;
    const found = await openBackup(folder, id).catch(() => undefined);
    if (!found) continue;
    const summary = summaryOf(found.manifest);
    if (await findBackupRow(ctx, id)) await changeBackup(ctx, id, { state: "succeeded", summary, error: null });
    else
      await insertBackup(ctx, {
        id,
        kind: "found",
        requestedBy: null,
        summary,
        at: new Date(found.manifest.startedAt),
      });
  }
}

async function askForDue(ctx: Ctx, options: BackupsOptions): Promise<void> {
  const now = ctx.clock.now();
  const { nextAt, nextDrillAt } = await settingsOf(ctx, options);
  if (nextAt && Date.parse(nextAt) <= now.getTime()) await insertBackup(ctx, { kind: "scheduled", requestedBy: null });
  if (!nextDrillAt || Date.parse(nextDrillAt) > now.getTime()) return;
  const newest = (await backupsIn(ctx, "succeeded")).at(-1);
  if (newest) await insertCheck(ctx, { backup: newest.id, kind: "drill", cause: "scheduled" });
}

async function settingsOf(ctx: Ctx, options: BackupsOptions): Promise<BackupSettings> {
  const now = ctx.clock.now();
  const last = await lastScheduled(ctx);
  const isOpen = last?.state === "requested" || last?.state === "running";
  const lastAt = last ? new Date(last.createdAt) : null;
  let nextAt = isOpen ? null : options.schedule.nextAfter(lastAt, now);
  if (nextAt && last?.state === "failed" && lastAt)
    nextAt = new Date(Math.min(nextAt.getTime(), lastAt.getTime() + retryMs));
  const drill = await lastCheckOf(ctx, "drill", "scheduled");
  // an identity that the server does not have opens nothing: such drills are done by hand
  const canDrill = options.schedule.text !== "off" && (!options.recipient || options.identityFile);
  const nextDrillAt =
    canDrill && (last !== undefined || drill !== undefined)
      ? options.drillEvery.nextAfter(drill ? new Date(drill.createdAt) : null, now)
      : null;
  return {
    folder: options.folder,
    schedule: options.schedule.text,
    nextAt: nextAt?.toISOString() ?? null,
    keepDaily: options.retention.daily,
    keepWeekly: options.retention.weekly,
    encryption: options.recipient ? "recipient" : options.passphraseFile ? "passphrase" : "no",
    drillEvery: options.drillEvery.text,
    nextDrillAt: nextDrillAt?.toISOString() ?? null,
  };
}

async function make(ctx: Ctx, options: BackupsOptions, backup: Backup, signal: AbortSignal): Promise<void> {
  const { folder, recipient, passphraseFile, reserveBytes = 0 } = options;
  if (!(await changeBackup(ctx, backup.id, { state: "running", startedAt: ctx.clock.now() }, ["requested"]))) return;
  const job: BackupJob = { do: "create", address: options.address, target: folder, id: backup.id, reserveBytes };
  try {
    const result = await options.runJob(
      { ...job, ...(recipient ? { recipient } : {}), ...(passphraseFile ? { passphraseFile } : {}) },
      { signal, onProgress: atMostEverySecond((progress) => changeBackup(ctx, backup.id, { progress })) },
    );
    await succeed(ctx, backup, result);
  } catch (error) {
    await removePartial(folder, backup.id).catch(() => undefined);
    return fail(ctx, backup, failureOf(error));
  }
  if (backup.kind === "scheduled") await dropExpired(ctx, options);
}

async function succeed(ctx: Ctx, backup: Backup, { summary }: JobResult): Promise<void> {
  await changeBackup(ctx, backup.id, {
    state: "succeeded",
    progress: null,
    finishedAt: ctx.clock.now(),
    ...(summary ? { summary } : {}),
  });
  await recordEvent(ctx, {
    type: "backup.finished",
    subjectType: "backup",
    subjectId: backup.id,
    data: {
      kind: backup.kind,
      bytes: summary?.bytes ?? 0,
      newBytes: summary?.newBytes ?? 0,
      warnings: summary?.warnings.length ?? 0,
    },
  });
}

async function fail(ctx: Ctx, backup: Backup, error: NonNullable<Backup["error"]>): Promise<void> {
  await changeBackup(ctx, backup.id, { state: "failed", progress: null, error, finishedAt: ctx.clock.now() });
  await recordEvent(ctx, {
    type: "backup.failed",
    subjectType: "backup",
    subjectId: backup.id,
    result: "failed",
    data: { kind: backup.kind, message: error.message, fix: error.fix },
  });
}

async function dropExpired(ctx: Ctx, options: BackupsOptions): Promise<void> {
  const scheduled = (await backupsIn(ctx, "succeeded")).filter(({ kind }) => kind === "scheduled");
  const dated = scheduled.map(({ id, createdAt }) => ({ id, at: new Date(createdAt) }));
  for (const id of expiredBackups(dated, options.retention)) {
    const backup = scheduled.find((one) => one.id === id);
    if (backup) await remove(ctx, options, backup);
  }
}

async function remove(ctx: Ctx, { folder }: BackupsOptions, backup: Backup): Promise<void> {
  if (isBackupId(backup.id)) await removeBackup(folder, backup.id);
  await changeBackup(ctx, backup.id, { state: "removed" });
}

async function look(ctx: Ctx, options: BackupsOptions, check: BackupCheck, signal: AbortSignal): Promise<void> {
  const { folder, identityFile, passphraseFile } = options;
  await changeCheck(ctx, check.id, { state: "running" });
  const of = { target: folder, id: check.backup };
  const keys = { ...(identityFile ? { identityFile } : passphraseFile ? { passphraseFile } : {}) };
  try {
    const result = await options.runJob(
      check.kind === "verify" ? { do: "verify", ...of } : { do: "drill", address: options.address, ...of, ...keys },
      { signal, onProgress: atMostEverySecond((progress) => changeCheck(ctx, check.id, { progress })) },
    );
    await changeCheck(ctx, check.id, {
      ...{ state: "passed", progress: null, findings: result.findings ?? [], finishedAt: ctx.clock.now() },
    });
    await tellCheck(ctx, check, null);
  } catch (error) {
    const failure = failureOf(error);
    await changeCheck(ctx, check.id, { state: "failed", progress: null, error: failure, finishedAt: ctx.clock.now() });
    await tellCheck(ctx, check, failure);
  }
}

const tellCheck = (ctx: Ctx, check: BackupCheck, failure: Backup["error"]): Promise<string> =>
  recordEvent(ctx, {
    type: `backup.${check.kind === "drill" ? "drill" : "check"}-${failure ? "failed" : "passed"}`,
    subjectType: "backup",
    subjectId: check.backup,
    result: failure ? "failed" : "ok",
    data: { cause: check.cause, ...(failure ? { message: failure.message, fix: failure.fix } : {}) },
  });

function failureOf(error: unknown): NonNullable<Backup["error"]> {
  if (isPaveError(error)) return { message: error.message, fix: error.fix ?? null };
  return { message: messageOf(error), fix: "Look into the worker's log" };
}

function atMostEverySecond(tell: (progress: JobProgress) => Promise<unknown>): (progress: JobProgress) => void {
  let last = 0;
  return (progress) => {
    if (Date.now() - last < 1000) return;
    last = Date.now();
    void tell(progress).catch(() => undefined);
  };
}
