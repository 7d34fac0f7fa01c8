import { type Ctx, changesChannel } from "../db/context.ts";
import { newId } from "../kernel/ids.ts";

/**
 * Hints for browsers: one LISTEN per process, fanned out. Each hint has an id `<boot>.<n>`; a browser that comes back
 * with one gets what it missed from a ring, or `resync`, which means: read everything that is on screen again.
 */
export interface Hints {
  subscribe(lastEventId: string | undefined, send: (event: StreamEvent) => void): () => void;
  close(): Promise<void>;
}

export interface StreamEvent {
  readonly id: string;
  readonly event: "changed" | "resync";
  readonly topics: readonly string[];
}

const ringSize = 2000;

export async function startHints(ctx: Ctx): Promise<Hints> {
  const boot = newId().slice(-8);
  const ring: StreamEvent[] = [];
  const subscribers = new Set<(event: StreamEvent) => void>();
  let count = 0;
  const publish = (event: StreamEvent["event"], topics: readonly string[]) => {
    count += 1;
    const entry: StreamEvent = { id: `${boot}.${count}`, event, topics };
    ring.push(entry);
    if (ring.length > ringSize) ring.shift();
    for (const send of subscribers) send(entry);
  };
  const stop = await ctx.database.listen(
    changesChannel,
    (topics) => publish("changed", topics),
    () => publish("resync", []),
  );
  return {
    subscribe(lastEventId, send) {
      const [seenBoot, seen] = (lastEventId ?? "").split(".");
      const first = ring[0] ? Number(ring[0].id.split(".")[1]) : count + 1;
      if (seenBoot === boot && Number(seen) >= first - 1)
        for (const entry of ring.slice(Number(seen) - first + 1)) send(entry);
      else send({ id: `${boot}.${count}`, event: "resync", topics: [] });
      subscribers.add(send);
      return () => subscribers.delete(send);
    },
    close: stop,
  };
}
