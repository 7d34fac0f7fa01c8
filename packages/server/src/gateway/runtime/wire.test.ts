import { expect, test } from "vitest";
import type { Tensors } from "./runtime.ts";
import { encodeFrame, FrameReader, type ToProcess } from "./wire.ts";

const tensors: Tensors = {
  name: { type: "string", dims: [2, 1], data: ["Zürich", ""] },
  hour: { type: "int64", dims: [2], data: new BigInt64Array([7n, -(2n ** 60n)]) },
  flag: { type: "bool", dims: [2], data: new Uint8Array([0, 1]) },
  // in the middle of a larger array, as a batch lies in its buffer
  wind: { type: "float32", dims: [2, 1], data: new Float32Array([9, 1.5, Number.NaN, 9]).subarray(1, 3) },
  none: { type: "float64", dims: [0, 3], data: new Float64Array(0) },
};
const run: ToProcess = { type: "run", id: 7, deadlineMs: 12.5 };

test("tensors of every kind come out as they went in, however the bytes are cut", () => {
  const bytes = Buffer.concat([
    ...encodeFrame(run, tensors),
    ...encodeFrame({ type: "watch" }),
    ...encodeFrame(run, {}),
  ]);
  for (const size of [1, 3, 64, bytes.length]) {
    const reader = new FrameReader<ToProcess>();
    const frames = [];
    for (let at = 0; at < bytes.length; at += size) frames.push(...reader.read(bytes.subarray(at, at + size)));
    expect(frames.map(({ message }) => message.type)).toEqual(["run", "watch", "run"]);
    expect(frames[0]?.message).toMatchObject(run);
    expect(frames[0]?.tensors).toEqual(tensors);
  }
});

test("what is no frame is refused instead of waited for", () => {
  expect(() => new FrameReader().read(Buffer.from("GET / HTTP/1.1\r\n"))).toThrow(/impossible size/);
  const [header] = encodeFrame({ ...run, tensors: [{ name: "x", type: "float32", dims: [9], bytes: 0 }] } as never);
  expect(() => new FrameReader().read(header ?? Buffer.alloc(0))).toThrow('the tensor "x" has 0 elements');
});

test("no more is held of a frame than its reader allows", () => {
  const reader = new FrameReader(100);
  const lengths = Buffer.alloc(8);
  lengths.writeUInt32LE(2, 0);
  lengths.writeUInt32LE(101, 4);
  expect(() => reader.read(lengths)).toThrow("impossible size");
});
