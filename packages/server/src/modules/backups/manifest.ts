import { sign } from "node:crypto";
import { type SigningKey, signingKey } from "@pave/contract/ledger";
import { z } from "zod";
import { canonicalJson } from "../../kernel/json.ts";
import { unreadable } from "./backup-errors.ts";

/*
 * A target is a folder that holds any number of backups:
 *   blobs/ab/<sha256>[.<recipient>.age]   bytes by digest, shared by all backups: what never changes is copied once
 *   blobs/incoming/                       what is being copied; left over after a kill and removed by the next backup
 *   <id>/manifest.json                    one backup; written last, so a folder with a manifest is whole
 *   <id>/tables/<table>.zst[.age]         rows as COPY writes them
 *   <id>/blobs.jsonl.zst                  which of blobs/ it needs, and under which key each lies in the artifact store
 *   <id>/files.jsonl.zst[.age]            paths of the files of resources
 *   <id>/key.age                          with a passphrase: the identity that opens everything else
 *   <id>.partial/                         one under way, or cut short by a kill
 */
export const formatVersion = 1;

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const count = z.number().int().min(0);
const name = z.string().regex(/^[a-z_][a-z0-9_]{0,62}$/);

/** A file of the backup: as it lies there, and what it holds once it is opened. */
const partSchema = z.strictObject({
  file: z.string().regex(/^(tables\/)?[a-z0-9_.-]{1,90}$/),
  bytes: count,
  sha256,
  plainBytes: count,
  plainSha256: sha256,
});
export type Part = z.infer<typeof partSchema>;

const tableSchema = partSchema.extend({
  table: name,
  columns: z.array(name).min(1),
  rows: count,
  /** Of a partition: what it is a part of, for those that no migration makes. */
  partition: z
    .strictObject({ of: name, bounds: z.string().regex(/^(DEFAULT|FOR VALUES [A-Za-z0-9_ (),'":.+-]+)$/) })
    .nullable(),
});
export type TablePart = z.infer<typeof tableSchema>;

export const manifestSchema = z.strictObject({
  format: z.literal("pave-backup"),
  version: z.literal(formatVersion),
  id: z.uuid(),
  startedAt: z.iso.datetime(),
  finishedAt: z.iso.datetime(),
  pave: z.string(),
  database: z.strictObject({
    server: z.string(),
    migrations: z.array(z.strictObject({ number: count, name: z.string(), sha256 })).min(1),
    tables: z.array(tableSchema),
    sequences: z.array(z.strictObject({ name, value: z.string().regex(/^-?\d+$/) })),
    /** Schemas that projects were given; what lies in them is not ours to copy. */
    schemas: z.array(z.strictObject({ name: z.string().max(63), comment: z.string(), relations: count })),
  }),
  ledger: z.strictObject({
    events: count,
    position: count,
    head: z.string(),
    checkpoint: z
      .strictObject({ position: count, hash: z.string(), time: z.string(), keyId: z.string(), signature: z.string() })
      .nullable(),
    publicKey: z.string(),
  }),
  blobs: partSchema.extend({ count, totalBytes: count, newCount: count, newBytes: count, missing: count }),
  files: partSchema.extend({ count }),
  key: partSchema.nullable(),
  masterKeys: partSchema.nullable(),
  encryption: z.strictObject({ recipient: z.string(), passphrase: z.boolean() }).nullable(),
  warnings: z.array(z.string()),
});
export type Manifest = z.infer<typeof manifestSchema>;

const signedSchema = z.strictObject({ manifest: z.unknown(), signature: z.string() });

/** Signed with the ledger's key over its canonical JSON; the text is the only one that {@link readManifest} takes for it. */
export function writeManifest(manifest: Manifest, privateKeyPem: string): string {
  const text = canonicalJson(manifest);
  const signature = sign(null, Buffer.from(text), privateKeyPem).toString("base64");
  return `${canonicalJson({ manifest, signature })}\n`;
}

/** Throws unless every byte is as {@link writeManifest} wrote it and the key that it names, or the trusted one, signed it. */
export function readManifest(text: string, where: string, trusted?: SigningKey): Manifest {
  const outer = parse(text, where);
  const inner = outer.manifest as { format?: unknown; version?: unknown } | null;
  if (typeof inner !== "object" || inner?.format !== "pave-backup")
    throw unreadable(where, "it is no backup of Pave", "other");
  if (typeof inner.version === "number" && inner.version > formatVersion)
    throw unreadable(where, `its format is version ${inner.version}, this Pave reads up to ${formatVersion}`, "newer");
  const result = manifestSchema.safeParse(outer.manifest);
  if (!result.success || `${canonicalJson(outer)}\n` !== text)
    throw unreadable(where, "the manifest is not as it was written");
  const key = trusted ?? signingKey(result.data.ledger.publicKey);
  if (!key?.signed(canonicalJson(result.data), outer.signature))
    throw unreadable(
      where,
      trusted ? "the manifest is not signed by the trusted key" : "the manifest's signature does not fit",
    );
  return result.data;
}

function parse(text: string, where: string): z.infer<typeof signedSchema> {
  try {
    const result = signedSchema.safeParse(JSON.parse(text));
    if (result.success) return result.data;
  } catch {
    // told below
  }
  throw unreadable(where, "the manifest is cut or no JSON");
}
