import { ApiError, docsOf, type ErrorBody } from "@pave/contract";
import { reach } from "./reach.ts";

export interface OauthToken {
  readonly access_token: string;
  readonly expires_in: number;
}

/** A refusal, with OAuth's code for it beside ours. */
export class OauthRefusal extends ApiError {
  readonly oauthCode: string;
  constructor(status: number, oauthCode: string, body: ErrorBody) {
    super(status, body);
    this.oauthCode = oauthCode;
  }
}

/** Posts a form to an endpoint of the server's OAuth. Its refusals come as OauthRefusal. */
export async function postForm<T>(url: string, path: string, fields: Readonly<Record<string, string>>): Promise<T> {
  const response = await reach(url, `${url}${path}`, {
    method: "POST",
    body: new URLSearchParams(fields),
    redirect: "error",
    headers: { accept: "application/json" },
  });
  const body = (await response.json().catch(() => undefined)) as (T & Refusal) | undefined;
  if (response.ok && body) return body;
  throw new OauthRefusal(
    response.status,
    body?.error ?? "",
    body?.pave ?? {
      code: "server.unavailable",
      message: `The server answered ${response.status}`,
      docs: docsOf("server.unavailable"),
    },
  );
}

interface Refusal {
  readonly error?: string;
  readonly pave?: ErrorBody;
}

export const expiryOf = ({ expires_in: seconds }: OauthToken, now = Date.now()): string =>
  new Date(now + seconds * 1000).toISOString();
