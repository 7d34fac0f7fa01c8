import type { ModelFeature } from "@pave/contract";
import { closest } from "../../kernel/closest.ts";
import { type ElementWriter, elementWriter, float32Max, writeMissing } from "./element-writer.ts";
import type { RowBuffer } from "./row-buffer.ts";
import type { TensorPlan } from "./tensor-plan.ts";

/** Why a value was not taken. Protocols add the place within their body. */
export interface Finding {
  readonly feature: string;
  readonly expected: string;
  readonly found: string;
  readonly fix: string;
}

/** A whole number above 2^53 was met, which plain `JSON.parse` has rounded: parse again with `parseExactJson`. */
export class InexactInteger extends Error {}

/** Writes rows and tensors of JSON bodies into a RowBuffer, and says precisely what does not fit. */
export class RowEncoder {
  readonly #slots: readonly Slot[];
  /** By tensor, then by position within a row. */
  readonly #elements: readonly (readonly Slot[])[];
  readonly #names: ReadonlySet<string>;

  /** `missingText`: what this model was trained to take for a text without a value; see MlModel. */
  constructor(plans: readonly TensorPlan[], missingText: string) {
    const slots: Slot[] = [];
    this.#elements = plans.map((plan, tensor) => {
      let offset = 0;
      return plan.features.flatMap((feature) => {
        const width = feature.shape.reduce((total, size) => total * size, 1);
        const slot = {
          feature,
          tensor,
          stride: plan.width,
          offset,
          width,
          write: elementWriter(feature, plan.type),
          missingText: feature.type === "datetime" ? "" : missingText,
          is64Bit: /int64/.test(plan.type),
          is32BitFloat: plan.type === "float32",
        };
        slots.push(slot);
        offset += width;
        return new Array<Slot>(width).fill(slot);
      });
    });
    this.#slots = slots;
    this.#names = new Set(slots.map(({ feature }) => feature.name));
  }

  /** Writes one object of named features behind the buffer's rows and counts it; counts nothing when it does not fit. */
  writeRow(buffer: RowBuffer, row: Readonly<Record<string, unknown>>, isExact: boolean): Finding | undefined {
    let present = 0;
    for (const slot of this.#slots) {
      const value = row[slot.feature.name];
      if (slot.feature.shape.length > 0) {
        const finding = this.#writeValues(buffer, slot, value, isExact);
        if (finding) return finding;
        present += 1;
        continue;
      }
      const array = buffer.arrays[slot.tensor];
      const at = buffer.rows * slot.stride + slot.offset;
      if (array !== undefined && slot.write(array, at, value)) {
        present += 1;
        continue;
      }
      const isThere = Object.hasOwn(row, slot.feature.name);
      if (array === undefined || !isMissing(slot, value, isThere))
        return this.#explainInRow(slot, row, isThere, isExact);
      writeMissing(array, at, slot.missingText);
      if (isThere) present += 1;
    }
    const extra = this.#findExtra(row, present);
    if (extra) return extra;
    buffer.rows += 1;
    return undefined;
  }

  /**
   * Writes the elements of one tensor for `rows` rows behind the buffer's rows, without counting them: the caller does
   * when all tensors are written. `data` is flat and of the right length.
   */
  writeTensor(
    buffer: RowBuffer,
    tensor: number,
    data: readonly unknown[],
    isExact: boolean,
  ): (Finding & { at: number }) | undefined {
    const array = buffer.arrays[tensor];
    const slots = this.#elements[tensor];
    if (array === undefined || slots === undefined) return undefined;
    const start = buffer.rows * slots.length;
    for (const [at, value] of data.entries()) {
      const slot = slots[at % slots.length];
      if (slot === undefined || slot.write(array, start + at, value)) continue;
      if (!isMissing(slot, value, true)) return { ...explain(slot, value, true, isExact), at };
      writeMissing(array, start + at, slot.missingText);
    }
    return undefined;
  }

  /** Writes "missing" for a tensor that was not sent; false when one of its features is required. */
  writeMissingTensor(buffer: RowBuffer, tensor: number, rows: number): boolean {
    const array = buffer.arrays[tensor];
    const slots = this.#elements[tensor];
    if (array === undefined || slots === undefined || slots.some(({ feature }) => feature.required)) return false;
    const start = buffer.rows * slots.length;
    for (let row = 0; row < rows; row += 1)
      for (const [at, slot] of slots.entries()) writeMissing(array, start + row * slots.length + at, slot.missingText);
    return true;
  }

  #writeValues(buffer: RowBuffer, slot: Slot, value: unknown, isExact: boolean): Finding | undefined {
    const array = buffer.arrays[slot.tensor];
    const values = Array.isArray(value) ? value.flat(slot.feature.shape.length) : [];
    if (array === undefined || values.length !== slot.width) {
      const { name, shape } = slot.feature;
      const found = Array.isArray(value) ? `a list of ${values.length}` : describeValue(value);
      return {
        feature: name,
        expected: `a list of ${slot.width} values (shape [${shape}])`,
        found,
        fix: `send "${name}" with ${slot.width} values`,
      };
    }
    const start = buffer.rows * slot.stride + slot.offset;
    for (const [index, element] of values.entries()) {
      if (!slot.write(array, start + index, element)) return explain(slot, element, true, isExact);
    }
    return undefined;
  }

  /** A required feature that is missing beside one that nobody asked for is most likely a misspelling. */
  #explainInRow(slot: Slot, row: Readonly<Record<string, unknown>>, isThere: boolean, isExact: boolean): Finding {
    const { name } = slot.feature;
    const finding = explain(slot, row[name], isThere, isExact);
    if (isThere) return finding;
    const extras = Object.keys(row).filter((key) => !this.#names.has(key));
    const meant = closest(name, extras);
    return meant === undefined ? finding : { ...finding, fix: `rename "${meant}" to "${name}"` };
  }

  #findExtra(row: Readonly<Record<string, unknown>>, present: number): Finding | undefined {
    let keys = 0;
    for (const _ in row) keys += 1;
    if (keys === present) return undefined;
    const extra = Object.keys(row).find((key) => !this.#names.has(key));
    if (extra === undefined) return undefined;
    const missing = [...this.#names].filter((name) => !Object.hasOwn(row, name));
    const meant = closest(extra, missing);
    return {
      feature: extra,
      expected: `only features of this model (${[...this.#names].join(", ")})`,
      found: `"${extra}"`,
      fix: meant ? `did you mean "${meant}"?` : `leave "${extra}" out`,
    };
  }
}

