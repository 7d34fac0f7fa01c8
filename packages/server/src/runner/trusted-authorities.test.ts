import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { rootCertificates } from "node:tls";
import { afterAll, expect, it } from "vitest";
import { createAuthority } from "../drivers/tls/testing/make-certificates.ts";
import { authorityVariables, writeAuthorities } from "./trusted-authorities.ts";

const folder = mkdtempSync(join(tmpdir(), "pave-authorities-"));
afterAll(() => rmSync(folder, { recursive: true }));

it("an authority of one's own is trusted by steps beside the known ones, in a file that they can read", async () => {
  const { file } = createAuthority(folder);
  const path = await writeAuthorities(folder, file);
  const text = readFileSync(path ?? "", "utf8");
  expect(text.split("BEGIN CERTIFICATE").length - 1).toBe(rootCertificates.length + 1);
  expect(text).toContain(readFileSync(file, "utf8").trim());
  expect(statSync(path ?? "").mode & 0o777).toBe(0o644);
  expect(authorityVariables(path)).toMatchObject({ REQUESTS_CA_BUNDLE: path, SSL_CERT_FILE: path });
});

it("without one nothing is set", async () => {
  expect(await writeAuthorities(folder, undefined)).toBeNull();
  expect(await writeAuthorities(folder, join(folder, "none.pem"))).toBeNull();
  expect(authorityVariables(null)).toEqual({});
});
