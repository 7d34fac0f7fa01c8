/** Runs `work` on every item, so many at once. The first failure ends it, once what is under way has ended. */
export async function atOnce<T>(most: number, items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const left = items.values();
  let failed = false;
  const worker = async () => {
    for (const item of left) {
      if (failed) return;
      await work(item).catch((error: unknown) => {
        failed = true;
        throw error;
      });
    }
  };
  const ended = await Promise.allSettled(Array.from({ length: Math.min(most, items.length) }, worker));
  const broken = ended.find((one) => one.status === "rejected");
  if (broken) throw broken.reason;
}

/** Parts of a list of at most so many items. */
export const chunks = <T>(items: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, index) => items.slice(index * size, (index + 1) * size));

/** Parts of a list whose sizes add up to at most `most`; an item that is larger is a part of its own. */
export function chunksBySize<T>(items: readonly T[], most: number, sizeOf: (item: T) => number): T[][] {
  const parts: T[][] = [];
  let room = 0;
  for (const item of items) {
    const size = sizeOf(item);
    const last = parts.at(-1);
    if (last && size <= room) {
      last.push(item);
      room -= size;
    } else {
      parts.push([item]);
      room = most - size;
    }
  }
  return parts;
}
