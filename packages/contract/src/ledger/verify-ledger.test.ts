import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { expect, test } from "vitest";
import { checkpointText, endText, genesisHash, sealHash } from "./ledger-event.ts";
import { type LedgerLine, writeLedgerLine } from "./ledger-line.ts";
import type { LedgerFinding } from "./read-ledger-file.ts";
import { keyIdOf, signingKey } from "./signing-key.ts";
import { verifyLedger } from "./verify-ledger.ts";

interface Pair {
  readonly privateKey: KeyObject;
  readonly pem: string;
}
const newPair = (): Pair => {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  return { privateKey, pem: publicKey.export({ type: "spki", format: "pem" }).toString() };
};
const [platform, stranger] = [newPair(), newPair()];
const time = (minute: number) => `2026-01-02T03:${String(minute).padStart(2, "0")}:00.000Z`;

/** An export of `events` events with a checkpoint after every fifth and after the last. */
function exported(events: number, pair: Pair, change: (n: number) => unknown = (n) => ({ n })): string[] {
  const signed = (text: string) => sign(null, Buffer.from(text), pair.privateKey).toString("base64");
  const keyId = keyIdOf(pair.pem);
  const lines: LedgerLine[] = [{ kind: "header", publicKey: pair.pem }];
  const checkpoints: LedgerLine[] = [];
  let head = genesisHash;
  for (let position = 1; position <= events; position += 1) {
    const event = eventOf(position, change(position));
    head = sealHash(head, position, event);
    lines.push({ kind: "event", position, hash: head, event: { ...event } });
    if (position % 5 !== 0 && position !== events) continue;
    const content = { position, hash: head, time: time(position), keyId };
    checkpoints.push({ kind: "checkpoint", ...content, signature: signed(checkpointText(content)) });
  }
  const end = { events, checkpoints: checkpoints.length, head, time: time(events + 1), keyId };
  const all = [...lines, ...checkpoints, { kind: "end" as const, ...end, signature: signed(endText(end)) }];
  return all.map((line) => writeLedgerLine(line).trimEnd());
}

const eventOf = (n: number, data: unknown) => ({
  id: `event-${n}`,
  time: time(n),
  type: "thing.changed",
  principalId: "p",
  principalKind: "user",
  principalName: "ada",
  actorKind: "person",
  teamId: null,
  projectId: null,
  template: null,
  revisionId: null,
  subjectType: "thing",
  subjectId: String(n),
  causeId: null,
  correlationId: null,
  planHash: null,
  result: "ok",
  data,
});

const trustedKey = signingKey(platform.pem);
const ledger = exported(23, platform);
const kinds = (lines: readonly string[], options: Parameters<typeof verifyLedger>[1] = { trustedKey }) => [
  ...new Set(verifyLedger(lines, options).findings.map(({ kind }) => kind)),
];
const isKind = (kind: LedgerLine["kind"]) => (line: string) => (JSON.parse(line) as LedgerLine).kind === kind;
const without = (kind: LedgerLine["kind"]) => ledger.filter((line) => !isKind(kind)(line));
/** Line of an event: the header is the first. */
const at = (position: number) => position;

test("a whole ledger is whole, also one that nothing has happened in yet", () => {
  expect(verifyLedger(ledger, { trustedKey })).toEqual({
    ok: true,
    events: 23,
    checkpoints: 5,
    head: expect.stringMatching(/^sha256:/),
    time: time(24),
    keyId: keyIdOf(platform.pem),
    trustedKeyId: keyIdOf(platform.pem),
    findings: [],
  });
  expect(verifyLedger(exported(0, platform), { trustedKey })).toMatchObject({ ok: true, events: 0, checkpoints: 0 });
});

test("without a key known before, a ledger vouches for itself alone", () => {
  expect(verifyLedger(ledger)).toMatchObject({ ok: true, keyId: keyIdOf(platform.pem), trustedKeyId: null });
});

const swapped = (lines: readonly string[], i: number, j: number) =>
  lines.map((line, index) => (index === i ? (lines[j] ?? "") : index === j ? (lines[i] ?? "") : line));
const dropped = (...indices: number[]) => ledger.filter((_, index) => !indices.includes(index));
const edited = (index: number, from: string | RegExp, to: string) =>
  ledger.map((line, i) => (i === index ? line.replace(from, to) : line));

