import type { Backup, BackupSettings } from "@pave/contract";
import { ago } from "../../lib/format.ts";
import { Callout } from "../../ui/callout.tsx";
import { WithCode } from "../../ui/with-code.tsx";

/** What must not be missed: the newest one failed, a drill failed, or nobody could bring this platform back. */
export function BackupTrouble({ settings, items }: { settings: BackupSettings; items: readonly Backup[] }) {
  const newest = items.find(({ state }) => state === "failed" || state === "succeeded");
  const good = items.find(({ state }) => state === "succeeded");
  const drill = good?.lastCheck?.state === "failed" ? good.lastCheck : undefined;
  const warnings = good?.summary?.warnings ?? [];
  return (
    <>
      {newest?.state === "failed" ? (
        <Callout
          tone="bad"
          title={`The last backup failed ${ago(newest.createdAt)}${good ? `; the last good one is from ${ago(good.createdAt)}` : ""}`}
        >
          <WithCode text={[newest.error?.message, newest.error?.fix].filter(Boolean).join(". ")} />
        </Callout>
      ) : null}
      {drill ? (
        <Callout tone="bad" title={`The newest backup did not pass its ${drill.kind === "drill" ? "drill" : "check"}`}>
          <WithCode text={[drill.error?.message, drill.error?.fix].filter(Boolean).join(". ")} />
        </Callout>
      ) : null}
      {warnings.length > 0 ? (
        <Callout tone="warn" title="The newest backup does not hold everything">
          {warnings.join("; ")}
        </Callout>
      ) : null}
      {settings.schedule === "off" && items.length > 0 ? (
        <Callout tone="warn" title="No backup is made by itself">
          <WithCode text="Set `PAVE_BACKUP_SCHEDULE`, for example to `02:30`, and start the server again." />
        </Callout>
      ) : null}
    </>
  );
}
