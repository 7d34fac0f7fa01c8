import { rm, symlink } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { startPlatform, type TestPlatform } from "./support/platform.ts";
import { said } from "./support/said.ts";
import { type TinyProject, tinyProject } from "./support/tiny-project.ts";

/** What a person reads who gets a project wrong: pave.yaml, its files, its data, its locks. */
let platform: TestPlatform;
let project: TinyProject;
beforeAll(async () => {
  platform = await startPlatform();
  project = await tinyProject(platform, "tiny");
});
afterAll(() => platform?.remove());
beforeEach(() => project.reset());

const spec = "pave.yaml";
const validate = async () => said(await project.pave(["validate"]));
const run = async () => said(await project.pave(["run"]), { [project.folder]: "<folder>" });

test("an unknown key", async () => {
  await project.edit(spec, "owner: platform", "owner: platform\ntierr: internal");
  expect(await validate()).toMatchInlineSnapshot(`
    "exit 1
    ✖ 1 problem
      pave.yaml:5:1  unknown key \`tierr\`; did you mean \`tier\`?
          use one of apiVersion, kind, name, title, description, owner, tier, python, vars, resources, pipelines, models, gates, serve, monitor, or remove it"
  `);
  expect(await run()).toMatchInlineSnapshot(`
    "exit 2
    error pave.yaml cannot be read
      pave.yaml:5:1  unknown key \`tierr\`; did you mean \`tier\`?
          use one of apiVersion, kind, name, title, description, owner, tier, python, vars, resources, pipelines, models, gates, serve, monitor, or remove it
      Nothing was started."
  `);
});

test("a wrong type", async () => {
  await project.edit(spec, "uses: ./steps/make", "uses: 7");
  expect(await validate()).toMatchInlineSnapshot(`
    "exit 1
    ✖ 1 problem
      pave.yaml:9:15  \`pipelines.train.steps.make.uses\`: expected a text, found the number 7
          change it to a text"
  `);
});

test("YAML that cannot be read", async () => {
  await project.edit(spec, "owner: platform", "owner: [platform");
  expect(await validate()).toMatchInlineSnapshot(`
    "exit 1
    ✖ 1 problem
      pave.yaml:5:1  not valid YAML: flow sequence in block collection must be sufficiently indented and end with a ]
          close every bracket, and indent the lines of one map alike"
  `);
});

test("a link that leads out of the project, and a spec that is too large", async () => {
  await symlink("/etc/passwd", join(project.folder, "extra.csv"));
  for (const command of ["push", "validate", "run"])
    expect(said(await project.pave([command])), command).toMatch(
      /^exit 2\nerror extra\.csv is a link to \/etc\/passwd, outside of the project\n {2}Put the file itself there/,
    );
  await rm(join(project.folder, "extra.csv"));
  await project.put(spec, "a: 1\n".repeat(200_000));
  expect(said(await project.pave(["validate"]), { [project.folder]: "<folder>" })).toMatchInlineSnapshot(`
    "exit 2
    error <folder>/pave.yaml: the file has more than 524288 bytes
      Make it smaller."
  `);
});

test("a cycle", async () => {
  await project.edit(spec, "inputs: { table: make.table }", "inputs: { table: make.table }\n        needs: [evaluate]");
  expect(await validate()).toMatchInlineSnapshot(`
    "exit 1
    ✖ 1 problem
      pave.yaml:11:7  the steps of pipeline \`train\` wait for each other in a circle: train → evaluate → train
          remove one of these connections"
  `);
});

test("a port of the wrong type", async () => {
  await project.edit(spec, "model: train.model", "model: make.table");
  expect(await validate()).toMatchInlineSnapshot(`
    "exit 1
    ✖ 2 problems
      pave.yaml:17:26  \`make.table\` does not fit input \`model\`: expected the type model, found dataset
          connect an output of that type, or put a step between that converts it
      pave.yaml:19:48  step \`evaluate\` does not evaluate \`train.train.model\`: none of its inputs is that model
          connect one of its inputs to \`train.model\`"
  `);
});

