import type { NotebookCell, Preview } from "@pave/contract";
import { z } from "zod";
import { cutText } from "./text.ts";

const mostCells = 400;
const longestText = 60_000;
const mostImageBytes = 6 * 2 ** 20;

const textSchema = z.union([z.string(), z.array(z.string()).transform((lines) => lines.join(""))]);
const outputSchema = z.object({
  output_type: z.string(),
  text: textSchema.optional(),
  data: z.record(z.string(), z.unknown()).optional(),
  ename: z.string().optional(),
  evalue: z.string().optional(),
  traceback: z.array(z.string()).optional(),
});
const notebookSchema = z.object({
  nbformat: z.number().min(4),
  metadata: z.object({ kernelspec: z.object({ language: z.string() }).optional() }).optional(),
  cells: z.array(
    z.object({
      cell_type: z.enum(["markdown", "code", "raw"]),
      source: textSchema,
      execution_count: z.number().nullish(),
      outputs: z.array(outputSchema).optional(),
    }),
  ),
});
type Output = NotebookCell["outputs"][number];

/**
 * A notebook as text and pictures. HTML, JavaScript and widgets of its outputs are never passed on: where such an output
 * has a text or a picture beside, as nearly all have, that is shown instead. Undefined where it is no notebook.
 */
export function previewNotebook(text: string): Preview | undefined {
  const result = notebookSchema.safeParse(parsed(text));
  if (!result.success) return undefined;
  const { cells, metadata } = result.data;
  let imageBytes = 0;
  const withinLimit = (output: Output): Output => {
    if (output.kind !== "image") return output;
    imageBytes += output.url.length;
    return imageBytes > mostImageBytes ? { kind: "hidden", type: "a picture beyond the limit" } : output;
  };
  return {
    kind: "notebook",
    language: metadata?.kernelspec?.language ?? "python",
    isCut: cells.length > mostCells,
    cells: cells.slice(0, mostCells).map((cell) => ({
      kind: cell.cell_type,
      source: cutText(cell.source, longestText),
      count: cell.execution_count ?? null,
      outputs: (cell.outputs ?? []).slice(0, 50).map((output) => withinLimit(outputOf(output))),
    })),
  };
}

function outputOf(output: z.output<typeof outputSchema>): Output {
  if (output.output_type === "error") {
    const trace = output.traceback?.join("\n") ?? `${output.ename ?? "Error"}: ${output.evalue ?? ""}`;
    return { kind: "error", text: cutText(withoutColours(trace), longestText) };
  }
  if (output.text !== undefined) return { kind: "text", text: cutText(withoutColours(output.text), longestText) };
  const data = output.data ?? {};
  for (const type of ["image/png", "image/jpeg", "image/gif", "image/webp"]) {
    const base64 = textSchema.safeParse(data[type]).data?.replace(/\s/g, "");
    if (base64 && /^[A-Za-z0-9+/]+={0,2}$/.test(base64)) return { kind: "image", url: `data:${type};base64,${base64}` };
  }
  const plain = textSchema.safeParse(data["text/plain"]).data;
  if (plain !== undefined) return { kind: "text", text: cutText(withoutColours(plain), longestText) };
  return { kind: "hidden", type: cutText(Object.keys(data)[0] ?? output.output_type, 100) };
}

/** Tracebacks of IPython are written for a terminal. */
const withoutColours = (text: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  text.replace(/\u001b\[[0-9;]*[A-Za-z]/g, "");

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
