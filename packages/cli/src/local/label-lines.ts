import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { CliError } from "../command.ts";

const names: Readonly<Record<string, string>> = {
  predictionid: "predictionId",
  prediction_id: "predictionId",
  row: "row",
  value: "value",
  at: "at",
};

/** The labels of a file as JSON lines: as they are, or made from a CSV with a header. Never holds more than a line. */
export function labelLines(path: string, onBytes: (bytes: number) => void): ReadableStream<Uint8Array> {
  const source = createReadStream(path).on("data", (chunk) => onBytes(chunk.length));
  const lines = /\.(csv|tsv)$/i.test(path) ? fromTable(source, path) : fromBytes(source);
  const iterator = lines[Symbol.asyncIterator]();
  return new ReadableStream({
    async pull(controller) {
      const next = await iterator.next();
      if (next.done) controller.close();
      else controller.enqueue(next.value);
    },
    cancel: () => void source.destroy(),
  });
}

async function* fromBytes(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const chunk of source) yield new Uint8Array(chunk);
}

async function* fromTable(source: NodeJS.ReadableStream, path: string): AsyncGenerator<Uint8Array> {
  const separator = path.toLowerCase().endsWith(".tsv") ? "\t" : ",";
  let header: readonly string[] | undefined;
  let text = "";
  for await (const line of createInterface({ input: source, crlfDelay: Number.POSITIVE_INFINITY })) {
    if (line.trim() === "") {
      // the server counts lines: one for each, so that its places are those of the file
      text += "\n";
      continue;
    }
    const cells = cellsOf(line, separator);
    if (!header) {
      header = headerOf(cells, path);
      text += "\n";
      continue;
    }
    text += `${JSON.stringify(labelOf(header, cells))}\n`;
    if (text.length < 65_536) continue;
    yield new TextEncoder().encode(text);
    text = "";
  }
  if (text !== "") yield new TextEncoder().encode(text);
}

function headerOf(cells: readonly string[], path: string): readonly string[] {
  const header = cells.map(
    (cell) =>
      names[
        cell
          .trim()
          .replace(/^\ufeff/, "")
          .toLowerCase()
      ] ?? cell,
  );
  const isComplete = header.includes("predictionId") && header.includes("value");
  const unknown = header.find((name) => !Object.values(names).includes(name));
  if (isComplete && unknown === undefined) return header;
  throw new CliError(
    `${path}: expected the columns predictionId, value and maybe row and at, found ${cells.join(", ").slice(0, 200)}`,
    { fix: "Name the columns in the first line of the file, and leave others out." },
  );
}

function labelOf(header: readonly string[], cells: readonly string[]): Record<string, unknown> {
  const label: Record<string, unknown> = {};
  for (const [index, name] of header.entries()) {
    const cell = cells[index]?.trim() ?? "";
    if (cell !== "" || name === "predictionId" || name === "value") label[name] = name === "row" ? Number(cell) : cell;
  }
  return label;
}

/** Cells of one line; those with the separator in them stand in quotes. */
function cellsOf(line: string, separator: string): string[] {
  const cells: string[] = [];
  let cell = "";
  let isQuoted = false;
  for (let at = 0; at < line.length; at += 1) {
    const letter = line[at] ?? "";
    if (isQuoted && letter === '"' && line[at + 1] === '"') {
      cell += '"';
      at += 1;
    } else if (letter === '"') isQuoted = !isQuoted;
    else if (letter === separator && !isQuoted) {
      cells.push(cell);
      cell = "";
    } else cell += letter;
  }
  return [...cells, cell];
}
