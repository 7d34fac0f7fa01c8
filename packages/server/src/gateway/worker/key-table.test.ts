import { hash } from "node:crypto";
import { expect, test } from "vitest";
import { assertMayCall, KeyTable, keysLastMs } from "./key-table.ts";

const start = Date.parse("2026-01-01T12:00:00Z");
const keyOf = (token: string, endpoints: "all" | string[], expiresAt: string | null = null) => ({
  sha256: hash("sha256", token, "hex"),
  principalId: "p",
  expiresAt,
  endpoints,
});

function tableAt(nowMs: number): KeyTable {
  const table = new KeyTable(() => nowMs);
  table.contactAtMs = start;
  table.replace([keyOf("everything", "all"), keyOf("one", ["d1"]), keyOf("brief", "all", "2026-01-01T12:01:00Z")]);
  return table;
}

test.each([
  [undefined, 0, "access.unauthenticated", /found none/],
  ["Basic abc", 0, "access.unauthenticated", /another form/],
  ["Bearer ", 0, "access.unauthenticated", /another form/],
  ["Bearer nobody", 0, "access.token_invalid", /not known/],
  ["Bearer brief", 60_000, "access.token_expired", /2026-01-01T12:01:00.000Z/],
  ["Bearer everything", keysLastMs + 1, "access.unauthenticated", /not heard from Pave for over 5 minutes/],
])("%j after %d ms is refused", (authorization, afterMs, code, message) => {
  const table = tableAt(start + afterMs);
  expect(() => table.authenticate(authorization)).toThrow(
    expect.objectContaining({ code, message: expect.stringMatching(message), fix: expect.any(String) }),
  );
});

test.each(["Bearer everything", "bearer everything", "Bearer  everything "])(
  "%j is let in until the keys are too old",
  (authorization) => {
    expect(() => tableAt(start + keysLastMs).authenticate(authorization)).not.toThrow();
  },
);

test("a key counts for its endpoints only", () => {
  const key = tableAt(start).authenticate("Bearer one");
  expect(() => assertMayCall(key, "d1")).not.toThrow();
  expect(() => assertMayCall(key, "d2")).toThrow(expect.objectContaining({ code: "access.denied" }));
});

test("a replaced key counts no longer", () => {
  const table = tableAt(start);
  table.replace([]);
  expect(() => table.authenticate("Bearer everything")).toThrow(/not known/);
});
