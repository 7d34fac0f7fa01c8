import type { GuardedFetch } from "../../drivers/guarded-fetch/index.ts";
import { messageOf, must, PaveError } from "../../kernel/pave-error.ts";
import type { Vault } from "../secrets/index.ts";
import { asMail } from "./messages/as-mail.ts";
import { asSlack } from "./messages/as-slack.ts";
import { asTeams } from "./messages/as-teams.ts";
import { asWebhook, signedHeaders } from "./messages/as-webhook.ts";
import type { Message } from "./messages/message.ts";
import type { SendMail } from "./send-mail.ts";
import type { TargetRow, TargetSecret } from "./target-store.ts";

export interface SendDeps {
  readonly fetch: GuardedFetch;
  readonly sendMail: SendMail;
  readonly vault: Pick<Vault, "seal" | "open">;
}

/** What came of one try. */
export interface Sent {
  readonly ok: boolean;
  /** Of HTTP or SMTP; null where nobody answered. */
  readonly status: number | null;
  /** What was said, shortened, or why nothing could be sent. Never with what is secret of the target. */
  readonly answer: string;
  /** When the target wants to be asked again. */
  readonly retryAfterMs?: number | undefined;
}

const timeoutMs = 10_000;
const answerBytes = 4096;

/** What the vault binds a target's secret to. */
export const secretContext = (targetId: string): string => `notification-target/${targetId}`;

/** One try. Never throws: what goes wrong is an answer. `to`: the one person whose mail it is. */
export async function sendMessage(
  deps: SendDeps,
  target: TargetRow,
  message: Message,
  options: { readonly to?: string | undefined; readonly signal?: AbortSignal | undefined } = {},
): Promise<Sent> {
  let secret: TargetSecret = {};
  try {
    if (target.removedAt !== null || target.secret === null) return failed("the target was removed");
    secret = JSON.parse(await deps.vault.open(target.secret, secretContext(target.id))) as TargetSecret;
    return await send(deps, target, secret, message, options);
  } catch (error) {
    return failed(withoutSecrets(messageOf(error), secret));
  }
}

const failed = (answer: string): Sent => ({ ok: false, status: null, answer: answer.slice(0, 300) });

function send(
  deps: SendDeps,
  target: TargetRow,
  secret: TargetSecret,
  message: Message,
  { to, signal }: { readonly to?: string | undefined; readonly signal?: AbortSignal | undefined },
): Promise<Sent> {
  switch (target.kind) {
    case "webhook": {
      const body = asWebhook(message);
      const headers = signedHeaders(must(secret.signingSecret, "the signing secret"), message.id, message.at, body);
      return post(deps, secret, body, headers, signal);
    }
    case "slack":
      return post(deps, secret, asSlack(message), {}, signal);
    case "teams":
      return post(deps, secret, asTeams(message), {}, signal);
    case "email": {
      const mail = must(target.settings.mail, "the settings of the mail server");
      const addresses = to === undefined ? mail.to : [to];
      if (addresses.length === 0) return Promise.resolve(failed("the target has no addresses"));
      return deps.sendMail({ ...mail, to: addresses, password: secret.password, id: message.id, ...asMail(message) });
    }
  }
}

async function post(
  deps: SendDeps,
  secret: TargetSecret,
  body: string,
  headers: Record<string, string>,
  signal: AbortSignal | undefined,
): Promise<Sent> {
  const response = await deps.fetch(must(secret.url, "the URL"), {
    method: "POST",
    body,
    headers: { "content-type": "application/json", "user-agent": "pave", ...headers },
    ...{ timeoutMs, maxBytes: answerBytes, beyond: "cut" },
    ...(signal ? { signal } : {}),
  });
  const { status } = response;
  const said = withoutSecrets(printable(response.body.toString("utf8")), secret).slice(0, 300);
  if (status >= 200 && status < 300) return { ok: true, status, answer: said };
  const redirected = status >= 300 && status < 400 ? "; redirects are not followed" : "";
  return {
    ...{ ok: false, status },
    answer: `expected an answer of 200 to 299, found ${status}${redirected}${said ? `: ${said}` : ""}`.slice(0, 300),
    retryAfterMs: retryAfter(response.headers["retry-after"]),
  };
}

/** In seconds; dates are not worth the trouble. */
function retryAfter(header: string | undefined): number | undefined {
  const seconds = Number(header);
  return header !== undefined && Number.isInteger(seconds) && seconds > 0
    ? Math.min(seconds, 86_400) * 1000
    : undefined;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: what others answer ends in logs and terminals
const printable = (text: string): string => text.replace(/[\u0000-\u001f\u007f-\u009f\ufffd]+/g, " ").trim();

/** An answer that repeats the address it was asked at would tell it to whoever reads the log. */
function withoutSecrets(text: string, { url, signingSecret, password }: TargetSecret): string {
  const path = url && URL.canParse(url) ? new URL(url).pathname + new URL(url).search : undefined;
  const secrets = [url, path !== undefined && path.length > 3 ? path : undefined, signingSecret, password];
  return secrets.reduce<string>((left, secret) => (secret ? left.replaceAll(secret, "********") : left), text);
}

/** Throws what the address of a new target has against it, before anything is stored. */
export function assertUrl(url: string): URL {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed && /^https?:$/.test(parsed.protocol) && parsed.username === "" && parsed.password === "") return parsed;
  throw new PaveError(
    "notification.target_invalid",
    "url: expected a URL of http or https without a name and a password",
    {
      fix: "Give the address that the service showed you, such as https://hooks.example.com/pave.",
    },
  );
}
