import { type NotificationKind, notificationKinds } from "@pave/contract";

/** What the inbox is narrowed to; the URL says it. */
export interface InboxSearch {
  readonly show?: "unread";
  readonly kind?: NotificationKind;
}

export const parseInboxSearch = (search: Record<string, unknown>): InboxSearch => ({
  ...(search.show === "unread" ? { show: "unread" as const } : {}),
  ...(isKind(search.kind) ? { kind: search.kind } : {}),
});

const isKind = (value: unknown): value is NotificationKind =>
  typeof value === "string" && Object.hasOwn(notificationKinds, value);