test("a port of the wrong format", async () => {
  await project.edit(
    "steps/train/component.yaml",
    "table: { type: dataset, format: csv }",
    "table: { type: dataset, format: parquet }",
  );
  expect(await validate()).toMatchInlineSnapshot(`
    "exit 1
    ✖ 1 problem
      pave.yaml:13:26  \`make.table\` does not fit input \`table\`: expected the format parquet, found csv
          connect an output of that type, or put a step between that converts it"
  `);
});

test("a param of the wrong type", async () => {
  await project.edit(spec, "depth: 6", "depth: six");
  expect(await validate()).toMatchInlineSnapshot(`
    "exit 1
    ✖ 1 problem
      pave.yaml:14:24  param \`depth\`: expected a whole number, found the text "six"
          change the value"
  `);
});

test("a missing input file", async () => {
  await project.remove("data/flights.csv");
  expect(await validate()).toMatchInlineSnapshot(`
    "exit 1
    ✖ 1 problem
      pave.yaml:10:25  there is no file \`data/flights.csv\` in the project
          check the path, and that the file is not ignored by git"
  `);
  expect(await run()).toMatchInlineSnapshot(`
    "exit 2
    error pave.yaml:10:25: there is no file \`data/flights.csv\` in the project
      check the path, and that the file is not ignored by git"
  `);
});

test("a gate that names an unknown metric, one that does not type-check, one that is no expression", async () => {
  await project.edit(spec, "metrics.roc_auc >= 0.6", "metrics.roc_acu >= 0.6");
  expect(await validate()).toMatchInlineSnapshot(`
    "exit 0
    ✔ tiny is valid"
  `);
  await project.edit(spec, "metrics.roc_acu >= 0.6", "metrics.roc_auc + 1");
  expect(await validate()).toMatchInlineSnapshot(`
    "exit 1
    ✖ 1 problem
      pave.yaml:21:14  \`metrics.roc_auc + 1\` is a number, expected a condition that is true or false
          Compare it with something, for example \`>= 0.8\`."
  `);
  await project.edit(spec, "metrics.roc_auc + 1", "metrics.roc_auc >=");
  expect(await validate()).toMatchInlineSnapshot(`
    "exit 1
    ✖ 1 problem
      pave.yaml:21:14  \`metrics.roc_auc >=\` is not a CEL expression: \`>\` makes no sense there (character 17)
          Write a condition, for example \`metrics.roc_auc >= 0.8\`."
  `);
});

test("a pave.lock that does not match", async () => {
  await project.edit(spec, "uses: ./steps/make", "uses: pave/ingest-table@1");
  await project.edit("steps/train/component.yaml", "format: csv", "format: parquet");
  expect(said(await project.pave(["lock"]))).toMatchInlineSnapshot(`
    "exit 0
    ✔ Wrote pave.lock. Commit it with the rest of the project."
  `);
  expect(await validate()).toMatchInlineSnapshot(`
    "exit 0
    ✔ tiny is valid"
  `);
  await project.put("pave.lock", "apiVersion: pave/v1\nkind: lock\ncomponents: {}\n");
  expect(await validate()).toMatchInlineSnapshot(`
    "exit 1
    ✖ 1 problem
      pave.lock:3:1  \`pave/ingest-table@1\` is used by pave.yaml and not pinned in pave.lock
          run \`pave lock\`"
  `);
  expect(said(await project.pave(["lock"]))).toMatchInlineSnapshot(`
    "exit 0
    ✔ Wrote pave.lock. Commit it with the rest of the project."
  `);
  expect(await validate()).toMatchInlineSnapshot(`
    "exit 0
    ✔ tiny is valid"
  `);
});

