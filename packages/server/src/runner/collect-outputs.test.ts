import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { collectOutputs } from "./collect-outputs.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "pave-outputs-"));
});
afterEach(() => rm(folder, { recursive: true }));

const port = (type: "dataset" | "model" | "metrics" | "report", format: string | null = null, required = true) => ({
  type,
  format,
  required,
});

/** Writes the files, then collects them as if the supervisor had listed them. */
async function collect(
  ports: Parameters<typeof collectOutputs>[1],
  contents: Record<string, string>,
  problems: string[] = [],
) {
  const files = [];
  for (const [path, text] of Object.entries(contents)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
    files.push({ path, size: text.length, executable: false });
  }
  return collectOutputs("train", ports, folder, { files, problems });
}

describe("collectOutputs", () => {
  it("takes a file or a folder per port, with metadata and metrics", async () => {
    const ports = {
      table: port("dataset", "parquet"),
      model: port("model", "onnx"),
      metrics: port("metrics"),
      extra: port("dataset", null, false),
    };
    const found = await collect(ports, {
      "table.parquet": "PAR1",
      "model/MLmodel": "flavors",
      "model/data/model.onnx": "onnx",
      "metrics.json": '{"auc": 0.5}',
      "metadata.json": '{"table": {"rows": 3}}',
      "report/report.json": "{}",
      "scratch.tmp": "x",
    });
    expect(found).toMatchObject({
      metrics: { auc: 0.5 },
      ignored: ["scratch.tmp"],
      outputs: [
        {
          port: "table",
          type: "dataset",
          format: "parquet",
          metadata: { rows: 3 },
          files: [{ path: "table.parquet", source: join(folder, "table.parquet") }],
        },
        {
          port: "model",
          type: "model",
          format: "onnx",
          files: [{ path: "MLmodel" }, { path: "data/model.onnx", source: join(folder, "model/data/model.onnx") }],
        },
        { port: "metrics", type: "metrics", format: "json", files: [{ path: "metrics.json" }] },
        { port: "report", type: "report", files: [{ path: "report.json" }] },
      ],
    });
  });

  it("tells the metrics of several ports apart", async () => {
    const found = await collect(
      { train: port("metrics"), test: port("metrics") },
      { "train.json": '{"auc": 1}', "test.json": '{"auc": 0.5}' },
    );
    expect(found.metrics).toEqual({ "train.auc": 1, "test.auc": 0.5 });
  });

  it.each([
    [
      "nothing",
      { model: port("model", "onnx") },
      {},
      "step train wrote no output `model`: expected $PAVE_OUTPUT/model/ or model.onnx, found nothing",
    ],
    [
      "another name",
      { model: port("model") },
      { "modle/MLmodel": "", "a.txt": "" },
      "expected $PAVE_OUTPUT/model/ or model.<ext>, found modle/, a.txt",
    ],
    [
      "two of them",
      { model: port("model") },
      { "model.onnx": "", "model/MLmodel": "" },
      "step train wrote output `model` 2 times (model.onnx, model/); keep one",
    ],
    [
      "another format",
      { table: port("dataset", "parquet") },
      { "table.csv": "" },
      "output `table`: expected format parquet, found table.csv",
    ],
    [
      "metrics that are a list",
      { metrics: port("metrics") },
      { "metrics.json": "[1]" },
      "output `metrics`: expected one JSON object of names to numbers, found an array",
    ],
    [
      "a metric that is text",
      { metrics: port("metrics") },
      { "metrics.json": '{"auc": "high"}' },
      'expected a finite number for `auc`, found "high"',
    ],
    [
      "a metric that is NaN",
      { metrics: port("metrics") },
      { "metrics.json": '{"auc": NaN}' },
      "metrics.json: expected JSON, found NaN, which JSON does not know",
    ],
    [
      "a metric out of range",
      { metrics: port("metrics") },
      { "metrics.json": '{"auc": 1e999}' },
      "expected a finite number for `auc`",
    ],
    [
      "metrics in a folder",
      { metrics: port("metrics") },
      { "metrics/a.json": "{}" },
      "output `metrics`: expected the file $PAVE_OUTPUT/metrics.json",
    ],
    [
      "metadata that is flat",
      { model: port("model") },
      { "model.onnx": "", "metadata.json": '{"rows": 1}' },
      "metadata.json: expected an object with one object per output",
    ],
  ])("refuses %s", async (_, ports, contents, message) => {
    await expect(collect(ports, contents)).rejects.toThrow(message);
  });

  it("refuses what the supervisor found", async () => {
    const problems = ["model/x: is a symbolic link"];
    await expect(collect({ model: port("model") }, { "model/MLmodel": "" }, problems)).rejects.toThrow(
      "step train left outputs that cannot be kept: model/x: is a symbolic link; write plain files and folders",
    );
  });
});
