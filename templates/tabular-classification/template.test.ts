import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { componentSpecSchema, expectationsSchema, projectSpecSchema } from "@pave/contract";
import { describe, expect, test } from "vitest";
import { parse, parseDocument } from "yaml";
import { type Answers, renderTemplate } from "../../packages/server/src/modules/projects/templates/render-template.ts";

const template = fileURLToPath(new URL(".", import.meta.url));
const example = fileURLToPath(new URL("../../examples/flight-delays/", import.meta.url));

const small: Answers = { name: "churn", owner: "team-growth", target: "left us", positive: "yes" };
const awkward: Answers = {
  name: "awkward",
  title: 'He said "no": #1, {really}\nand [[ more ]]',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the other tools' tags must survive
  description: "100 % — “quoted” ${{ vars.x }} {{ y }} [% if %]",
  owner: "team-a",
  data: "data/my table.csv",
  target: 'is "late", yes: no',
  positive: 1,
  splitBy: "null",
  exclude: ["a, b", "true", "- c", "null"],
  columns: [
    { name: "a, b", type: "string", missing: 0.29, values: ["x"] },
    { name: "123", type: "integer", missing: 0, min: 0, max: 9 },
    { name: 'is "late", yes: no', type: "integer", missing: 0, min: 0, max: 1, values: [0, 1] },
    { name: "when", type: "timestamp", missing: 0, min: "2001-01-01", max: "2001-02-01" },
    { name: "blob", type: "other", missing: 0 },
  ],
};

