import type { NotificationKind, Schedule } from "@pave/contract";

/** `all`, or what it is. */
export const someOf = (values: readonly string[]): string => (values.length === 0 ? "all" : values.join(", "));

/** `quiet 20:00–07:00 Europe/Berlin, daily at 08:00`. */
export function scheduleWords({ quiet, digest, digestAt, timeZone }: Schedule): string {
  const parts = [
    ...(quiet ? [`quiet ${quiet.from}–${quiet.to}${quiet.urgentPasses ? "" : " for urgent ones too"}`] : []),
    ...(digest === "none" ? [] : [digest === "daily" ? `daily at ${digestAt}` : "hourly"]),
  ];
  return parts.length === 0 ? "at once" : `${parts.join(", ")} ${timeZone}`;
}

/** Names are checked by the platform, which says which there are. */
export const kindsOf = (names: readonly string[]): NotificationKind[] => [...names] as NotificationKind[];
