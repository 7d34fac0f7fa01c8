import { Readable } from "node:stream";
import type { LedgerEvent } from "@pave/contract";
import type { Ctx } from "../../db/context.ts";
import type { Handlers } from "../../http/handlers.ts";
import { exportLedger } from "./export-ledger.ts";
import { ledgerKey } from "./ledger-key.ts";
import { chainHead, lastCheckpoint, ledgerCounts, listEvents } from "./ledger-store.ts";

export interface LedgerRoutesDeps {
  /** Ids of the projects that the actor may read, or "all". Given by access, which ranks higher. */
  readableProjects(ctx: Ctx): Promise<readonly string[] | "all">;
  /** May the actor read what belongs to no project? */
  readsPlatform(ctx: Ctx): Promise<boolean>;
  /** Throws `project.not_found` where the project is not the actor's to read. */
  readableProject(ctx: Ctx, name: string): Promise<string>;
}

export const ledgerRoutes = (deps: LedgerRoutesDeps): Handlers => ({
  async listEvents(ctx, { query }) {
    const { project } = query;
    const rows = await listEvents(ctx, {
      projectIds: project ? [await deps.readableProject(ctx, project)] : await deps.readableProjects(ctx),
      platform: !project && (await deps.readsPlatform(ctx)),
      subjectId: query.subject,
      type: query.type,
      before: query.before === undefined ? undefined : Number(query.before) || 0,
      limit: query.limit + 1,
    });
    const page = rows.slice(0, query.limit);
    return { items: page.map(toEvent), next: rows.length > query.limit ? String(page.at(-1)?.seq) : null };
  },

  async ledgerStatus(ctx) {
    const [counts, head, checkpoint, key] = [
      await ledgerCounts(ctx),
      await chainHead(ctx),
      await lastCheckpoint(ctx),
      await ledgerKey(ctx),
    ];
    return {
      ...counts,
      head: head.position === 0 ? null : head.hash,
      checkpoint: checkpoint ? { ...checkpoint, time: checkpoint.time.toISOString() } : null,
      publicKey: key.publicKeyPem,
    };
  },

  async exportLedger(ctx, _input, io) {
    await io.send(
      200,
      { "content-type": "application/jsonl", "content-disposition": 'attachment; filename="pave-ledger.jsonl"' },
      Readable.from(exportLedger(ctx)),
    );
    return undefined;
  },
});

type ListedEvent = Awaited<ReturnType<typeof listEvents>>[number];

const toEvent = ({ event, position, hash, projectName }: ListedEvent): LedgerEvent => ({
  id: event.id,
  position,
  time: event.time,
  type: event.type,
  principal: {
    id: event.principalId,
    kind: event.principalKind as LedgerEvent["principal"]["kind"],
    name: event.principalName,
  },
  principalKind: event.actorKind as LedgerEvent["principalKind"],
  project: projectName,
  subjectType: event.subjectType,
  subjectId: event.subjectId,
  planHash: event.planHash,
  correlationId: event.correlationId,
  causeId: event.causeId,
  result: event.result,
  data: event.data as Record<string, unknown>,
  hash,
});
