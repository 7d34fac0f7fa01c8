import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { RangeReader } from "./byte-window.ts";
import { summarizeOnnx } from "./onnx-summary.ts";

const fixtures = join(import.meta.dirname, "..", "..", "..", "gateway", "fixtures");
const reads: number[] = [];
const readerOf = (bytes: Buffer, size = bytes.length): RangeReader => ({
  size,
  async read(start, end) {
    reads.push(end - start + 1);
    return bytes.subarray(start, end + 1);
  },
});

const varint = (value: number): number[] =>
  value < 128 ? [value] : [(value % 128) | 128, ...varint(Math.floor(value / 128))];
const field = (number: number, content: Buffer | string): Buffer => {
  const bytes = Buffer.from(content as string);
  return Buffer.concat([Buffer.from([...varint(number * 8 + 2), ...varint(bytes.length)]), bytes]);
};
const number = (at: number, value: number): Buffer => Buffer.from([...varint(at * 8), ...varint(value)]);
const model = (graph: Buffer): Buffer => Buffer.concat([number(1, 8), field(2, "test"), field(7, graph)]);

describe("the summary of an ONNX file", () => {
  test("of a real model says what goes in, what comes out and what is between", async () => {
    const summary = await summarizeOnnx(readerOf(await readFile(join(fixtures, "late-1", "model.onnx"))));
    expect(summary).toMatchSnapshot();
  });

  test("has types and shapes, with names for dimensions that vary", async () => {
    const dimension = (content: Buffer) => field(1, content);
    const shape = Buffer.concat([dimension(field(2, "N")), dimension(number(1, 300)), dimension(Buffer.alloc(0))]);
    const tensor = field(1, Buffer.concat([number(1, 11), field(2, shape)]));
    const graph = Buffer.concat([
      field(1, Buffer.concat([field(1, "x"), field(2, "y"), field(4, "Relu")])),
      field(1, Buffer.concat([field(4, "Normalizer"), field(7, "ai.onnx.ml")])),
      field(1, field(4, "Relu")),
      field(2, "net"),
      field(11, Buffer.concat([field(1, "x"), field(2, tensor)])),
      field(12, Buffer.concat([field(1, "y"), field(2, field(4, "s"))])),
    ]);
    const opset = field(8, Buffer.concat([field(1, "ai.onnx.ml"), number(2, 3)]));
    const pair = field(14, Buffer.concat([field(1, "author"), field(2, "ada")]));
    expect(await summarizeOnnx(readerOf(Buffer.concat([model(graph), opset, pair])))).toEqual({
      ...{ irVersion: 8, producer: "test", graph: "net", nodes: 3, initializers: { count: 0, bytes: 0 } },
      opsets: [{ domain: "ai.onnx.ml", version: 3 }],
      inputs: [{ name: "x", type: "double", shape: ["N", "300", "?"] }],
      outputs: [{ name: "y", type: "sequence", shape: null }],
      operators: [
        { type: "Relu", count: 2 },
        { type: "ai.onnx.ml.Normalizer", count: 1 },
      ],
      metadata: { author: "ada" },
    });
  });

  test("weights are not read, however large they are", async () => {
    const weights = Buffer.alloc(8 * 2 ** 20);
    reads.length = 0;
    const graph = Buffer.concat([field(1, field(4, "Add")), field(5, weights), field(5, weights), field(2, "g")]);
    const summary = await summarizeOnnx(readerOf(model(graph)));
    expect(summary).toMatchObject({ graph: "g", nodes: 1, initializers: { count: 2, bytes: 2 * weights.length } });
    expect(reads.reduce((sum, bytes) => sum + bytes, 0)).toBeLessThan(2 ** 20);
  });

  test.each([
    ["text", Buffer.from("this is no model at all, is it?")],
    ["nothing but a version", number(1, 8)],
    ["a field that reaches beyond the file", Buffer.from([0x3a, 0xff, 0xff, 0xff, 0x7f, 1])],
    ["a length without an end", Buffer.from([0x3a, ...Array(12).fill(0xff)])],
    ["a picture", Buffer.from("89504e470d0a1a0a0000000d49484452", "hex")],
    ["a group, which no model has", Buffer.concat([number(1, 8), Buffer.from([0x3b])])],
  ])("%s has none", async (_, bytes) => expect(await summarizeOnnx(readerOf(bytes))).toBeUndefined());

  test("a model that is cut anywhere has none, or less, and is never an error", async () => {
    const whole = await readFile(join(fixtures, "price", "model.onnx"));
    for (let length = 1; length < whole.length; length += Math.ceil(whole.length / 150)) {
      const summary = await summarizeOnnx(readerOf(whole.subarray(0, length)));
      expect(summary === undefined || summary.nodes >= 0).toBe(true);
    }
  });

  test("a file that asks for too many reads is left alone", async () => {
    const chunk = field(5, Buffer.alloc(300 * 1024));
    const reader = readerOf(model(Buffer.concat(Array.from({ length: 30 }, () => chunk))));
    expect(await summarizeOnnx(reader, 20)).toBeUndefined();
    expect(await summarizeOnnx(reader, 40)).toMatchObject({ initializers: { count: 30 } });
  });
});
