import { headline, type Message, type MessageItem, subjectOf, whereOf } from "./message.ts";

/** Slack refuses more than fifty blocks, and sections of more than three thousand characters. */
const mostItems = 20;

/** Of an incoming webhook: blocks, and the line that a notification on a phone shows. */
export function asSlack(message: Message): string {
  const { items } = message;
  const shown = items.slice(0, mostItems);
  const more = items.length - shown.length;
  const heading = items.length > 1 ? [section(`*${plain(subjectOf(message))}*`)] : [];
  const rest = more > 0 ? [context(`and ${more} more`)] : [];
  return JSON.stringify({
    text: plain(subjectOf(message)),
    blocks: [...heading, ...shown.flatMap(blocksOf), ...rest],
    unfurl_links: false,
  });
}

const blocksOf = (item: MessageItem) => [
  section(
    `${item.urgent ? ":rotating_light: " : ""}*<${item.url}|${plain(headline(item))}>*${item.detail ? `\n${plain(item.detail)}` : ""}`,
  ),
  context(plain(whereOf(item))),
];

const section = (text: string) => ({ type: "section", text: { type: "mrkdwn", text: text.slice(0, 2900) } });
const context = (text: string) => ({ type: "context", elements: [{ type: "mrkdwn", text: text.slice(0, 1900) }] });

/** What people named themselves is no mark-up: no mention of a channel, no link. `|` and `>` would end a link. */
const plain = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll("|", "¦");
