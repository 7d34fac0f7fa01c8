import { z } from "zod";
import { signatureColumnSchema } from "./models.ts";

/** Whose files: a tracked run (32 hex digits), a logged model (`m-` and 32), or an artifact, such as a version's. */
export const filePlaceSchema = z
  .string()
  .regex(
    /^((m-)?[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$/,
    "must be the id of a tracked run, of a logged model or of an artifact",
  );

export const folderEntrySchema = z.object({
  name: z.string(),
  isFolder: z.boolean(),
  /** Of a file; null for a folder. */
  size: z.number().nullable(),
});
export type FolderItem = z.infer<typeof folderEntrySchema>;

/** What lies in a folder, folders first, and how many there are if not all are listed. */
export const folderSchema = z.object({ items: z.array(folderEntrySchema), total: z.number() });

const cellOutputSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("text"), text: z.string() }),
  z.object({ kind: z.literal("error"), text: z.string() }),
  /** As a data URL, of a kind in which nothing runs. */
  z.object({ kind: z.literal("image"), url: z.string() }),
  /** What would have to run, or is of a kind that is not shown. */
  z.object({ kind: z.literal("hidden"), type: z.string() }),
]);
export const notebookCellSchema = z.object({
  kind: z.enum(["markdown", "code", "raw"]),
  source: z.string(),
  /** In which order it ran last; null where it did not. */
  count: z.number().nullable(),
  outputs: z.array(cellOutputSchema),
});
export type NotebookCell = z.infer<typeof notebookCellSchema>;

const tensorSchema = z.object({ name: z.string(), type: z.string(), shape: z.array(z.string()).nullable() });
/** What an ONNX file says of its graph; weights are not read. */
export const onnxSummarySchema = z.object({
  irVersion: z.number().nullable(),
  producer: z.string(),
  graph: z.string(),
  opsets: z.array(z.object({ domain: z.string(), version: z.number() })),
  inputs: z.array(tensorSchema),
  outputs: z.array(tensorSchema),
  nodes: z.number(),
  /** Most frequent first. */
  operators: z.array(z.object({ type: z.string(), count: z.number() })),
  initializers: z.object({ count: z.number(), bytes: z.number() }),
  metadata: z.record(z.string(), z.string()),
});
export type OnnxSummary = z.infer<typeof onnxSummarySchema>;

/** What can be shown of a file without running anything of it; the whole is downloaded. */
export const previewSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("text"), text: z.string(), isMarkdown: z.boolean(), isCut: z.boolean() }),
  z.object({
    kind: z.literal("table"),
    columns: z.array(z.string()),
    rows: z.array(z.array(z.string().nullable())),
    /** There are more rows, columns or characters than are shown. */
    isCut: z.boolean(),
    /** Null where the file was not read to its end. */
    totalRows: z.number().nullable(),
  }),
  /** Shown as a picture from its own address: nothing in it runs there. */
  z.object({ kind: z.literal("image") }),
  /** Shown in a frame that has no rights: see `getFile`. */
  z.object({ kind: z.literal("page") }),
  z.object({
    kind: z.literal("notebook"),
    cells: z.array(notebookCellSchema),
    language: z.string(),
    isCut: z.boolean(),
  }),
  z.object({ kind: z.literal("onnx"), summary: onnxSummarySchema }),
  z.object({
    kind: z.literal("model"),
    flavors: z.array(z.string()),
    inputs: z.array(signatureColumnSchema),
    outputs: z.array(signatureColumnSchema),
    text: z.string(),
  }),
  /** Why it is not shown. */
  z.object({ kind: z.literal("none"), reason: z.string() }),
]);
export const filePreviewSchema = z.object({ path: z.string(), size: z.number(), preview: previewSchema });
export type FilePreview = z.infer<typeof filePreviewSchema>;
export type Preview = FilePreview["preview"];
