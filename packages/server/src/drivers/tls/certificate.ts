import { createPrivateKey, X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { PaveError } from "../../kernel/pave-error.ts";

export interface CertificateFiles {
  /** The certificate and what leads to its authority, as PEM. */
  readonly certFile: string;
  readonly keyFile: string;
}

export interface Certificate {
  readonly cert: string;
  readonly key: string;
  /** Names and addresses that it is for, as a URL writes them. */
  readonly names: readonly string[];
  readonly validTo: Date;
}

/** Nothing older is spoken. */
export const minVersion = "TLSv1.2";

/** Reads a pair that can be served now; throws `config.invalid` with what to do about one that cannot. */
export async function readCertificate(files: CertificateFiles, now = new Date()): Promise<Certificate> {
  const cert = await readPem("PAVE_TLS_CERT_FILE", files.certFile);
  const key = await readPem("PAVE_TLS_KEY_FILE", files.keyFile);
  const certificate = parse("PAVE_TLS_CERT_FILE", files.certFile, "a certificate", () => new X509Certificate(cert));
  const privateKey = parse("PAVE_TLS_KEY_FILE", files.keyFile, "a private key without a password", () =>
    createPrivateKey(key),
  );
  if (!certificate.checkPrivateKey(privateKey))
    throw invalid(
      `PAVE_TLS_KEY_FILE: ${files.keyFile} is not the key of ${files.certFile}, which is for ${namesOf(certificate).join(", ") || certificate.subject}`,
      "Give the key that the certificate was made with; the certificate of the server comes first in its file.",
    );
  const [validFrom, validTo] = [new Date(certificate.validFrom), new Date(certificate.validTo)];
  if (validTo <= now)
    throw invalid(
      `PAVE_TLS_CERT_FILE: ${files.certFile} expired on ${validTo.toISOString()}`,
      "Renew it; files that change are read again without a restart.",
    );
  if (validFrom > now)
    throw invalid(
      `PAVE_TLS_CERT_FILE: ${files.certFile} is valid from ${validFrom.toISOString()} on, and now is ${now.toISOString()}`,
      "Set the clock of this machine right, or use the certificate from then on.",
    );
  return { cert, key, names: namesOf(certificate), validTo };
}

/** What a URL of ours calls this machine: the first name of its own, not one for many. */
export const hostOf = ({ names }: Pick<Certificate, "names">, otherwise: string): string =>
  names.find((name) => !name.startsWith("*")) ?? otherwise;

function namesOf(certificate: X509Certificate): string[] {
  return (certificate.subjectAltName ?? "")
    .split(", ")
    .flatMap((entry) => /^(?:DNS|IP Address):(.+)$/.exec(entry)?.[1] ?? [])
    .map((name) => (name.includes(":") ? `[${name}]` : name).toLowerCase());
}

async function readPem(setting: string, path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw invalid(
      `${setting}: ${path} cannot be read: ${code === "ENOENT" ? "there is no such file" : code === "EACCES" ? "permission denied" : String(code)}`,
      code === "EACCES"
        ? `Let the user that runs Pave read it (user id ${process.getuid?.() ?? "unknown"}), for example by its group, and nobody else.`
        : "Correct the path; both PAVE_TLS_CERT_FILE and PAVE_TLS_KEY_FILE name PEM files.",
    );
  }
}

function parse<T>(setting: string, path: string, what: string, read: () => T): T {
  try {
    return read();
  } catch {
    // the error of the library could repeat what is in the file
    throw invalid(
      `${setting}: ${path}: expected ${what} as PEM`,
      "Give a PEM file; a key with a password cannot be read.",
    );
  }
}

const invalid = (message: string, fix: string): PaveError => new PaveError("config.invalid", message, { fix });
