import type { Tensor, Tensors } from "../runtime/runtime.ts";
import { type ElementArray, newElementArray } from "./element-writer.ts";
import type { TensorPlan } from "./tensor-plan.ts";

/** Rows on their way into one run of a model: one growing array per tensor. */
export class RowBuffer {
  readonly plans: readonly TensorPlan[];
  /** By tensor, as in `plans`. */
  readonly arrays: ElementArray[];
  /** Complete rows. Whoever writes a row behind them and finds a problem just does not count it. */
  rows = 0;
  #capacity: number;

  constructor(plans: readonly TensorPlan[], capacity: number) {
    this.plans = plans;
    this.#capacity = capacity;
    this.arrays = plans.map(({ type, width }) => newElementArray(type, capacity * width));
  }

  /** Makes room for so many rows in all. */
  reserve(rows: number): void {
    if (rows <= this.#capacity) return;
    this.#capacity = Math.max(rows, this.#capacity * 2);
    for (const [index, plan] of this.plans.entries()) {
      const larger = newElementArray(plan.type, this.#capacity * plan.width);
      const old = this.arrays[index] ?? [];
      if (Array.isArray(larger)) for (const [at, text] of (old as string[]).entries()) larger[at] = text;
      else (larger as Float32Array).set(old as Float32Array);
      this.arrays[index] = larger;
    }
  }

  /** The arguments of a run. They share memory with this buffer until the run is over. */
  feeds(): Tensors {
    const feeds: Record<string, Tensor> = {};
    for (const [index, { name, type, width, rowShape }] of this.plans.entries()) {
      const array = this.arrays[index] as Float32Array;
      const length = this.rows * width;
      const data = Array.isArray(array) ? array.slice(0, length) : array.subarray(0, length);
      feeds[name] = { type, data, dims: [this.rows, ...rowShape] };
    }
    return feeds;
  }

  /** A new buffer with the rows `from` (inclusive) to `to` (exclusive). */
  slice(from: number, to: number): RowBuffer {
    const part = new RowBuffer(this.plans, to - from);
    for (const [index, { width }] of this.plans.entries()) {
      part.arrays[index] = (this.arrays[index] as Float32Array).slice(from * width, to * width);
    }
    part.rows = to - from;
    return part;
  }
}
