import { describe, expect, it } from "vitest";
import { asMail } from "./as-mail.ts";
import { asSlack } from "./as-slack.ts";
import { asTeams } from "./as-teams.ts";
import type { Message, MessageItem } from "./message.ts";

const at = new Date("2026-03-02T12:00:00Z");
const item = (more: Partial<MessageItem> = {}): MessageItem => ({
  ...{
    id: "n",
    kind: "alert-opened",
    label: "Alert opened",
    urgent: true,
    title: "inputs drift",
    detail: "late in production",
  },
  ...{
    url: "https://pave.test/projects/flights/monitoring/alerts/3",
    project: "flights",
    team: "ops",
    tier: "critical",
  },
  ...{ count: 1, firstAt: at, lastAt: at, data: {} },
  ...more,
});
const message = (...items: MessageItem[]): Message => ({ id: "m", at, items });

describe("Slack", () => {
  it("gets a section with a link, and where it happened", () => {
    expect(JSON.parse(asSlack(message(item({ count: 3 }))))).toEqual({
      text: "Alert opened: inputs drift (3 times)",
      blocks: [
        {
          type: "section",
          text: {
            type: "mrkdwn",
            text: ":rotating_light: *<https://pave.test/projects/flights/monitoring/alerts/3|Alert opened: inputs drift (3 times)>*\nlate in production",
          },
        },
        { type: "context", elements: [{ type: "mrkdwn", text: "flights · critical · team ops" }] },
      ],
      unfurl_links: false,
    });
  });

  it("takes what people wrote as text: no mention of a channel, no other link", () => {
    const body = asSlack(message(item({ title: "<!channel> & <https://evil.example|fine>" })));
    expect(body).not.toMatch(/<!channel>|<https:\/\/evil/);
    expect(JSON.parse(body).text).toContain("&lt;!channel&gt; &amp;");
  });

  it("gets no more than it takes", () => {
    const { blocks } = JSON.parse(
      asSlack(message(...Array.from({ length: 100 }, () => item({ detail: "x".repeat(5000) })))),
    );
    expect(blocks.length).toBeLessThanOrEqual(50);
    expect(Math.max(...blocks.map((block: { text?: { text: string } }) => block.text?.text.length ?? 0))).toBeLessThan(
      3000,
    );
    expect(blocks.at(-1).elements[0].text).toBe("and 80 more");
  });
});

describe("Teams", () => {
  it("gets an adaptive card with a button", () => {
    const { type, attachments } = JSON.parse(asTeams(message(item())));
    const [{ contentType, content }] = attachments;
    expect([type, contentType, content.type, content.version]).toEqual([
      ...["message", "application/vnd.microsoft.card.adaptive", "AdaptiveCard", "1.4"],
    ]);
    expect(content.actions).toEqual([{ type: "Action.OpenUrl", title: "Open in Pave", url: item().url }]);
    expect(content.body[0]).toMatchObject({ text: "Alert opened: inputs drift", color: "Attention" });
  });

  it("takes what people wrote as text, and stays below its limit", () => {
    const body = asTeams(
      message(
        ...Array.from({ length: 100 }, () => item({ title: "[a](https://evil.example)", detail: "x".repeat(5000) })),
      ),
    );
    expect(JSON.parse(body).attachments[0].content.body[1].text).toContain("\\[a\\]\\(https");
    expect(body.length).toBeLessThan(28_000);
  });
});

it("a mail has one line as its subject, and a link for each", () => {
  const { subject, text } = asMail(message(item(), item({ title: "two\nlines" })));
  expect(subject).toBe("[Pave] 2 notifications");
  expect(text.match(/https:\/\/pave\.test/g)).toHaveLength(2);
  expect(asMail(message(item({ title: "two\nlines" }))).subject).toBe("[Pave] Alert opened: two lines");
});
