import type { NotificationKind } from "@pave/contract";

/** Something to tell, as whoever tells it says it. */
export interface NewNotification {
  readonly kind: NotificationKind;
  /** With the kind: what makes two of them one. An id, or a path such as `flights/run/train`. */
  readonly subject: string;
  readonly projectId: string | null;
  /** Passes quiet hours and digests. */
  readonly urgent?: boolean;
  /** One line, without a secret, a feature or a label. */
  readonly title: string;
  readonly detail?: string;
  /** Of the page in the portal, from its root. */
  readonly href: string;
  /** What programs may want beside the words; goes to webhooks. */
  readonly data?: Readonly<Record<string, unknown>>;
  /** Whose inboxes it goes to. */
  readonly to: readonly string[];
  /**
   * For how long the same is one notification with a count; ten minutes unless said. `open`: it is one for as long as it
   * is open, and telling it again only tells those who are new.
   */
  readonly within?: number | "open";
}

export interface NotificationRow {
  readonly id: string;
  readonly kind: NotificationKind;
  readonly subject: string;
  readonly projectId: string | null;
  readonly project: string | null;
  readonly team: string | null;
  readonly tier: string | null;
  readonly urgent: boolean;
  readonly title: string;
  readonly detail: string;
  readonly href: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly count: number;
  readonly firstAt: Date;
  readonly lastAt: Date;
}
