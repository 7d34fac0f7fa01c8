import { setTimeout as sleep } from "node:timers/promises";
import { CliError, exitCodes } from "../command.ts";
import { refused, SourceAnswer, sourceGone } from "./source-errors.ts";

export interface SourceOptions {
  /** Of `sourceUrl`. */
  readonly url: string;
  readonly authorization: string | undefined;
  readonly signal: AbortSignal;
  /** Between tries; tests wait less. */
  readonly pauseMs?: number;
}

export type Query = Readonly<Record<string, string | number | readonly string[] | undefined>>;

/** The server that is read. Nothing is ever written to it. */
export interface Source {
  readonly url: string;
  /** A path such as `/api/2.0/mlflow/runs/get`. Throws `SourceAnswer` where the server says no to this one request. */
  get(path: string, query?: Query): Promise<unknown>;
  post(path: string, body: object): Promise<unknown>;
  /** What is there, as it is. */
  open(path: string, query?: Query): Promise<Response>;
  text(path: string): Promise<string>;
}

const tries = 4;
const timeoutMs = 120_000;
/** The most that one answer may have: a page of records. Files have no such limit. */
const mostBytes = 2 ** 28;

export function createSource({ url, authorization, signal, pauseMs = 500 }: SourceOptions): Source {
  const headers = {
    accept: "application/json, */*",
    "accept-encoding": "identity",
    "user-agent": "pave-import",
    ...(authorization === undefined ? {} : { authorization }),
  };

  /** Once, with the answer's body read where `read` says how. */
  const once = async <T>(path: string, init: RequestInit, read: (response: Response) => Promise<T>): Promise<T> => {
    const response = await fetch(`${url}${path}`, {
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
      ...init,
      headers: { ...headers, ...init.headers },
      redirect: "manual",
    });
    if (!response.ok) throw await refused(url, path, response);
    return read(response);
  };

  /** Again where the server is busy or the connection broke, and with the reason where it stays so. */
  const send = async <T>(path: string, init: RequestInit, read: (response: Response) => Promise<T>): Promise<T> => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await once(path, init, read);
      } catch (error) {
        signal.throwIfAborted();
        if (error instanceof CliError) throw error;
        if (error instanceof SourceAnswer && !error.isBusy) throw error;
        if (attempt === tries) throw error instanceof SourceAnswer ? error : sourceGone(url, error);
        await sleep(pauseMs * 2 ** (attempt - 1), undefined, { signal });
      }
    }
  };

  const jsonOf = async (response: Response): Promise<unknown> => parse(url, response, await readText(url, response));
  return {
    url,
    get: (path, query) => send(withQuery(path, query), {}, jsonOf),
    post: (path, body) =>
      send(
        path,
        { method: "POST", body: JSON.stringify(body), headers: { "content-type": "application/json" } },
        jsonOf,
      ),
    // a large file takes its time; a connection that stands still is ended by `fetch` itself
    open: (path, query) => send(withQuery(path, query), { signal }, async (response) => response),
    text: (path) => send(path, {}, (response) => readText(url, response)),
  };
}

function withQuery(path: string, query: Query = {}): string {
  const values = new URLSearchParams();
  for (const [name, value] of Object.entries(query))
    for (const one of Array.isArray(value) ? value : [value]) if (one !== undefined) values.append(name, String(one));
  const text = values.toString();
  return text ? `${path}?${text}` : path;
}

async function readText(url: string, response: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of response.body ?? []) {
    bytes += part.byteLength;
    if (bytes > mostBytes)
      throw new CliError(`${url} answered with more than ${mostBytes} bytes to one request`, {
        fix: "Copy fewer experiments at once, with --experiment.",
        exitCode: exitCodes.failed,
      });
    parts.push(part);
  }
  return Buffer.concat(parts).toString("utf8");
}

/** What a page of MLflow's own answers with is not always JSON: numbers that are none stand there by their names. */
function parse(url: string, response: Response, text: string): unknown {
  try {
    return JSON.parse(text.replace(/("value":\s*)(NaN|-?Infinity)(?=[,}\s])/g, '$1"$2"'));
  } catch {
    const type = response.headers.get("content-type") ?? "no type";
    throw new CliError(`${url} does not answer as a server of MLflow: expected JSON, found ${type}`, {
      fix: "Give the address that MLFLOW_TRACKING_URI has. Where a page to sign in is in between, set PAVE_IMPORT_TOKEN.",
      exitCode: exitCodes.unreachable,
    });
  }
}
