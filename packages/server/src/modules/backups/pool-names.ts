import { createHash } from "node:crypto";
import { z } from "zod";

const hex = /^[0-9a-f]{64}$/;
const base = {
  /** Hex of SHA-256, without `sha256:`. */
  digest: z.string().regex(hex),
  size: z.number().int().min(0),
  /** Where it lies below `blobs/`. */
  file: z.string().regex(/^[0-9a-f]{2}\/[0-9a-f]{64}(\.[0-9a-f]{8}\.age)?$/),
  bytes: z.number().int().min(0),
  sha256: z.string().regex(hex),
};

/** One line of `blobs.jsonl`: bytes that the backup needs, and where the platform keeps them. */
export const blobLineSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("blob"), key: z.string(), ...base }),
  z.strictObject({ kind: z.literal("log"), key: z.string(), ...base }),
  z.strictObject({ kind: z.literal("file"), ...base }),
  /** In the database, but not in the store, or not as it should be: lost before this backup. */
  z.strictObject({
    kind: z.literal("missing"),
    key: z.string(),
    digest: z.string().nullable(),
    of: z.enum(["blob", "log"]),
  }),
]);
export type BlobLine = z.infer<typeof blobLineSchema>;
export type KeptBlob = Exclude<BlobLine, { kind: "missing" }>;

/** One line of `files.jsonl`: a file of a project's bucket. */
export const fileLineSchema = z.strictObject({
  path: z
    .string()
    .min(1)
    .refine(
      (path) => !path.split("/").some((part) => part === "" || part === "." || part === ".."),
      "leaves its folder",
    ),
  digest: z.string().regex(hex),
  mode: z.number().int(),
});
export type FileLine = z.infer<typeof fileLineSchema>;

/** Bytes encrypted for one recipient are no use to another, so the name tells. */
export function poolName(digest: string, recipient: string | undefined): string {
  const suffix = recipient ? `.${createHash("sha256").update(recipient).digest("hex").slice(0, 8)}.age` : "";
  return `${digest.slice(0, 2)}/${digest}${suffix}`;
}
