import { headline, type Message, subjectOf, whereOf } from "./message.ts";

export interface Mail {
  readonly subject: string;
  readonly text: string;
}

/** Plain text: every program reads it, and nothing in it can run or be loaded. */
export function asMail(message: Message): Mail {
  const parts = message.items.map((item) =>
    [headline(item), item.detail, whereOf(item), item.url].filter(Boolean).join("\n"),
  );
  const ending = "Sent by Pave. What is sent, and where: Settings, Notifications in the portal.";
  return {
    subject: `[Pave] ${subjectOf(message)}`.replace(/\s+/g, " ").slice(0, 200),
    text: `${parts.join("\n\n")}\n\n-- \n${ending}\n`,
  };
}
