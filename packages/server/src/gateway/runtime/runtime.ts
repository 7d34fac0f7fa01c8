import type { InferenceSession } from "onnxruntime-node";
import type { ElementType } from "../model/tensor-plan.ts";

/** A tensor in row-major order; texts are strings, whole numbers of 64 bits are bigints, booleans are 0 and 1. */
export interface Tensor {
  readonly type: ElementType;
  readonly data: ArrayLike<unknown>;
  readonly dims: readonly number[];
}
export type Tensors = Readonly<Record<string, Tensor>>;

/** Names, types and shapes of a model's tensors, as onnxruntime tells them. A size that varies is a text or -1. */
export type TensorMetadata = InferenceSession.ValueMetadata;

/**
 * What runs a loaded model, wherever it is: `onnx-runtime.ts` in this process, `process-runtime.ts` in a process of its
 * own behind a local socket. That process may run anything that speaks `wire.ts`.
 */
export interface Runtime {
  readonly inputs: readonly TensorMetadata[];
  readonly outputs: readonly TensorMetadata[];
  /**
   * Runs rows and gives every output. `deadline` (of `performance.now()`) is when nobody waits for the answer any more:
   * a runtime that can be interrupted gives up then with a RuntimeFailure; one in this process cannot. Rejects with any
   * other error when the model cannot take these rows.
   */
  run(feeds: Tensors, deadline: number): Promise<Tensors>;
  /** Called once, after the last run. */
  release(): Promise<void>;
}

/**
 * The runtime, not the model, kept the answer back; the same rows must not be tried one by one.
 * - `timeout`: the run did not end before its deadline
 * - `waited`: the run had not begun by its deadline
 * - `ended`: the process ended in the middle of the run
 */
export class RuntimeFailure extends Error {
  override readonly name = "RuntimeFailure";
  readonly kind: "timeout" | "waited" | "ended";
  constructor(kind: RuntimeFailure["kind"]) {
    super(kind);
    this.kind = kind;
  }
}
