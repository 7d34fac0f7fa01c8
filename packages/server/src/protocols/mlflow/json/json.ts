/** Tags and params as protobuf's lists have them. */
export const pairList = (values: Readonly<Record<string, unknown>>): { key: string; value: string }[] =>
  Object.entries(values).map(([key, value]) => ({ key, value: String(value) }));

/** A number as JSON can say it: one that is none by its name. */
export const numberJson = (value: number): number | string => (Number.isNaN(value) ? "NaN" : value);

/** A field that is left out where there is nothing to say: clients read that as unset. */
export const optional = <K extends string, V>(key: K, value: V | null | undefined | ""): Partial<Record<K, V>> =>
  value === null || value === undefined || value === "" ? {} : ({ [key]: value } as Record<K, V>);
