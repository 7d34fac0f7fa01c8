import { type LogRecord, logRecordSchema, type RequestLogRule } from "@pave/contract";
import { expect, test } from "vitest";
import type { InferenceCall } from "../protocols/protocol.ts";
import { type Answered, RequestLog } from "./request-log.ts";

const features = ["origin", "hour"].map((name) => ({ name, type: "string", required: true, shape: [] }));
const model = {
  features,
  answers: { kind: "binary", positive: "true", negative: "false" },
  decode: (_: unknown, row: number) =>
    `{"label":false,"probability":0.${row + 1},"probabilities":{"false":0.9,"true":0.${row + 1}}}`,
} as unknown as Answered["release"]["model"];

function answered(rows: number, rule: Partial<RequestLogRule> = {}, row: Record<string, unknown> = {}): Answered {
  return {
    rule: { sample: 1, maxRowsPerSecond: 10, redact: [], ...rule },
    release: { deploymentId: "d", releaseId: "r", modelVersion: "1", model },
    id: "018f0000-0000-7000-8000-000000000000",
    call: { rows, featuresOf: () => ({ origin: "ATL", hour: 7, extra: "mine", ...row }) } as unknown as InferenceCall,
    outputs: {},
    from: 0,
  };
}

const recordsOf = (log: RequestLog): LogRecord[] =>
  (log.take()?.lines ?? "")
    .split("\n")
    .filter(Boolean)
    .map((line) => logRecordSchema.parse(JSON.parse(line)));

test("a record has the model's features, the positive class's probability and nothing else", () => {
  const log = new RequestLog();
  log.add(answered(1));
  expect(recordsOf(log)).toEqual([
    {
      id: "018f0000-0000-7000-8000-000000000000",
      row: 0,
      release: "r",
      score: 0.1,
      label: "false",
      features: { origin: "ATL", hour: 7 },
    },
  ]);
  expect(log.take()).toBeUndefined();
});

test("redacted values, values too large and whole numbers beyond 2^53", () => {
  const log = new RequestLog();
  log.add(answered(1, { redact: ["origin"] }));
  log.add(answered(1, {}, { origin: "x".repeat(100_000) }));
  log.add(answered(1, {}, { hour: 2n ** 60n }));
  expect(recordsOf(log).map(({ features }) => features)).toEqual([
    { origin: "[redacted]", hour: 7 },
    {},
    { origin: "ATL", hour: "1152921504606846976" },
  ]);
});

test("small services are whole, large ones are sampled, and the counts say how much", () => {
  let now = 0;
  const log = new RequestLog(() => now);
  for (let request = 0; request < 100; request += 1) log.add(answered(7));
  expect(log.take()).toMatchObject({ rows: 600, releases: [{ seen: 700, kept: 600 }] });
  now += 1000;
  log.add(answered(7));
  log.add(answered(7));
  const kept = log.take();
  expect(kept).toMatchObject({ rows: 10, releases: [{ seen: 14, kept: 10 }] });
  // of the rows that did not fit, some from everywhere
  const rows = (kept?.lines ?? "").match(/"row":\d+/g)?.slice(7);
  expect(rows).toEqual(['"row":0', '"row":2', '"row":4']);
});

test("a share of requests, whole ones", () => {
  let next = 0;
  const log = new RequestLog(undefined, () => (next++ % 4) / 4);
  for (let request = 0; request < 8; request += 1) log.add(answered(2, { sample: 0.5 }));
  expect(log.take()).toMatchObject({ rows: 8, releases: [{ seen: 16, kept: 8 }] });
  log.add(answered(2, { sample: 1, maxRowsPerSecond: 0 }));
  expect(log.take()?.rows).toBe(0);
});

test("what waits has a bound in bytes, whatever the alphabet", () => {
  const log = new RequestLog();
  for (let request = 0; request < 20; request += 1)
    log.add(answered(100, { maxRowsPerSecond: 1000 }, { origin: "東".repeat(10_000) }));
  const taken = log.take();
  expect(Buffer.byteLength(taken?.lines ?? "")).toBeGreaterThan(4e6);
  expect(Buffer.byteLength(taken?.lines ?? "")).toBeLessThan(5e6);
  expect(taken?.releases).toMatchObject([{ seen: 2000, kept: taken?.rows }]);
});

test.each([
  ["\\u0000", null],
  ["x".repeat(2000), null],
  ["a\\ud800", "a\ufffd"],
])("no text that a model or a caller thinks up makes a record that cannot be kept", (text, label) => {
  const log = new RequestLog();
  const decode = () => `{"label":"${text}"}`;
  const { release, ...rest } = answered(1, {}, { origin: "b\ud800" });
  log.add({ ...rest, release: { ...release, model: { ...release.model, decode } } });
  expect(recordsOf(log)).toMatchObject([{ label, features: { origin: "b\ufffd" } }]);
});
