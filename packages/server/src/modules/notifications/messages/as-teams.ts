import { headline, type Message, type MessageItem, subjectOf, whereOf } from "./message.ts";

/** A message of Teams takes 28 KB. */
const mostItems = 10;

/** Of the workflow "post to a channel when a webhook request is received": an adaptive card. */
export function asTeams(message: Message): string {
  const { items } = message;
  const shown = items.slice(0, mostItems);
  const more = items.length - shown.length;
  const heading = items.length > 1 ? [text(subjectOf(message), { weight: "Bolder", size: "Medium" })] : [];
  const rest = more > 0 ? [text(`and ${more} more`, { isSubtle: true })] : [];
  const [first] = items;
  return JSON.stringify({
    type: "message",
    attachments: [
      {
        contentType: "application/vnd.microsoft.card.adaptive",
        contentUrl: null,
        content: {
          $schema: "http://adaptivecards.io/schemas/adaptive-card.json",
          type: "AdaptiveCard",
          version: "1.4",
          msteams: { width: "Full" },
          body: [...heading, ...shown.flatMap(bodyOf), ...rest],
          actions:
            first && items.length === 1 ? [{ type: "Action.OpenUrl", title: "Open in Pave", url: first.url }] : [],
        },
      },
    ],
  });
}

const bodyOf = (item: MessageItem) => [
  text(headline(item), { weight: "Bolder", ...(item.urgent ? { color: "Attention" } : {}) }),
  ...(item.detail ? [text(item.detail)] : []),
  text(whereOf(item), { isSubtle: true, spacing: "None" }),
  { type: "TextBlock", text: `[Open in Pave](${item.url})`, wrap: true, spacing: "Small" },
];

const text = (content: string, style: Record<string, unknown> = {}) => ({
  ...{ type: "TextBlock", text: plain(content).slice(0, 1500), wrap: true },
  ...style,
});

/** Text blocks read Markdown; what people named themselves is none. */
const plain = (content: string): string => content.replace(/([\\`*_[\]()#])/g, "\\$1");
