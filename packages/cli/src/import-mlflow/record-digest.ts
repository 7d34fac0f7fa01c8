import { createHash } from "node:crypto";

/** Of a record as it was read: the same record gives the same digest, in whatever order its fields came. */
export const recordDigest = (record: unknown): string =>
  `sha256:${createHash("sha256")
    .update(JSON.stringify(ordered(record)))
    .digest("hex")}`;

function ordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(ordered);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, part]) => [key, ordered(part)]),
  );
}
