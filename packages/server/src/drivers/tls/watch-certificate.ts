import { stat } from "node:fs/promises";
import type { Logger } from "../../kernel/logger.ts";
import { isPaveError, messageOf } from "../../kernel/pave-error.ts";
import { type Certificate, type CertificateFiles, readCertificate } from "./certificate.ts";

export interface WatchOptions {
  readonly files: CertificateFiles;
  /** What is served now. */
  readonly current: Certificate;
  readonly log: Logger;
  onChange(certificate: Certificate): void;
  readonly everyMs?: number;
}

const dayMs = 86_400_000;
/** Who renews automatically does so earlier. */
const warnDays = 14;

/**
 * Looks at both files every few seconds and reads them again when one changed. A pair that does not fit, as while the
 * first of two files is replaced, is told once and changes nothing. An end that comes near is told once a day.
 */
export function watchCertificate({ files, current, log, onChange, everyMs = 3_000 }: WatchOptions): () => void {
  let [seen, validTo, warnedAt]: [string | undefined, Date, number] = [undefined, current.validTo, 0];
  const look = async () => {
    const now = await stateOf(files);
    const isNew = seen !== undefined && now !== seen;
    seen = now;
    if (isNew) {
      const certificate = await readCertificate(files);
      validTo = certificate.validTo;
      onChange(certificate);
      log.info({ validTo, names: certificate.names }, "the certificate changed; new connections get the new one");
    }
    if (validTo.getTime() - Date.now() < warnDays * dayMs && Date.now() - warnedAt > dayMs) {
      warnedAt = Date.now();
      log.warn({ validTo, file: files.certFile }, "the certificate expires soon: renew it");
    }
  };
  const lookSafely = () =>
    look().catch((error: unknown) =>
      log.warn(
        { error: messageOf(error), ...(isPaveError(error) ? { fix: error.fix } : {}) },
        "the new certificate cannot be used; the one before is served on",
      ),
    );
  void lookSafely();
  const timer = setInterval(lookSafely, everyMs).unref();
  return () => clearInterval(timer);
}

async function stateOf({ certFile, keyFile }: CertificateFiles): Promise<string> {
  const states = await Promise.all([certFile, keyFile].map((path) => stat(path).catch(() => undefined)));
  return states.map((state) => (state ? `${state.ino}:${state.size}:${state.mtimeMs}` : "none")).join(" ");
}
