import type { AddressGuard } from "../../drivers/guarded-fetch/index.ts";
import { messageOf, PaveError } from "../../kernel/pave-error.ts";
import { sleep } from "../../kernel/time.ts";
import type { Sent } from "./send-message.ts";

export interface MailMessage {
  readonly host: string;
  readonly port: number;
  /** `none` only to hosts that the operator allows. */
  readonly security: "starttls" | "tls" | "none";
  readonly user: string | null;
  readonly password: string | undefined;
  readonly from: string;
  readonly to: readonly string[];
  /** Makes the Message-ID, so that the same mail is known as the same. */
  readonly id: string;
  readonly subject: string;
  readonly text: string;
}

export type SendMail = (mail: MailMessage) => Promise<Sent>;

export interface SendMailOptions {
  readonly guard: AddressGuard;
  /** Certificate authorities (PEM) instead of those of Node. */
  readonly ca?: string;
  readonly timeoutMs?: number;
}

/** Mail by SMTP to a host that somebody else has named: the same guard as for requests, the address pinned, one deadline. */
export function createSendMail({ guard, ca, timeoutMs = 20_000 }: SendMailOptions): SendMail {
  return async (mail) => {
    const { host, port, security, user, password, from, to, id, subject, text } = mail;
    if (security === "none" && !guard.isListed(host)) throw unprotected(host);
    const [address = host] = await guard.addressesOf(host);
    // most platforms send no mail
    const { createTransport } = await import("nodemailer");
    const transport = createTransport({
      ...{ host: address, port, secure: security === "tls" },
      ...{ requireTLS: security === "starttls", ignoreTLS: security === "none" },
      ...(user === null ? {} : { auth: { user, pass: password ?? "" } }),
      tls: { servername: host, minVersion: "TLSv1.2", ...(ca === undefined ? {} : { ca }) },
      ...{ connectionTimeout: timeoutMs, greetingTimeout: timeoutMs, socketTimeout: timeoutMs },
      ...{ disableFileAccess: true, disableUrlAccess: true },
    });
    const over = new AbortController();
    const late = sleep(timeoutMs, over.signal).then((): Sent => {
      return { ok: false, status: null, answer: `${host}:${port} did not take the mail within ${timeoutMs / 1000} s` };
    });
    const domain = from.split("@").at(-1) ?? "pave";
    const sent = transport
      .sendMail({
        from,
        to: [...to],
        subject,
        text,
        messageId: `<${id}@${domain}>`,
        headers: { "auto-submitted": "auto-generated" },
      })
      .then(
        ({ response }): Sent => ({
          ok: true,
          status: Number.parseInt(response, 10) || 250,
          answer: response.slice(0, 300),
        }),
        (error: unknown): Sent => ({
          ok: false,
          status: statusOf(error),
          answer: `${host}:${port}: ${messageOf(error)}`.slice(0, 300),
        }),
      );
    try {
      return await Promise.race([sent, late]);
    } finally {
      over.abort();
      transport.close();
    }
  };
}

const statusOf = (error: unknown): number | null =>
  error instanceof Error && "responseCode" in error && typeof error.responseCode === "number"
    ? error.responseCode
    : null;

const unprotected = (host: string) =>
  new PaveError(
    "network.refused",
    `${host} is to be given mail without encryption, which everybody on the way can read`,
    {
      fix: "Use starttls or tls, or have the platform's operator name the host in PAVE_OUTBOUND_ALLOW.",
    },
  );