interface Slot {
  readonly feature: ModelFeature;
  readonly tensor: number;
  /** Elements per row of the tensor. */
  readonly stride: number;
  readonly offset: number;
  readonly width: number;
  readonly write: ElementWriter;
  readonly missingText: string;
  readonly is64Bit: boolean;
  readonly is32BitFloat: boolean;
}

const isMissing = (slot: Slot, value: unknown, isThere: boolean) =>
  !slot.feature.required && (value === null || !isThere);

const expectations: Record<ModelFeature["type"], string> = {
  boolean: "true or false",
  integer: "a whole number of 32 bits",
  long: "a whole number",
  float: "a finite number",
  double: "a finite number",
  string: "a text",
  datetime: 'a date and time in ISO 8601, such as "2026-03-01T12:00:00Z"',
};

function explain(slot: Slot, value: unknown, isThere: boolean, isExact: boolean): Finding {
  if (
    !isExact &&
    slot.is64Bit &&
    slot.feature.type !== "integer" &&
    Number.isInteger(value) &&
    !Number.isSafeInteger(value)
  )
    throw new InexactInteger();
  const { name, type } = slot.feature;
  const isTooLarge = slot.is32BitFloat && Number.isFinite(value) && Math.abs(Number(value)) > float32Max;
  const expected = isTooLarge ? `a number of at most ${float32Max}, which is what 32 bits hold` : expectations[type];
  if (!isThere) return { feature: name, expected, found: "nothing", fix: `send "${name}"` };
  const fix = value === null ? `send a value for "${name}", which this model needs` : `send "${name}" as ${expected}`;
  return { feature: name, expected, found: describeValue(value), fix };
}

export function describeValue(value: unknown): string {
  if (value === undefined) return "nothing";
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "an object";
  if (typeof value === "string")
    return `the text ${JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value)}`;
  return typeof value === "number" && !Number.isFinite(value)
    ? "a number beyond what a computer can hold"
    : String(value);
}
