export interface DatedBackup {
  readonly id: string;
  readonly at: Date;
}

export interface Retention {
  readonly daily: number;
  readonly weekly: number;
}

const dayMs = 86_400_000;
const dayOf = (at: Date): number => Math.floor(at.getTime() / dayMs);
/** Weeks begin on Monday; 1970 began on a Thursday. */
const weekOf = (at: Date): number => Math.floor((dayOf(at) + 3) / 7);

/** Those to remove: all but the last of each of so many days and of so many weeks that have any. The newest always stays. */
export function expiredBackups(backups: readonly DatedBackup[], { daily, weekly }: Retention): string[] {
  const newest = [...backups].sort((a, b) => b.at.getTime() - a.at.getTime());
  const kept = new Set([...lastOfEach(newest, dayOf, Math.max(1, daily)), ...lastOfEach(newest, weekOf, weekly)]);
  return newest.filter(({ id }) => !kept.has(id)).map(({ id }) => id);
}

function lastOfEach(newest: readonly DatedBackup[], spanOf: (at: Date) => number, spans: number): string[] {
  const last = new Map<number, string>();
  for (const { id, at } of newest) {
    const span = spanOf(at);
    if (!last.has(span) && last.size < spans) last.set(span, id);
  }
  return [...last.values()];
}
