import { extname } from "node:path";
import { buffer } from "node:stream/consumers";
import type { Preview } from "@pave/contract";
import type { Ctx } from "../../db/context.ts";
import type { Artifacts } from "../artifacts/index.ts";
import type { StoredFile } from "./find-place.ts";
import { previewDelimited } from "./previews/delimited.ts";
import { previewMlModel } from "./previews/ml-model.ts";
import { previewNotebook } from "./previews/notebook.ts";
import { summarizeOnnx } from "./previews/onnx-summary.ts";
import { previewTableJson } from "./previews/table-json.ts";
import { decodeText, previewText } from "./previews/text.ts";
import { shownAs } from "./shown-headers.ts";

/** Of a text or a table only the beginning is read, however long it is. */
const headBytes = 256 * 1024;
/** What has to be read whole to be understood, by how much of it is worth the time that reading takes. */
const wholeBytes = { MLmodel: 256 * 1024, ".json": 4 * 2 ** 20, ".ipynb": 12 * 2 ** 20 } as const;

type Reads = Pick<Artifacts, "openBlob" | "readBlob">;

/** What can be shown of a file, from a bounded part of its bytes. A file that is not what its name says is shown as text. */
export async function previewFile(ctx: Ctx, artifacts: Reads, file: StoredFile): Promise<Preview> {
  const shown = shownAs(file.path);
  if (shown) return file.size === 0 ? empty : { kind: shown };
  const name = file.path.split("/").at(-1) ?? "";
  const ending = extname(name).toLowerCase();
  if (ending === ".parquet") return { kind: "none", reason: noParquet };
  if (file.size === 0) return empty;
  if (ending === ".onnx") {
    const summary = await summarizeOnnx(rangeReader(ctx, artifacts, file));
    return summary ? { kind: "onnx", summary } : { kind: "none", reason: noOnnx };
  }
  const whole = await wholeText(ctx, artifacts, file, name === "MLmodel" ? name : ending);
  if (whole !== undefined) {
    const preview =
      name === "MLmodel"
        ? previewMlModel(whole)
        : ending === ".ipynb"
          ? previewNotebook(whole)
          : previewTableJson(whole);
    if (preview) return preview;
  }
  const head = await readHead(ctx, artifacts, file, headBytes);
  const isCut = head.length < file.size;
  const text = decodeText(head, isCut);
  if (text === undefined) return { kind: "none", reason: "This is not text, and there is no preview for its kind." };
  if (ending === ".csv" || ending === ".tsv") return previewDelimited(text, ending === ".tsv" ? "\t" : ",", isCut);
  return previewText(text, name, isCut);
}

const empty = { kind: "none", reason: "The file is empty." } as const;
const noParquet = "Parquet is not read for a preview. Download it, or read it where the data is with DuckDB or pandas.";

const noOnnx = "This is no ONNX model, it is cut short, or there is more of it to read than a preview may.";

/** The text of what is read whole, where it is small enough. */
async function wholeText(ctx: Ctx, artifacts: Reads, file: StoredFile, kind: string): Promise<string | undefined> {
  const most = Object.hasOwn(wholeBytes, kind) ? wholeBytes[kind as keyof typeof wholeBytes] : 0;
  return file.size > most ? undefined : decodeText(await artifacts.readBlob(ctx, file.digest, most), false);
}

async function readHead(ctx: Ctx, artifacts: Reads, file: StoredFile, most: number): Promise<Buffer> {
  if (file.size <= most) return artifacts.readBlob(ctx, file.digest, most);
  return buffer(await artifacts.openBlob(ctx, file.digest, { range: { start: 0, end: most - 1 } }));
}

/** Reads parts of a file that may be many gigabytes. */
const rangeReader = (ctx: Ctx, artifacts: Reads, { digest, size }: StoredFile) => ({
  size,
  read: async (start: number, end: number) => buffer(await artifacts.openBlob(ctx, digest, { range: { start, end } })),
});
