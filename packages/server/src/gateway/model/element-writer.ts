import type { ModelFeature } from "@pave/contract";
import { isDatetimeText } from "./datetime-text.ts";
import type { ElementType } from "./tensor-plan.ts";

export type ElementArray =
  | Float32Array
  | Float64Array
  | Int8Array
  | Int16Array
  | Int32Array
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array
  | string[];

/** Puts a value of a JSON body into a tensor; false when it is not a value of this feature. */
export type ElementWriter = (array: ElementArray, at: number, value: unknown) => boolean;

export function newElementArray(type: ElementType, length: number): ElementArray {
  switch (type) {
    case "float32":
      return new Float32Array(length);
    case "float64":
      return new Float64Array(length);
    case "int8":
      return new Int8Array(length);
    case "int16":
      return new Int16Array(length);
    case "int32":
      return new Int32Array(length);
    case "int64":
      return new BigInt64Array(length);
    case "uint8":
    case "bool":
      return new Uint8Array(length);
    case "uint16":
      return new Uint16Array(length);
    case "uint32":
      return new Uint32Array(length);
    case "uint64":
      return new BigUint64Array(length);
    case "string":
      return new Array<string>(length).fill("");
  }
}

/** The writer for a feature's values in a tensor of this type. Signature and tensor were found to fit before. */
export function elementWriter(feature: Pick<ModelFeature, "type">, type: ElementType): ElementWriter {
  if (feature.type === "datetime") return writeDatetime;
  if (type === "string") return writeString;
  if (feature.type === "boolean") return type === "int64" || type === "uint64" ? writeBooleanAsBigInt : writeBoolean;
  if (type === "int64" || type === "uint64") return bigIntWriter(feature, type);
  if (type === "bool") return writeBoolean;
  const isWhole = feature.type === "integer" || feature.type === "long";
  return numberWriter(rangeOf(feature, type), isWhole);
}

/** What stands for a missing value of an optional feature: NaN, or the model's text for it. */
export function writeMissing(array: ElementArray, at: number, missingText: string): void {
  if (Array.isArray(array)) array[at] = missingText;
  else (array as Float32Array)[at] = Number.NaN;
}

const writeString: ElementWriter = (array, at, value) => {
  if (typeof value !== "string") return false;
  (array as string[])[at] = value;
  return true;
};

const writeDatetime: ElementWriter = (array, at, value) =>
  typeof value === "string" && isDatetimeText(value) && writeString(array, at, value);

const writeBoolean: ElementWriter = (array, at, value) => {
  if (typeof value !== "boolean") return false;
  (array as Uint8Array)[at] = value ? 1 : 0;
  return true;
};

const writeBooleanAsBigInt: ElementWriter = (array, at, value) => {
  if (typeof value !== "boolean") return false;
  (array as BigInt64Array)[at] = value ? 1n : 0n;
  return true;
};

/** The comparison also refuses NaN and infinities, and what would overflow to one in float32. */
function numberWriter([low, high]: readonly [number, number], isWhole: boolean): ElementWriter {
  return (array, at, value) => {
    const number = typeof value === "bigint" ? Number(value) : value;
    if (typeof number !== "number" || !(number >= low && number <= high)) return false;
    if (isWhole && !Number.isInteger(number)) return false;
    (array as Float32Array)[at] = number;
    return true;
  };
}

function bigIntWriter(feature: Pick<ModelFeature, "type">, type: "int64" | "uint64"): ElementWriter {
  const unsigned = type === "uint64";
  const low = feature.type === "integer" ? -(2 ** 31) : Number.MIN_SAFE_INTEGER;
  const high = feature.type === "integer" ? 2 ** 31 - 1 : Number.MAX_SAFE_INTEGER;
  const [lowest, highest] = unsigned ? [0n, 2n ** 64n - 1n] : [-(2n ** 63n), 2n ** 63n - 1n];
  return (array, at, value) => {
    if (typeof value === "number") {
      if (!(value >= (unsigned ? 0 : low) && value <= high) || !Number.isInteger(value)) return false;
      (array as BigInt64Array)[at] = BigInt(value);
      return true;
    }
    if (typeof value !== "bigint" || feature.type === "integer" || value < lowest || value > highest) return false;
    (array as BigInt64Array)[at] = value;
    return true;
  };
}

/** The largest that a float of 32 bits holds. */
export const float32Max = 3.4028234663852886e38;
const ranges: Partial<Record<ElementType, readonly [number, number]>> = {
  float32: [-float32Max, float32Max],
  int8: [-128, 127],
  int16: [-32768, 32767],
  int32: [-(2 ** 31), 2 ** 31 - 1],
  uint8: [0, 255],
  uint16: [0, 65535],
  uint32: [0, 2 ** 32 - 1],
};

function rangeOf(feature: Pick<ModelFeature, "type">, type: ElementType): readonly [number, number] {
  const range = ranges[type] ?? [-Number.MAX_VALUE, Number.MAX_VALUE];
  if (feature.type !== "integer") return range;
  return [Math.max(range[0], -(2 ** 31)), Math.min(range[1], 2 ** 31 - 1)];
}
