import type { OutputPlan } from "../model/tensor-plan.ts";

/** An output of a model, `rowShape` without the rows: none for a single value a row. */
export const outputPlan = (name: string, type: OutputPlan["type"], ...rowShape: number[]): OutputPlan => ({
  name,
  type,
  datatype: "FP32",
  rowShape,
});
