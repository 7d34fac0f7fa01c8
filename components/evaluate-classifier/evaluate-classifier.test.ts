import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { type Params, readComponent } from "../lib/testing/component-folder.ts";
import { type ComponentRun, runComponent } from "../lib/testing/run-component.ts";
import { createTemporaryFiles } from "../lib/testing/temporary-files.ts";

const component = readComponent(import.meta.dirname);
const model = join(import.meta.dirname, "fixtures/model");
const test = join(import.meta.dirname, "fixtures/test.csv");
const expected = JSON.parse(readFileSync(join(import.meta.dirname, "fixtures/expected.json"), "utf8")).model;
const files = createTemporaryFiles();
afterAll(() => files.remove());

interface Report {
  readonly roc: readonly unknown[];
  readonly histogram: { readonly positives: readonly number[]; readonly negatives: readonly number[] };
  readonly confusion: { readonly [name: string]: number };
}

interface Given {
  readonly model?: string;
  readonly test?: string;
  readonly params?: Params;
}

function evaluate(given: Given): Promise<ComponentRun> {
  return runComponent(component, {
    inputs: { model: given.model ?? model, test: given.test ?? test },
    params: given.params ?? {},
  });
}

/** The fixture's model folder with one file changed, or removed where the change gives null. */
function changedModel(file: string, change: (content: string) => string | null): string {
  const folder = join(files.folder, `model-${file}-${Math.random()}`);
  cpSync(model, folder, { recursive: true });
  const content = change(readFileSync(join(folder, file), "latin1"));
  if (content === null) rmSync(join(folder, file));
  else writeFileSync(join(folder, file), content, "latin1");
  return folder;
}

function changedTest(change: (lines: string[]) => string[]): string {
  return files.write("test.csv", `${change(readFileSync(test, "utf8").trimEnd().split("\n")).join("\n")}\n`);
}

