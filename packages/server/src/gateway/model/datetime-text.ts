/** A date, or a date and time with or without its place in the world, as `python/pave_worker/datetimes.py` reads it. */
const form = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,]\d{1,9})?)?(?:Z|[+-](\d\d):?([0-5]\d))?)?$/;

/** What pandas holds in nanoseconds ends within the years before and after. */
const [firstYear, lastYear] = [1678, 2261];

/** Is it a point in time in ISO 8601 that a column of a data frame can hold? */
export function isDatetimeText(text: string): boolean {
  const match = form.exec(text);
  if (!match) return false;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, offset = 0] = match
    .slice(1, 8)
    .map((part) => (part === undefined ? 0 : Number(part)));
  if (year < firstYear || year > lastYear || hour > 23 || minute > 59 || second > 59 || offset > 23) return false;
  const date = new Date(Date.UTC(year, month - 1, day));
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}
