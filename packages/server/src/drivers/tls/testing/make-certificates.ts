import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { CertificateFiles } from "../certificate.ts";

export interface TestAuthority {
  /** Its certificate, as PEM. */
  readonly file: string;
  /** Makes a pair that it has signed; `days` below zero: one that has expired. */
  issue(name: string, options?: { readonly names?: readonly string[]; readonly days?: number }): CertificateFiles;
}

/** An authority of a test's own, by openssl. */
export function createAuthority(folder: string): TestAuthority {
  const [key, file] = [join(folder, "ca.key"), join(folder, "ca.pem")];
  openssl(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30"], {
    more: ["-subj", "/CN=Test authority", "-keyout", key, "-out", file],
  });
  let serial = 1;
  return {
    file,
    issue(name, { names = ["DNS:localhost", "IP:127.0.0.1"], days = 30 } = {}) {
      const pair = { certFile: join(folder, `${name}.pem`), keyFile: join(folder, `${name}.key`) };
      const [request, extensions] = [join(folder, `${name}.csr`), join(folder, `${name}.ext`)];
      writeFileSync(extensions, `subjectAltName=${names.join(",")}\n`);
      openssl(["req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", `/CN=${name}`], {
        more: ["-keyout", pair.keyFile, "-out", request],
      });
      serial += 1;
      openssl(["x509", "-req", "-in", request, "-CA", file, "-CAkey", key, "-set_serial", String(serial)], {
        more: ["-days", String(days), "-extfile", extensions, "-out", pair.certFile],
      });
      return pair;
    },
  };
}

const openssl = (args: readonly string[], { more }: { more: readonly string[] }): void =>
  void execFileSync("openssl", [...args, ...more], { stdio: ["ignore", "ignore", "ignore"] });