test("a Python lock that does not match pyproject.toml", async () => {
  await project.edit(
    spec,
    "owner: platform",
    'owner: platform\npython: { requires: ">=3.11", lock: requirements.lock }',
  );
  await project.put("pyproject.toml", '[project]\nname = "tiny"\ndependencies = ["numpy>=2", "pandas"]\n');
  await project.put("requirements.lock", `numpy==1.26.4 --hash=sha256:${"a".repeat(64)}\n`);
  expect(await validate()).toMatchInlineSnapshot(`
    "exit 1
    ✖ 2 problems
      pyproject.toml:3:1  \`numpy>=2\` does not allow numpy==1.26.4, which requirements.lock pins
          lock again: \`uv pip compile pyproject.toml --generate-hashes -o requirements.lock\`, then \`pave lock\`
      pyproject.toml:3:1  \`pandas\` is declared, but requirements.lock does not pin \`pandas\`
          lock again: \`uv pip compile pyproject.toml --generate-hashes -o requirements.lock\`, then \`pave lock\`
    ! pave.yaml:1:1  there is no pave.lock: components and Python packages are whatever is there on the day of the run
          run \`pave lock\`, and commit the file"
  `);
});

test("a Python package that cannot be had", async () => {
  await project.edit(
    spec,
    "owner: platform",
    'owner: platform\npython: { requires: ">=3.11", lock: requirements.lock }',
  );
  await project.put("requirements.lock", `no-such-package-of-pave==1.0.0 --hash=sha256:${"a".repeat(64)}\n`);
  expect(said(await project.pave(["sync"]))).toMatchInlineSnapshot(`
    "exit 1
    error requirements.lock: no-such-package-of-pave==1.0.0 cannot be had from the package index; check its name and version in requirements.lock, or the index that PIP_INDEX_URL names"
  `);
});

test("a CSV with ragged rows", async () => {
  await project.edit(spec, "uses: ./steps/make", "uses: pave/ingest-table@1");
  await project.edit(
    spec,
    "inputs: { table: make.table }\n        with: { depth",
    "inputs: { table: split.train }\n        with: { depth",
  );
  await project.edit("steps/train/component.yaml", "format: csv", "format: parquet");
  await project.put("data/flights.csv", "origin,late\nORD,1\nJFK\n");
  expect(await run()).toMatchInlineSnapshot(`
    "exit 2
    error pave.yaml:13:26: there is no step \`split\`
      use one of make, train, evaluate"
  `);
  expect(
    said(
      await platform.pave(["new", "ragged", "--data", "data/flights.csv", "--target", "late", "--yes"], {
        folder: project.folder,
        text: true,
      }),
    ),
  ).toMatchInlineSnapshot(`
    "exit 2
    ✖ flights.csv cannot be used
    error flights.csv line 3: expected 2 columns as in the header, found 1; put values that contain \`,\` in double quotes, or remove the line
      Correct the table or the query, then try again"
  `);
});

