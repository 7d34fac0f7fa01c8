import { expect, test } from "vitest";
import type { OpenModel } from "../model/open-model.ts";
import type { Outputs } from "../model/prediction-decoder.ts";
import type { RowBuffer } from "../model/row-buffer.ts";
import { RuntimeFailure } from "../runtime/runtime.ts";
import { Batcher, type BatchFailure } from "./batcher.ts";

/** Doubles its one float input; cannot take 13. */
function doubling(): { model: OpenModel; batches: number[][] } {
  const batches: number[][] = [];
  const inputs = [{ name: "x", type: "float32", datatype: "FP32", rowShape: [1], width: 1, features: [] }] as const;
  const run = async (buffer: RowBuffer): Promise<Outputs> => {
    const rows = Array.from(buffer.arrays[0] as Float32Array).slice(0, buffer.rows);
    batches.push(rows);
    if (rows.includes(13)) throw new Error("13 is too much");
    return { y: { data: rows.map((value) => value * 2), dims: [rows.length, 1] } };
  };
  return { model: { inputs, run } as unknown as OpenModel, batches };
}

function add(
  batcher: Batcher,
  values: readonly number[],
  deadline = Number.POSITIVE_INFINITY,
): Promise<number[] | string> {
  return new Promise((resolve) => {
    batcher.add({
      rows: values.length,
      deadline,
      write(buffer) {
        for (const value of values) (buffer.arrays[0] as Float32Array)[buffer.rows++] = value;
      },
      answer: (outputs, from) => resolve(Array.from(outputs.y?.data as number[]).slice(from, from + values.length)),
      fail: (reason: BatchFailure) => resolve(reason.kind === "model" ? String(reason.error) : reason.kind),
    });
  });
}

test("requests of one tick share a run, each gets its own rows", async () => {
  const { model, batches } = doubling();
  const batcher = new Batcher(model);
  const answers = await Promise.all([add(batcher, [1]), add(batcher, [2, 3]), add(batcher, [4])]);
  expect(answers).toEqual([[2], [4, 6], [8]]);
  expect(batches).toEqual([[1, 2, 3, 4]]);
  expect(batcher.pending).toBe(0);
});

test("a batch holds 64 rows, or one larger request alone", async () => {
  const { model, batches } = doubling();
  const batcher = new Batcher(model);
  const range = (length: number) => Array.from({ length }, (_, index) => index + 100);
  await Promise.all([add(batcher, range(40)), add(batcher, range(30)), add(batcher, range(100)), add(batcher, [1])]);
  expect(batches.map(({ length }) => length)).toEqual([40, 30, 100, 1]);
});

test("a request that the model cannot take fails alone", async () => {
  const { model } = doubling();
  const batcher = new Batcher(model);
  const answers = await Promise.all([add(batcher, [1, 2]), add(batcher, [13]), add(batcher, [3])]);
  expect(answers).toEqual([[2, 4], "Error: 13 is too much", [6]]);
  expect(batcher.pending).toBe(0);
});

test("rows of a request that turned out wrong are not in the batch", async () => {
  const { model, batches } = doubling();
  const batcher = new Batcher(model);
  const first = add(batcher, [1]);
  const wrong = { rows: 2, deadline: Number.POSITIVE_INFINITY, answer() {}, fail() {} };
  expect(() =>
    batcher.add({
      ...wrong,
      write(buffer) {
        buffer.rows += 1;
        throw new Error("wrong");
      },
    }),
  ).toThrow("wrong");
  expect(await Promise.all([first, add(batcher, [5])])).toEqual([[2], [10]]);
  expect(batches).toEqual([[1, 5]]);
});

test("what waited too long is not started", async () => {
  const { model, batches } = doubling();
  expect(await add(new Batcher(model), [1], performance.now() - 1)).toBe("late");
  expect(batches).toEqual([]);
});

test("idle is told when the last job is answered", async () => {
  const batcher = new Batcher(doubling().model);
  let idle = 0;
  batcher.onIdle = () => {
    idle += 1;
  };
  await Promise.all([add(batcher, [1]), add(batcher, [13]), add(batcher, [2])]);
  expect(idle).toBe(1);
});

test("while a model in its own process is busy, the next batch collects", async () => {
  const { model, batches } = doubling();
  const release: (() => void)[] = [];
  const run = async (buffer: RowBuffer) => {
    await new Promise<void>((resolve) => release.push(resolve));
    return model.run(buffer);
  };
  const batcher = new Batcher({ ...model, run });
  /** As many turns of the event loop as a batch takes on its way. */
  const tick = async () => {
    for (let turns = 0; turns < 5; turns += 1) await new Promise((resolve) => setImmediate(resolve));
  };
  const answers = [add(batcher, [1])];
  await tick();
  answers.push(add(batcher, [2]));
  await tick();
  answers.push(add(batcher, [3]));
  await tick();
  release.shift()?.();
  await tick();
  release.shift()?.();
  expect(await Promise.all(answers)).toEqual([[2], [4], [6]]);
  expect(batches).toEqual([[1], [2, 3]]);
});

test("when the process of a model ends or takes too long, its rows are not tried one by one", async () => {
  const { model } = doubling();
  let runs = 0;
  const run = async () => {
    runs += 1;
    throw new RuntimeFailure(runs === 1 ? "ended" : "timeout");
  };
  const batcher = new Batcher({ ...model, run });
  expect(await Promise.all([add(batcher, [1]), add(batcher, [2])])).toEqual(["ended", "ended"]);
  expect(await Promise.all([add(batcher, [1]), add(batcher, [2])])).toEqual(["timeout", "timeout"]);
  expect(runs).toBe(2);
});
