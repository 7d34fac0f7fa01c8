import { expect, test } from "vitest";
import { digestOf } from "../../kernel/ids.ts";
import { type BlobGrant, signUrl, verifySignature } from "./signed-url.ts";

const key = "k".repeat(32);
const digest = digestOf("content");
const at = (iso: string) => ({ now: () => new Date(iso) });
const noon = at("2026-11-23T12:00:00Z");
const get: BlobGrant = { method: "GET", digest };
const put: BlobGrant = { method: "PUT", digest, size: 7 };

function signed(grant: BlobGrant) {
  const query = new URL(signUrl(grant, key, noon), "http://pave").searchParams;
  return { expires: query.get("expires") ?? "", signature: query.get("signature") ?? "" };
}

test("a URL is good for its method and blob, for an hour", () => {
  expect(signUrl(get, key, noon)).toMatch(new RegExp(`^/api/v1/blobs/${digest}\\?expires=\\d+&signature=[\\w-]{43}$`));
  expect(() => verifySignature(get, signed(get), key, noon)).not.toThrow();
  expect(() => verifySignature(put, signed(put), key, at("2026-11-23T12:59:59Z"))).not.toThrow();
});

test("it expires", () => {
  expect(() => verifySignature(get, signed(get), key, at("2026-11-23T13:00:01Z"))).toThrow(
    "This URL expired at 2026-11-23T13:00:00.000Z",
  );
});

test.each<[string, BlobGrant, (given: ReturnType<typeof signed>) => ReturnType<typeof signed>, string]>([
  ["another blob", { method: "GET", digest: digestOf("other") }, (given) => given, key],
  ["another method", put, (given) => given, key],
  ["a later expiry", get, (given) => ({ ...given, expires: String(Number(given.expires) + 1) }), key],
  ["another key", get, (given) => given, "x".repeat(32)],
  [
    "a changed signature",
    get,
    (given) => ({
      ...given,
      signature:
        `A${given.signature.slice(1)}` === given.signature
          ? `B${given.signature.slice(1)}`
          : `A${given.signature.slice(1)}`,
    }),
    key,
  ],
  ["a shortened signature", get, (given) => ({ ...given, signature: given.signature.slice(0, -1) }), key],
  ["no signature", get, (given) => ({ ...given, signature: "" }), key],
  ["an expiry that is no number", get, (given) => ({ ...given, expires: "NaN" }), key],
])("%s is refused", (_, grant, tamper, verifyKey) => {
  expect(() => verifySignature(grant, tamper(signed(get)), verifyKey, noon)).toThrow("does not fit");
});

test("an upload of another size is refused", () => {
  expect(() => verifySignature({ ...put, size: 8 }, signed(put), key, noon)).toThrow("does not fit");
});