test("data without the target, and with one class only", async () => {
  const newProject = async (...args: string[]) =>
    said(await platform.pave(["new", "late", "--yes", ...args], { folder: project.folder, text: true }), {
      [project.folder]: "<folder>",
    });
  await project.put("few.csv", `origin,distance,late\n${"ORD,700,1\nJFK,300,1\n".repeat(40)}`);
  expect(await newProject("--data", "few.csv", "--target", "lat")).toMatchInlineSnapshot(`
    "exit 2
    ✖ few.csv cannot be used
    error few.csv (param target): expected a column \`lat\`, found origin, distance, late; did you mean \`late\`?
      Correct the table or the query, then try again"
  `);
  expect(await newProject("--data", "few.csv", "--target", "late")).toMatchInlineSnapshot(`
    "exit 2
    ✔ Looked at few.csv
    error target 'late': expected two values, found only 1
      \`late\` is 1 in every row, so there is nothing to tell apart. Choose another column, or derive one with yes and no in the SQL"
  `);
  // however the target is named
  expect(await newProject("--data", "few.csv", "--set", "target=late")).toContain("expected two values, found only 1");
  await project.put("names.csv", `label,late\n${"7,1\n8,0\n7,0\n8,1\n".repeat(10)}`);
  expect(await newProject("--data", "names.csv", "--target", "late")).toMatchInlineSnapshot(`
    "exit 2
    ✔ Looked at names.csv
    error tabular-classification cannot learn from this table
      target 'late': expected at least 50 training rows and 5 of each value, found 20 rows with 0 and 20 with 1, of which 20% are kept for the test
      features: expected names other than the model's outputs, found a column 'label'
      give more data; rename it in the table or in the SQL"
  `);
  await project.put("alone.csv", `late\n${"1\n0\n".repeat(40)}`);
  expect(await newProject("--data", "alone.csv", "--target", "late")).toMatchInlineSnapshot(`
    "exit 2
    ✔ Looked at alone.csv
    error features: expected at least one column of text, numbers or booleans beside 'late', found none (the table has no other column)
      add a column that tells something about it, or derive one in the SQL"
  `);
  expect(await newProject("--data", "none.csv", "--target", "late")).toMatchInlineSnapshot(`
    "exit 2
    ✖ No data
    error --data <folder>/none.csv: there is no such file
      Name a CSV, TSV, Parquet or JSON lines file."
  `);
  await project.put("empty.csv", "");
  expect(await newProject("--data", "empty.csv", "--target", "late")).toMatchInlineSnapshot(`
    "exit 2
    ✖ empty.csv cannot be used
    error empty.csv: expected at least one row, found an empty table; check what wrote the file
      Correct the table or the query, then try again"
  `);
  expect(await newProject("--data", "few.csv")).toMatchInlineSnapshot(`
    "exit 2
    ✔ Looked at few.csv
    error Which column shall be predicted? few.csv has origin, distance, late
      Name it, for example: --target late"
  `);
});

test("a pipeline on a table without the target, with one class only, with ragged rows", async () => {
  const split =
    "uses: pave/ingest-table@1\n        with: { source: data/flights.csv }\n      split:\n        uses: pave/split-table@1\n        inputs: { table: make.table }\n        with: { test: 0.5, target: late }";
  await project.edit(spec, "uses: ./steps/make\n        with: { source: data/flights.csv }", split);
  await project.edit(
    spec,
    "inputs: { table: make.table }\n        with: { depth",
    "inputs: { table: split.train }\n        with: { depth",
  );
  await project.edit("steps/train/component.yaml", "format: csv", "format: parquet");
  await project.put("data/flights.csv", "origin,lat\nORD,1\nJFK,0\n");
  expect(await run()).toMatchInlineSnapshot(`
    "exit 1
    tiny run <n>  failed  train, revision <n>
    step  state  cached  took  note
    make  succeeded  <s>  there is no earlier result of this step
    split  failed  <s>  see below
    train  skipped  –  not run, because split failed
    evaluate  skipped  –  not run, because train was skipped
    register-tiny  skipped  –  not run, because train was skipped
    step split failed: input table (param target): expected a column \`late\`, found origin, lat; did you mean \`lat\`?
      Its whole log: pave runs logs <n> split"
  `);
  await project.put("data/flights.csv", "origin,late\nORD,1\nJFK,1\n");
  expect(await run()).toMatchInlineSnapshot(`
    "exit 1
    tiny run <n>  failed  train, revision <n>
    step  state  cached  took  note
    make  succeeded  <s>  input source changed
    split  failed  <s>  see below
    train  skipped  –  not run, because split failed
    evaluate  skipped  –  not run, because train was skipped
    register-tiny  skipped  –  not run, because train was skipped
    step split failed: output train: expected at least two classes of late, found only 1; use more rows or another share
      Its whole log: pave runs logs <n> split"
  `);
});

test("nothing was lost on the way", async () => {
  const { items } = await platform.client.listProjects();
  expect(items.map((item) => item.name)).toEqual(["tiny"]);
  expect(await validate()).toMatchInlineSnapshot(`
    "exit 0
    ✔ tiny is valid"
  `);
});