describe("the template tabular-classification", () => {
  test.each([
    ["few answers", async () => small],
    ["answers full of quotes and tags", async () => awkward],
    ["the flights sample", flights],
  ])("renders %s to the same bytes twice, with nothing left of the tags", async (_, answers) => {
    const first = await renderTemplate(template, await answers());
    expect(await renderTemplate(template, await answers())).toEqual(first);
    expect([...first.keys()]).toEqual(paths);

    for (const [path, file] of first) {
      const text = file.content.toString();
      if (/\.(ya?ml|json|ipynb)$/.test(path))
        expect({ path, errors: parseDocument(text).errors }).toEqual({ path, errors: [] });
      expect(text.endsWith("\n"), `${path} ends with a line end`).toBe(true);
      expect(file.executable).toBe(false);
    }
  });

  test("leaves no tag in any file", async () => {
    const files = [...(await renderTemplate(template, small)), ...(await renderTemplate(template, await flights()))];
    const left = files.filter(([, file]) => /\[[[%#]/.test(file.content.toString())).map(([path]) => path);
    expect(left).toEqual([]);
  });

  test("writes a spec that says what was answered", async () => {
    const spec = parse(await read(await flights(), "pave.yaml"));
    expect(spec.pipelines.train.steps.train.with).toEqual({
      target: "late",
      positive: "true",
      exclude: ["date"],
      // biome-ignore lint/suspicious/noTemplateCurlyInString: a reference of the spec, not of TypeScript
      maxIterations: "${{ vars.maxIterations }}",
    });
    expect(spec.pipelines.train.steps.split.with).toEqual({ by: "date", test: 0.2, target: "late" });
    expect(spec.vars).toEqual({ maxIterations: 40 });
    expect(spec.serve).toEqual({
      late: { kind: "online", model: "flight-delays", rollout: { every: "3s", minRequests: 50 } },
    });
    expect(spec.gates.map((gate: { check: string }) => gate.check)).toEqual([
      "metrics.roc_auc >= 0.62",
      "metrics.roc_auc >= champion.metrics.roc_auc - 0.005",
    ]);
  });

  test.each([
    ["few answers", async () => small],
    ["answers full of quotes and tags", async () => awkward],
    ["the flights sample", flights],
  ])("writes files that fit their schemas from %s", async (_, answers) => {
    const files = await renderTemplate(template, await answers());
    const problems = Object.entries(schemas).map(([path, schema]) => {
      const result = schema.safeParse(parse(files.get(path)?.content.toString() ?? ""));
      return [path, result.error?.issues ?? []];
    });
    expect(Object.fromEntries(problems)).toEqual({
      "pave.yaml": [],
      "steps/train/component.yaml": [],
      "expectations.yaml": [],
    });
  });

  test("keeps awkward names what they are in YAML, SQL and JSON", async () => {
    const spec = parse(await read(awkward, "pave.yaml"));
    expect(spec.title).toBe(awkward.title);
    expect(spec.description).toBe(awkward.description);
    expect(spec.pipelines.train.steps.train.with.target).toBe(awkward.target);
    expect(spec.pipelines.train.steps.train.with.exclude).toEqual(["a, b", "true", "- c", "null"]);
    expect(spec.pipelines.train.steps.split.with.by).toBe("null");
    expect(await read(awkward, "sql/features.sql")).toContain('WHERE "is ""late"", yes: no" IS NOT NULL');
  });

  test("the notebook reads numbers as the pipeline does", async () => {
    const table = { ...small, data: "data/a.csv" };
    const path = "notebooks/explore.ipynb";
    expect(await read({ ...table, decimalComma: true }, path)).toContain("decimal_separator = ','");
    expect(await read(table, path)).not.toContain("decimal_separator");
  });

  test("expects of the columns what the profile saw, with some room", async () => {
    expect(parse(await read(awkward, "expectations.yaml"))).toEqual({
      rows: { min: 100 },
      columns: {
        'is "late", yes: no': { maxMissing: 0 },
        "a, b": { type: "string", maxMissing: 0.45 },
        "123": { type: "integer", maxMissing: 0.01, min: 0 },
        when: { type: "timestamp", maxMissing: 0.01 },
      },
    });
  });

  test("names every answer that is wrong in one message", async () => {
    const wrong = { ...small, name: "Churn", maxIterations: "many", tier: "gold", spiltBy: "date", owner: undefined };
    await expect(renderTemplate(template, wrong)).rejects.toThrow(
      /spiltBy: expected one of [\s\S]*answer name: expected text that matches[\s\S]*answer owner: expected a string, found nothing[\s\S]*answer tier: expected one of experimental[\s\S]*answer maxIterations: expected an integer, found "many"/,
    );
  });

  test("refuses before there is a project what its training code would refuse", async () => {
    const { needs } = parse(await readFile(`${template}template.yaml`, "utf8"));
    const code = await read(small, "steps/train/table.py");
    const spec = parse(await read(small, "pave.yaml"));
    expect(needs).toEqual({
      classes: 2,
      trainingRows: Number(/^MINIMUM_ROWS = (\d+)$/m.exec(code)?.[1]),
      rowsOfAClass: Number(/^MINIMUM_ROWS_OF_A_CLASS = (\d+)$/m.exec(code)?.[1]),
      testShare: spec.pipelines.train.steps.split.with.test,
      reservedNames: [...(/^OUTPUTS = \((.*)\)$/m.exec(code)?.[1]?.matchAll(/"(\w+)"/g) ?? [])].map(([, name]) => name),
    });
  });

  test("locks every package with a hash and names no index", async () => {
    const lock = await read(small, "requirements.lock");
    const packages = lock.split(/\n(?=\S)/).filter((entry) => entry.trim() !== "");
    expect(packages.length).toBeGreaterThan(10);
    for (const entry of packages)
      expect(entry).toMatch(/^[a-z0-9-]+==\S+( ; [^\\]+)? \\\n {4}--hash=sha256:[0-9a-f]{64}/);
    expect(lock).not.toMatch(/https?:|--index|--find-links/);
  });
});

const schemas = {
  "pave.yaml": projectSpecSchema,
  "steps/train/component.yaml": componentSpecSchema,
  "expectations.yaml": expectationsSchema,
};

const paths = [
  ".devcontainer/devcontainer.json",
  ".gitattributes",
  ".github/workflows/pave.yml",
  ".gitignore",
  ".gitlab-ci.yml",
  "README.md",
  "expectations.yaml",
  "model-card.md",
  "notebooks/explore.ipynb",
  "pave.yaml",
  "pyproject.toml",
  "requirements.lock",
  "sql/features.sql",
  "steps/train/classifier.py",
  "steps/train/component.yaml",
  "steps/train/mlflow_model.py",
  "steps/train/onnx_columns.py",
  "steps/train/onnx_export.py",
  "steps/train/problem.py",
  "steps/train/table.py",
  "steps/train/train.py",
  "tests/test_train.py",
];

async function flights(): Promise<Answers> {
  const [answers, sql] = await Promise.all([
    readFile(`${example}answers.yaml`, "utf8"),
    readFile(`${example}features.sql`, "utf8"),
  ]);
  return { ...parse(answers), sql };
}

async function read(answers: Answers, path: string): Promise<string> {
  return (await renderTemplate(template, answers)).get(path)?.content.toString() ?? "";
}
