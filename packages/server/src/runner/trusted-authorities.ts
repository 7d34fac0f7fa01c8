import { chmod, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { rootCertificates } from "node:tls";

/**
 * With an authority of one's own (NODE_EXTRA_CA_CERTS) all that this process trusts, in one file: what steps call the API
 * with is mostly Python's and reads no variable of Node's. Null where nothing but the known authorities is trusted.
 */
export async function writeAuthorities(root: string, extraFile: string | undefined): Promise<string | null> {
  const extra = extraFile ? await readFile(extraFile, "utf8").catch(() => "") : "";
  if (!extra.includes("BEGIN CERTIFICATE")) return null;
  const path = join(root, "authorities.pem");
  await writeFile(path, `${[...rootCertificates, extra.trim()].join("\n")}\n`);
  await chmod(path, 0o644);
  return path;
}

/** By which the usual clients find it: requests, and with it MLflow; Python's own ssl and OpenSSL; curl; Node. */
export const authorityVariables = (file: string | null): Record<string, string> =>
  file === null
    ? {}
    : { REQUESTS_CA_BUNDLE: file, SSL_CERT_FILE: file, CURL_CA_BUNDLE: file, NODE_EXTRA_CA_CERTS: file };
