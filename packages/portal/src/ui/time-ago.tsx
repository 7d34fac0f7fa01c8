import { ago, duration, exactTime } from "../lib/format.ts";
import { useNow } from "../lib/use-now.ts";

/** How long ago, kept up to date; the exact time is in the title. */
export function TimeAgo({ at }: { at: string | null | undefined }) {
  const now = useNow(10_000);
  return (
    <time dateTime={at ?? undefined} title={exactTime(at)} style={{ whiteSpace: "nowrap" }}>
      {ago(at, now)}
    </time>
  );
}

/** From start to end, counting while there is no end. */
export function Elapsed({ from, to }: { from: string | null; to: string | null }) {
  const isOpen = from !== null && to === null;
  const now = useNow(isOpen ? 1000 : null);
  if (from === null) return <>–</>;
  const seconds = Math.max(0, ((to === null ? now : Date.parse(to)) - Date.parse(from)) / 1000);
  return <span style={{ whiteSpace: "nowrap" }}>{duration(isOpen ? Math.floor(seconds) : seconds)}</span>;
}