const resigned = "a ledger written anew and signed by another key";
const tamperings: [string, LedgerFinding["kind"], () => readonly string[]][] = [
  ["an edited event", "edited", () => edited(at(7), '"n":7', '"n":8')],
  ["an edited hash", "edited", () => edited(at(7), /"hash":"sha256:../, '"hash":"sha256:00')],
  ["an edited first event", "edited", () => edited(at(1), "ada", "eve")],
  ["an edited last event", "edited", () => edited(at(23), "ada", "eve")],
  ["a dropped event", "gap", () => dropped(at(7))],
  ["a dropped first event", "gap", () => dropped(at(1))],
  ["two swapped events", "reordered", () => swapped(ledger, at(7), at(8))],
  ["an event that stands twice", "reordered", () => [...ledger.slice(0, 8), ledger[7] ?? "", ...ledger.slice(8)]],
  [
    "a last event that stands twice",
    "reordered",
    () => [...ledger.slice(0, 24), ledger[23] ?? "", ...ledger.slice(24)],
  ],
  ["an event after the checkpoints", "reordered", () => swapped(ledger, at(23), at(24))],
  ["a dropped checkpoint", "cut", () => dropped(25)],
  ["no checkpoints", "cut", () => without("checkpoint")],
  ["two swapped checkpoints", "reordered", () => swapped(ledger, 24, 25)],
  ["an edited checkpoint", "bad-signature", () => edited(25, '"position":10', '"position":11')],
  ["a signature in another spelling", "bad-signature", () => edited(25, "==", "=")],
  ["no end", "cut", () => without("end")],
  ["no end and no checkpoints", "unsigned", () => without("end").filter((line) => !isKind("checkpoint")(line))],
  ["an edited end", "bad-signature", () => edited(29, '"events":23', '"events":22')],
  ["an end that stands twice", "reordered", () => [...ledger, ledger.at(-1) ?? ""]],
  ["something after the end", "reordered", () => swapped(ledger, 28, 29)],
  ["no header", "cut", () => without("header")],
  ["a header twice", "reordered", () => [ledger[0] ?? "", ...ledger]],
  ["a header whose key is none", "unreadable", () => edited(0, /MC.*\\n-/, "x-")],
  ["nothing", "cut", () => []],
  ["an empty line", "unreadable", () => ["", ...ledger]],
  ["a line that is no JSON", "unreadable", () => edited(at(7), /^/, "x")],
  ["a line that is JSON of something else", "unreadable", () => edited(at(7), /.*/, "[1]")],
  ["a line without a hash", "unreadable", () => edited(at(7), /"hash":"[^"]*",/, "")],
  ["an event that lacks a field", "unreadable", () => edited(at(7), '"principalName":"ada",', "")],
  ["a field beside the event", "unreadable", () => edited(at(7), '"kind":"event"', '"kind":"event","note":"x"')],
  ["a field in the event", "edited", () => edited(at(7), '"result":"ok"', '"result":"ok","note":"x"')],
  ["a key given twice", "unreadable", () => edited(at(7), '"n":7', '"n":9,"n":7')],
  ["a space", "unreadable", () => edited(at(7), '"n":7', '"n": 7')],
  ["a number too large", "unreadable", () => edited(at(7), '"position":7', '"position":7e400')],
  [
    "another ledger's events under these signatures",
    "forked",
    () => {
      const other = exported(23, platform, (n) => ({ n: -n }));
      return [...other.slice(0, 24), ...ledger.slice(24)];
    },
  ],
  [
    "events after the last signature",
    "unsigned",
    () => {
      const longer = exported(30, platform);
      return [...longer.slice(0, 31), ...ledger.slice(24)];
    },
  ],
  ["a header with another key", "bad-signature", () => [exported(0, stranger)[0] ?? "", ...ledger.slice(1)]],
  [resigned, "bad-signature", () => exported(23, stranger)],
];

test.each(tamperings)("%s is found", (_, kind, change) => {
  expect(kinds(change())).toContain(kind);
});

test.each(tamperings.filter(([name]) => name !== resigned))(
  "%s is found without a known key too",
  (_, kind, change) => {
    expect(kinds(change(), {})).toContain(kind);
  },
);

test.each(Array.from({ length: ledger.length }, (_, index) => [index + 1]))(
  "the last %i lines cut are found",
  (lines) => {
    expect(kinds(ledger.slice(0, -lines), {})).toContain("cut");
  },
);

test.each(Array.from({ length: 23 }, (_, index) => [index]))(
  "all after event %i cut with its checkpoints, the end left standing, is found",
  (position) => {
    const cut = ledger.filter((line) => {
      const parsed = JSON.parse(line) as LedgerLine;
      return !("position" in parsed) || parsed.position <= position;
    });
    expect(kinds(cut, {})).toContain("cut");
  },
);

test("an older export shown as the newest is found by a checkpoint kept elsewhere", () => {
  const older = exported(10, platform);
  expect(kinds(older)).toEqual([]);
  const witness = ledger.filter(isKind("checkpoint")).slice(-1);
  expect(verifyLedger(older, { trustedKey, witness }).findings).toMatchObject([{ kind: "cut", position: 23 }]);
  expect(kinds(ledger, { trustedKey, witness })).toEqual([]);
});

test("another key is one finding, however much it signed", () => {
  const [header = ""] = exported(0, stranger);
  const { findings } = verifyLedger([header, ...ledger.slice(1)]);
  expect(findings.map(({ kind }) => kind)).toEqual(["bad-signature", "unsigned"]);
  expect(
    verifyLedger(exported(23, stranger), { trustedKey }).findings.filter(({ kind }) => kind === "bad-signature"),
  ).toHaveLength(2);
});

test("a broken header is told once", () => {
  const broken = edited(0, /MC.*\\n-/, "x-");
  expect(verifyLedger(broken).findings.filter(({ message }) => message.includes("header"))).toHaveLength(1);
  expect(verifyLedger(broken).findings.length).toBeLessThan(4);
});

test("whatever byte is lost, something is found", () => {
  const text = ledger.join("\n");
  for (let index = 0; index < text.length; index += 37) {
    const changed = `${text.slice(0, index)}${text.slice(index + 1)}`;
    expect(kinds(changed.split("\n")), `byte ${index}: ${text.slice(index - 20, index + 20)}`).not.toEqual([]);
  }
});
