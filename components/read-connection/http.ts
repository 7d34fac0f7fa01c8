import { createWriteStream } from "node:fs";
import { type IncomingMessage, request as plainRequest } from "node:http";
import { request as tlsRequest } from "node:https";
import { pipeline } from "node:stream/promises";
import { type Place, resolvePlace } from "./address.ts";
import type { Connection } from "./connection.ts";
import { ConnectionFailure, networkFailure } from "./failure.ts";
import { type Limits, Meter } from "./limits.ts";
import { signS3 } from "./sign-s3.ts";

const maxRedirects = 5;
const idleMs = 30_000;

interface Asked {
  readonly method: "GET";
  readonly headers: Readonly<Record<string, string>>;
}

/** Headers by which a connection signs in; none where it has no password. */
function authorization({ settings, password }: Connection): Record<string, string> {
  if (password === "") return {};
  if (settings.user)
    return { authorization: `Basic ${Buffer.from(`${settings.user}:${password}`).toString("base64")}` };
  return { authorization: `Bearer ${password}` };
}

/** The URL of a path below the connection's own, and nowhere else. */
export function urlBelow({ settings }: Pick<Connection, "settings">, path: string): URL {
  const base = new URL(settings.url ?? "");
  const below = base.pathname.endsWith("/") ? base.pathname : `${base.pathname}/`;
  const url = new URL(path.replace(/^\/+/, ""), `${base.origin}${below}`);
  const isWithin = url.origin === base.origin && url.pathname.startsWith(below) && !/%2e|%2f|%5c|\\/i.test(path);
  if (isWithin) return url;
  throw new ConnectionFailure(
    "query",
    `path ${path} leads out of the connection's ${base.origin}${below}`,
    "name a path below it",
  );
}

/** Gets a URL; redirects are followed while they lead nowhere that the connection may not, credentials stay with its host. */
async function get(
  connection: Connection,
  url: URL,
  range?: string,
): Promise<{ readonly answer: IncomingMessage; readonly url: URL }> {
  let [next, isOwn, publicOnly] = [url, true, false];
  for (let redirects = 0; redirects <= maxRedirects; redirects += 1) {
    const place = await resolvePlace(next.hostname, { allowLoopback: connection.allowLoopback, publicOnly });
    publicOnly ||= place.kind === "public";
    const credentials = isOwn ? credentialsFor(connection, next) : {};
    const headers = {
      ...credentials,
      ...(range ? { range } : {}),
      "accept-encoding": "identity",
      "user-agent": "pave",
    };
    const answer = await ask(next, place, { method: "GET", headers }, connection);
    const { statusCode = 0, headers: said } = answer;
    if (![301, 302, 303, 307, 308].includes(statusCode) || said.location === undefined) return { answer, url: next };
    answer.resume();
    const target = new URL(said.location, next);
    if (!/^https?:$/.test(target.protocol) || (next.protocol === "https:" && target.protocol === "http:"))
      throw new ConnectionFailure(
        "address",
        `${next.host} redirects to ${target.protocol}//${target.host}, which is less safe`,
        "add the connection with the URL that is meant",
      );
    isOwn &&= target.origin === url.origin;
    next = target;
  }
  throw new ConnectionFailure(
    "other",
    `${url.host} redirects more than ${maxRedirects} times`,
    "add the connection with the URL that is meant",
  );
}

const credentialsFor = (connection: Connection, url: URL): Record<string, string> =>
  connection.type === "s3" ? signS3(connection, url) : authorization(connection);

function ask(url: URL, place: Place, asked: Asked, { settings }: Connection): Promise<IncomingMessage> {
  const request = url.protocol === "https:" ? tlsRequest : plainRequest;
  return new Promise((resolve, reject) => {
    const asking = request(
      url,
      {
        ...asked,
        timeout: idleMs,
        // pinned: the name is not looked up a second time
        lookup: (_host, options, done) => {
          const family = place.address.includes(":") ? 6 : 4;
          if (options.all) done(null, [{ address: place.address, family }]);
          else done(null, place.address, family);
        },
        ...(settings.ca ? { ca: settings.ca } : {}),
      },
      resolve,
    );
    asking.on("timeout", () => asking.destroy(Object.assign(new Error("no answer in time"), { code: "ETIMEDOUT" })));
    asking.on("error", reject);
    asking.end();
  });
}

export interface Downloaded {
  readonly bytes: number;
  readonly etag: string | null;
}

