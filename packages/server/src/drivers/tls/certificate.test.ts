import { chmodSync, cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it, vi } from "vitest";
import { createLogger } from "../../kernel/logger.ts";
import { hostOf, readCertificate } from "./certificate.ts";
import { createAuthority } from "./testing/make-certificates.ts";
import { watchCertificate } from "./watch-certificate.ts";

const folder = mkdtempSync(join(tmpdir(), "pave-tls-"));
afterAll(() => rmSync(folder, { recursive: true }));
const authority = createAuthority(folder);
const good = authority.issue("good", { names: ["DNS:*.pave.test", "DNS:pave.test", "IP:127.0.0.1"] });
const other = authority.issue("other");

it("is read with the names that it is for", async () => {
  const certificate = await readCertificate(good);
  expect(certificate.names).toEqual(["*.pave.test", "pave.test", "127.0.0.1"]);
  expect(hostOf(certificate, "0.0.0.0")).toBe("pave.test");
  expect(hostOf({ names: ["*.pave.test"] }, "0.0.0.0")).toBe("0.0.0.0");
});

describe("a pair that cannot be served is refused with the fix", () => {
  const expired = authority.issue("expired", { days: -1 });
  const text = join(folder, "text.pem");
  writeFileSync(text, "s3cret\n");
  it.each([
    [{ ...good, keyFile: other.keyFile }, /is not the key of .*good.pem, which is for \*\.pave\.test/, /Give the key/],
    [expired, /expired.pem expired on 20/, /Renew it/],
    [{ ...good, certFile: text }, /text.pem: expected a certificate as PEM/, /PEM file/],
    [{ ...good, keyFile: text }, /text.pem: expected a private key without a password as PEM/, /with a password/],
    [{ ...good, keyFile: join(folder, "none") }, /PAVE_TLS_KEY_FILE: .*none cannot be read: there is no such/, /path/],
  ])("%j", async (files, message, fix) => {
    const error = await readCertificate(files).catch((error: unknown) => error);
    expect(error).toMatchObject({ code: "config.invalid", message: expect.stringMatching(message) });
    expect(error).toMatchObject({ fix: expect.stringMatching(fix) });
    expect(String(error)).not.toContain("s3cret");
  });

  it("one that is valid later", async () => {
    await expect(readCertificate(good, new Date("2001-01-01"))).rejects.toThrow(/is valid from .* on, and now is 2001/);
  });
});

it("is read again when both files have changed; a pair that does not fit is told and not served", async () => {
  const live = { certFile: join(folder, "live.pem"), keyFile: join(folder, "live.key") };
  const put = (from: typeof live, parts: (keyof typeof live)[]) => {
    for (const part of parts) cpSync(from[part], live[part]);
  };
  put(good, ["certFile", "keyFile"]);
  const log = { ...createLogger({ level: "error" }), warn: vi.fn(), info: vi.fn() };
  const seen: string[] = [];
  const stop = watchCertificate({
    ...{ files: live, current: await readCertificate(live), log: log as never, everyMs: 20 },
    onChange: ({ names }) => seen.push(names[0] ?? ""),
  });
  await new Promise((resolve) => setTimeout(resolve, 100));
  put(other, ["certFile"]);
  await vi.waitFor(() => expect(log.warn).toHaveBeenCalledOnce());
  expect(seen).toEqual([]);
  put(other, ["keyFile"]);
  chmodSync(live.keyFile, 0o600);
  await vi.waitFor(() => expect(seen).toContain("localhost"));
  stop();
});
