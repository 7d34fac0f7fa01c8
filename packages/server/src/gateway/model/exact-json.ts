/** `JSON.parse`, but whole numbers that a double cannot hold become BigInt. Slower: only for bodies that need it. */
export function parseExactJson(text: string): unknown {
  return (JSON.parse as ParseWithSource)(text, (_key, value, context) => {
    if (typeof value !== "number" || Number.isSafeInteger(value)) return value;
    // 20 digits hold any 64-bit number; longer ones stay doubles and are refused by range
    return /^-?\d{16,20}$/.test(context.source ?? "") ? BigInt(context.source ?? 0) : value;
  });
}
type ParseWithSource = (
  text: string,
  reviver: (key: string, value: unknown, context: { source?: string }) => unknown,
) => unknown;
