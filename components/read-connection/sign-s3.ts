import { createHash, createHmac } from "node:crypto";
import type { Connection } from "./connection.ts";

/**
 * Headers that sign a GET without a body (AWS Signature Version 4). By hand: it is a page, and the SDK for it is fifty
 * packages that every runner would carry.
 */
export function signS3(
  { settings, password }: Pick<Connection, "settings" | "password">,
  url: URL,
  now = new Date(),
): Record<string, string> {
  const { region = "us-east-1", user = "" } = settings;
  const time = now.toISOString().replace(/[-:]|\.\d+/g, "");
  const day = time.slice(0, 8);
  const body = sha256("");
  const headers = { host: url.host, "x-amz-content-sha256": body, "x-amz-date": time };
  const signed = Object.keys(headers).join(";");
  const query = [...url.searchParams]
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .sort()
    .join("&");
  const lines = Object.entries(headers).map(([name, value]) => `${name}:${value}\n`);
  const canonical = ["GET", url.pathname, query, lines.join(""), signed, body].join("\n");
  const scope = `${day}/${region}/s3/aws4_request`;
  const text = ["AWS4-HMAC-SHA256", time, scope, sha256(canonical)].join("\n");
  const key = [day, region, "s3", "aws4_request"].reduce<string | Buffer>(
    (key, part) => hmac(key, part),
    `AWS4${password}`,
  );
  const { host: _, ...sent } = headers;
  return {
    ...sent,
    authorization: `AWS4-HMAC-SHA256 Credential=${user}/${scope}, SignedHeaders=${signed}, Signature=${hmac(key, text).toString("hex")}`,
  };
}

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");
const hmac = (key: string | Buffer, text: string): Buffer => createHmac("sha256", key).update(text).digest();
const encode = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`);
