import type { Backup, BackupSettings } from "@pave/contract";
import { ago, bytes, count, exactTime } from "../../lib/format.ts";
import { useNow } from "../../lib/use-now.ts";
import { Figures } from "../../ui/facts.tsx";
import { until } from "./until.ts";

/** The last one, the next one, the last proof. */
export function BackupFigures({ settings, items }: { settings: BackupSettings; items: readonly Backup[] }) {
  const now = useNow(30_000);
  const last = items.find(({ state }) => state === "succeeded");
  const drills = items.flatMap(({ lastCheck }) => (lastCheck?.kind === "drill" ? [lastCheck] : []));
  const drill = drills.toSorted((a, b) => b.createdAt.localeCompare(a.createdAt))[0];
  return (
    <Figures
      figures={[
        {
          label: "Last backup",
          value: last ? <span title={exactTime(last.createdAt)}>{ago(last.createdAt, now)}</span> : "none yet",
          context: last?.kind === "scheduled" ? "by the schedule" : last?.requestedBy ? `by ${last.requestedBy}` : "",
          ...(last ? {} : { tone: "warn" }),
        },
        {
          label: "Size",
          value: bytes(last?.summary?.bytes),
          context: last?.summary ? `${bytes(last.summary.newBytes)} of it new` : "",
        },
        {
          label: "Holds",
          value: last?.summary ? `${count(last.summary.rows)} rows` : "–",
          context: last?.summary ? `${count(last.summary.blobs)} artifact files` : "",
        },
        {
          label: "Next backup",
          value: settings.nextAt ? until(settings.nextAt, now) : "by hand",
          context: settings.nextAt ? exactTime(settings.nextAt) : "no schedule is set",
        },
        {
          label: "Last drill",
          value: drill ? (drill.state === "passed" ? "passed" : drill.state) : "none yet",
          context: drill ? ago(drill.createdAt, now) : "restores one on the side",
          ...(drill?.state === "failed" ? { tone: "bad" } : drill?.state === "passed" ? { tone: "good" } : {}),
        },
      ]}
    />
  );
}
