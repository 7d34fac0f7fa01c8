/** What a gate may speak of: the shape of evidence, known before there is any. */
export type EvidenceType =
  | { readonly kind: "number" | "string" | "boolean" }
  | { readonly kind: "list"; readonly element: EvidenceType }
  /** Any name may occur, such as the metrics of a model. */
  | { readonly kind: "map"; readonly value: EvidenceType }
  | { readonly kind: "object"; readonly fields: Readonly<Record<string, EvidenceType>> };

/** The names at the root of a gate's expression. */
export type EvidenceSchema = Readonly<Record<string, EvidenceType>>;

export type EvidenceValue =
  | number
  | string
  | boolean
  | readonly EvidenceValue[]
  | { readonly [name: string]: EvidenceValue };

/** Values for a schema. A missing name is legal: gates test for it with `has()`. */
export type Evidence = Readonly<Record<string, EvidenceValue>>;

export const numberType: EvidenceType = { kind: "number" };
export const stringType: EvidenceType = { kind: "string" };
export const booleanType: EvidenceType = { kind: "boolean" };
export const mapOf = (value: EvidenceType): EvidenceType => ({ kind: "map", value });
export const objectOf = (fields: Readonly<Record<string, EvidenceType>>): EvidenceType => ({ kind: "object", fields });
