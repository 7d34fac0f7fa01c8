import { createHmac } from "node:crypto";
import type { Message, MessageItem } from "./message.ts";

/** The body for programs: `type` is the kind, or `digest` with several. */
export function asWebhook({ id, at, items }: Message): string {
  const [first, ...others] = items;
  const timestamp = at.toISOString();
  if (first && others.length === 0) return JSON.stringify({ id, type: first.kind, timestamp, data: dataOf(first) });
  const all = items.map((item) => ({ type: item.kind, ...dataOf(item) }));
  return JSON.stringify({ id, type: "digest", timestamp, data: { items: all } });
}

const dataOf = ({ title, detail, url, project, team, tier, urgent, count, firstAt, lastAt, data }: MessageItem) => ({
  ...{ title, detail, url, project, team, tier, urgent, count },
  ...{ firstAt: firstAt.toISOString(), lastAt: lastAt.toISOString(), details: data },
});

/**
 * The headers of Standard Webhooks: HMAC-SHA-256 over `<id>.<seconds>.<body>`, so that neither another body nor an old
 * message passes for a new one. Receivers refuse what is older than five minutes and take each id once.
 */
export function signedHeaders(secret: string, id: string, at: Date, body: string): Record<string, string> {
  const seconds = String(Math.floor(at.getTime() / 1000));
  const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
  const signature = createHmac("sha256", key).update(`${id}.${seconds}.${body}`).digest("base64");
  return { "webhook-id": id, "webhook-timestamp": seconds, "webhook-signature": `v1,${signature}` };
}