/** One file, streamed to disk. */
export async function download(connection: Connection, url: URL, file: string, limits: Limits): Promise<Downloaded> {
  try {
    const { answer } = await get(connection, url);
    await assertOk(answer, url, connection);
    const meter = new Meter(limits);
    const count = async function* (chunks: AsyncIterable<Buffer>) {
      for await (const chunk of chunks) {
        meter.take(0, chunk.length);
        yield chunk;
      }
    };
    await pipeline(answer, count, createWriteStream(file));
    const length = Number(answer.headers["content-length"] ?? meter.bytes);
    if (meter.bytes !== length)
      throw new ConnectionFailure(
        "other",
        `${url.host} broke off after ${meter.bytes} of ${length} bytes`,
        "try again",
      );
    return { bytes: meter.bytes, etag: answer.headers.etag ?? null };
  } catch (error) {
    throw networkFailure(error, url.host) ?? error;
  }
}

/** Asks for the first byte of the connection's own URL, or of the first object of its bucket. */
export async function checkHttp(connection: Connection): Promise<string> {
  const url = new URL(connection.settings.url ?? "");
  try {
    const { answer } = await get(connection, url, "bytes=0-0");
    const { statusCode = 0 } = answer;
    answer.destroy();
    // a folder may have nothing to say for itself
    if (statusCode === 404 || statusCode === 405 || statusCode === 416)
      return `reached ${url.host}, which answers ${statusCode} to ${url.pathname}; paths below it may be there`;
    await assertOk(answer, url, connection);
    return `reached ${url.host} and read from ${url.pathname}`;
  } catch (error) {
    throw networkFailure(error, url.host) ?? error;
  }
}

export async function checkS3(connection: Connection): Promise<string> {
  const { bucket = "" } = connection.settings;
  const url = s3Url(connection, "");
  url.search = "?list-type=2&max-keys=1";
  try {
    const { answer } = await get(connection, url);
    await assertOk(answer, url, connection);
    const listing = await textOf(answer);
    const key = /<Key>([^<]*)<\/Key>/.exec(listing)?.[1];
    if (key === undefined) return `signed in; the bucket ${bucket} is empty`;
    const object = s3Url(connection, unescapeXml(key));
    const { answer: first } = await get(connection, object, "bytes=0-0");
    await assertOk(first, object, connection);
    first.destroy();
    return `signed in and read from ${bucket}/${unescapeXml(key)}`;
  } catch (error) {
    throw networkFailure(error, url.host) ?? error;
  }
}

const unescapeXml = (text: string): string =>
  text.replace(/&(lt|gt|quot|apos|amp|#(\d+));/g, (_, name: string, code?: string) =>
    code ? String.fromCodePoint(Number(code)) : ({ lt: "<", gt: ">", quot: '"', apos: "'", amp: "&" }[name] ?? ""),
  );

/** Path style wherever the server is not Amazon's own. */
export function s3Url({ settings }: Connection, key: string): URL {
  const { bucket = "", region = "us-east-1", url } = settings;
  const path = key.split("/").map(encodeSegment).join("/");
  if (url === undefined) return new URL(`https://${bucket}.s3.${region}.amazonaws.com/${path}`);
  return new URL(`${url.replace(/\/+$/, "")}/${encodeSegment(bucket)}${path === "" ? "" : `/${path}`}`);
}

const encodeSegment = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`);

async function textOf(answer: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of answer) {
    text += String(chunk);
    if (text.length > 65_536) break;
  }
  return text;
}

async function assertOk(answer: IncomingMessage, url: URL, connection: Connection): Promise<void> {
  const { statusCode = 0 } = answer;
  if (statusCode === 200 || statusCode === 206) return;
  const text = await textOf(answer);
  const code = /<Code>(\w+)<\/Code>/.exec(text)?.[1] ?? "";
  const { name, environment, settings, type } = connection;
  const again = `\`pave connections add ${name}${environment === null ? "" : ` --environment ${environment}`} …\` with the password on standard input`;
  const what = type === "s3" ? decodeURIComponent(url.pathname) : url.pathname;
  if (
    ["SignatureDoesNotMatch", "InvalidAccessKeyId", "InvalidToken", "ExpiredToken"].includes(code) ||
    statusCode === 401
  )
    throw new ConnectionFailure(
      "password",
      `${url.host} refuses the ${type === "s3" ? "key" : "password"}${settings.user ? ` of ${settings.user}` : ""}${code ? ` (${code})` : ""}`,
      `set the present one: ${again}`,
    );
  if (code === "NoSuchBucket")
    throw new ConnectionFailure(
      "missing",
      `${url.host} has no bucket ${settings.bucket}`,
      "correct `--bucket`, or create it",
    );
  if (statusCode === 403)
    throw new ConnectionFailure(
      "rights",
      `${url.host} does not let ${settings.user ?? "this connection"} read ${what}${code ? ` (${code})` : ""}`,
      "give it the right to read, or correct the password or key",
    );
  if (statusCode === 404) throw new ConnectionFailure("missing", `${url.host} has no ${what}`, "correct the path");
  throw new ConnectionFailure(
    "other",
    `${url.host} answers ${statusCode}${code ? ` (${code})` : ""} to ${what}`,
    statusCode >= 500 ? "try again later" : "correct the path or the connection",
  );
}