describe("evaluate-classifier", () => {
  it("gives the metrics that scikit-learn gives", async () => {
    using run = await evaluate({});
    expect(run.stderr).toBe("");
    const { roc_auc_low, roc_auc_high, ...metrics } = expected.metrics;
    const found = run.readJson("metrics") as Record<string, number>;
    expect(Object.keys(found)).toEqual(Object.keys(metrics));
    // Two builds of the ONNX runtime differ in the last bits of a float32.
    for (const [name, value] of Object.entries<number>(metrics)) expect(found[name], name).toBeCloseTo(value, 6);
    expect(run.metadata).toEqual({
      metrics: {
        rocAuc: {
          low: expect.closeTo(roc_auc_low, 6),
          high: expect.closeTo(roc_auc_high, 6),
          level: 0.95,
          method: "delong",
        },
      },
    });
  });

  it("reports curves, calibration, histogram, confusion matrix and slices", async () => {
    using run = await evaluate({});
    const report = run.readJson("report") as unknown as Report;
    const slices = Object.entries<{ rows: number; roc_auc: number }>(expected.slices)
      .toSorted(([, a], [, b]) => b.rows - a.rows)
      .map(([value, { rows, roc_auc }]) =>
        expect.objectContaining({ value, rows, rocAuc: expect.closeTo(roc_auc, 9) }),
      );
    expect(report).toMatchObject({
      kind: "binary-classification",
      target: "late",
      positive: "true",
      threshold: 0.5,
      slices: [{ column: "origin", values: slices }],
    });
    expect(report.roc[0]).toEqual({ threshold: null, falsePositiveRate: 0, truePositiveRate: 0 });
    expect(report.roc.at(-1)).toMatchObject({ falsePositiveRate: 1, truePositiveRate: 1 });
    expect(report.roc.length).toBeLessThanOrEqual(200);
    const { positives, negatives } = report.histogram;
    expect([...positives, ...negatives].reduce((sum, rows) => sum + rows)).toBe(500);
    const { truePositives, falsePositives, trueNegatives, falseNegatives } = report.confusion;
    expect([truePositives, falsePositives, trueNegatives, falseNegatives]).toEqual([139, 26, 259, 76]);
  });

  it("cuts a column with many numbers at its quartiles when asked for slices of it", async () => {
    using run = await evaluate({ params: { slices: ["distance", "origin"], threshold: 0.3 } });
    const report = run.readJson("report") as {
      slices: { column: string; values: { value: string; rows: number }[] }[];
    };
    expect(report.slices.map(({ column, values }) => [column, values.length])).toEqual([
      ["distance", 4],
      ["origin", 4],
    ]);
    expect(report.slices[0]?.values.every(({ rows }) => rows === 125)).toBe(true);
  });

  it("takes 0 and 1 for the classes of a model that names none", async () => {
    const plain = changedModel("MLmodel", (text) => text.replace(/^metadata: .*$/m, "metadata: {}"));
    using run = await evaluate({ model: plain, params: { target: "late" } });
    expect(run.readJson("metrics")).toMatchObject({ roc_auc: expect.closeTo(expected.metrics.roc_auc, 9) });
  });

  it.each<Given & { title: string; message: string | RegExp }>([
    {
      title: "a test table without the target",
      params: { target: "delayed" },
      message:
        "input test (the target): expected a column `delayed`, found origin, hour, distance, wind, late; name one of these columns",
    },
    {
      title: "a target with one class only",
      test: changedTest((lines) => lines.filter((line, i) => i === 0 || line.endsWith("True"))),
      message:
        "input test column late: expected both classes, false and true, found only true; use a test table with both, for example a larger share",
    },
  ])("refuses $title", async ({ message, ...given }) => {
    using run = await evaluate(given);
    expect(run.stderr).toBe(`error: ${message}\n`);
    expect(run.exitCode).toBe(1);
  });

  it.each<{ title: string; change: (lines: string[]) => string[]; message: string }>([
    {
      title: "a target with a value that the model does not know",
      change: (lines) => lines.map((line) => line.replace(/True$/, "perhaps")),
      message:
        "input test column late: expected the classes that the model knows, false and true, found `False`; test the model on the target it was trained for",
    },
    {
      title: "rows without a target",
      change: (lines) => [...lines, "ORD,1,5,6,"],
      message:
        "input test column late: expected a value in every row of the target, found 1 row without one; leave those rows out before the split",
    },
    {
      title: "a table without a column of the signature",
      change: (lines) => lines.map((line) => line.replace("wind", "wnd")),
      message:
        "input test (the model's signature): expected a column `wind`, found origin, hour, distance, wnd, late; did you mean `wnd`?",
    },
    {
      title: "texts where the model takes numbers",
      change: (lines) => lines.map((line, i) => (i === 5 ? line.replace(/^(.*?),(.*?),/, "$1,noon,") : line)),
      message:
        "input test column hour: expected numbers, as the model's signature says (long), found strings; test the model on columns of the types it was trained on",
    },
    {
      title: "a whole number that is missing",
      change: (lines) => [...lines, "ORD,,5,6,True"],
      message:
        "input test column hour: expected a value in every row that fits the model's int64, found 1 row without one; train the model on a float input, or leave those rows out before the split",
    },
  ])("refuses $title", async ({ change, message }) => {
    using run = await evaluate({ test: changedTest(change) });
    expect(run.stderr).toBe(`error: ${message}\n`);
    expect(run.exitCode).toBe(1);
  });

  it.each<{ title: string; file: string; change: (content: string) => string | null; message: RegExp }>([
    {
      title: "a corrupt model",
      file: "model.onnx",
      change: (bytes) => bytes.slice(0, bytes.length / 2),
      message:
        /^input model model\.onnx: expected an ONNX model, found .*; export it again and check it with onnx\.checker$/,
    },
    {
      title: "something else under the name of a model",
      file: "model.onnx",
      change: () => "not a model",
      message: /^input model model\.onnx: expected an ONNX model, found .*; export it again/,
    },
    {
      title: "a folder without MLmodel",
      file: "MLmodel",
      change: () => null,
      message: /^input model: expected an MLflow model folder with a file `MLmodel`, found a folder without one; /,
    },
    {
      title: "MLmodel that is no YAML",
      file: "MLmodel",
      change: () => "flavors: [",
      message: /^input model MLmodel: expected YAML, found /,
    },
    {
      title: "a model of another flavor",
      file: "MLmodel",
      change: () => "flavors: { sklearn: { pickled_model: model.pkl } }",
      message:
        /^input model MLmodel: expected the flavor onnx with its file, found the flavors sklearn; export the model to ONNX/,
    },
    {
      title: "a model without its file",
      file: "model.onnx",
      change: () => null,
      message: /^input model MLmodel: expected the file model\.onnx in the model's folder, found no such file/,
    },
    {
      title: "a path that leaves the folder",
      file: "MLmodel",
      change: (text) => text.replaceAll("model.onnx", "../test.csv"),
      message: /^input model MLmodel: expected the file \.\.\/test\.csv in the model's folder, found no such file/,
    },
    {
      title: "a model without a signature",
      file: "MLmodel",
      change: (text) => text.replace(/^signature:[\s\S]*/m, ""),
      message: /^input model MLmodel: expected a signature whose inputs name their columns, found no signature; /,
    },
    {
      title: "a signature that lacks an input",
      file: "MLmodel",
      change: (text) => text.replace('\\"wind\\"', '\\"hour\\"'),
      message:
        /^input model: expected a signature that names every ONNX input, found the ONNX input `wind`, which it does not name; /,
    },
    {
      title: "a regressor",
      file: "MLmodel",
      change: (text) => text.replace('"classification"', '"regression"'),
      message: /^input model MLmodel: expected a model with `task: classification`, found `task: regression`; /,
    },
    {
      title: "three classes",
      file: "MLmodel",
      change: (text) => text.replace("[false, true]", "[0, 1, 2]"),
      message:
        /^input model MLmodel: expected two classes, one of them the positive one, in metadata\.pave, found classes 0, 1, 2 and positive true; /,
    },
  ])("refuses $title", async ({ file, change, message }) => {
    using run = await evaluate({ model: changedModel(file, change) });
    expect(run.stderr).toMatch(/^error: .*\n$/);
    expect(run.stderr.slice("error: ".length, -1)).toMatch(message);
    expect(run.exitCode).toBe(1);
  });
});
