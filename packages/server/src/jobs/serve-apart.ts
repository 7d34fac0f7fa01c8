import type { Ctx } from "../db/context.ts";
import { messageOf } from "../kernel/pave-error.ts";

export interface Served<Row> {
  /** Takes what is due under a lease, at most `perPlace` for each place, none for places that are busy here. */
  claim(
    ctx: Ctx,
    options: { readonly busy: readonly string[]; readonly perPlace: number; readonly leaseMs: number },
  ): Promise<readonly Row[]>;
  placeOf(row: Row): string;
  /** Sends what was taken for one place. */
  serve(ctx: Ctx, place: string, rows: readonly Row[], signal: AbortSignal): Promise<void>;
  /** Hears that there may be more. */
  readonly channel: string;
}

export interface Deliverer {
  /** One round: begins what is due. */
  deliver(ctx: Ctx): Promise<void>;
  /** Resolves when nothing that was begun is under way. */
  settled(): Promise<void>;
  /** Gives up what is under way; others send it when its lease is over. */
  stop(): Promise<void>;
}

/** At once, for each place. */
const perPlace = 4;
/** Longer than any try takes. */
const leaseMs = 60_000;

/**
 * Serves places that somebody else runs, each apart: a round starts what is due and waits for nobody, and a place that
 * is busy is left alone until it has answered.
 */
export function serveApart<Row>({ claim, placeOf, serve, channel }: Served<Row>): Deliverer {
  const busy = new Map<string, Promise<void>>();
  const stopping = new AbortController();
  const settled = async () => {
    while (busy.size > 0) await Promise.all(busy.values());
  };
  const serveOne = async (ctx: Ctx, place: string, rows: readonly Row[]) => {
    try {
      await serve(ctx, place, rows, stopping.signal);
    } catch (error) {
      ctx.log.warn({ place, error: messageOf(error) }, "messages could not be sent now, and will be later");
    }
  };
  return {
    async deliver(ctx) {
      if (stopping.signal.aborted) return;
      const claimed = await claim(ctx, { busy: [...busy.keys()], perPlace, leaseMs });
      for (const [place, rows] of Map.groupBy(claimed, placeOf)) {
        const work = serveOne(ctx, place, rows).finally(() => {
          busy.delete(place);
          // there may be more for it
          if (rows.length === perPlace) ctx.database.notify(channel);
        });
        busy.set(place, work);
      }
    },
    settled,
    async stop() {
      stopping.abort();
      await settled();
    },
  };
}
