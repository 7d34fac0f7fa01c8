/** `in 3 h`: how long it is until something is due. */
export function until(time: string, now: number): string {
  const minutes = Math.round((Date.parse(time) - now) / 60_000);
  if (minutes < 1) return "now";
  if (minutes < 60) return `in ${minutes} min`;
  if (minutes < 48 * 60) return `in ${Math.round(minutes / 60)} h`;
  return `in ${Math.round(minutes / 1440)} d`;
}
