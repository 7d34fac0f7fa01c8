import { type NotificationKind, notificationKinds } from "@pave/contract";
import type { NotificationRow } from "../notification.ts";

/** What goes out at once: one notification, or several that waited for the same time. */
export interface Message {
  /** The same whenever it is sent again. */
  readonly id: string;
  readonly at: Date;
  readonly items: readonly MessageItem[];
}

export interface MessageItem {
  readonly id: string;
  readonly kind: NotificationKind;
  readonly label: string;
  readonly urgent: boolean;
  readonly title: string;
  readonly detail: string;
  /** Of the page in the portal. */
  readonly url: string;
  readonly project: string | null;
  readonly team: string | null;
  readonly tier: string | null;
  readonly count: number;
  readonly firstAt: Date;
  readonly lastAt: Date;
  readonly data: Readonly<Record<string, unknown>>;
}

export function toMessage(id: string, at: Date, rows: readonly NotificationRow[], portalUrl: string): Message {
  const items = rows.map(({ subject: _subject, projectId: _projectId, href, ...row }) => ({
    ...row,
    label: notificationKinds[row.kind].label,
    url: `${portalUrl}${href}`,
  }));
  return { id, at, items };
}

/** `Alert opened: inputs of late drift (3 times)`. */
export const headline = ({ label, title, count }: MessageItem): string =>
  `${label}: ${title}${count > 1 ? ` (${count} times)` : ""}`;

/** `flights · critical · team ops`. */
export const whereOf = ({ project, tier, team }: MessageItem): string =>
  project === null ? "platform" : [project, tier, team && `team ${team}`].filter(Boolean).join(" · ");

/** One line for all of it. */
export function subjectOf({ items }: Message): string {
  const [first, ...others] = items;
  if (!first || others.length > 0) return `${items.length} notifications`;
  return headline(first);
}
