// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references of specs look like that
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Change, changed } from "../testing/good-project.ts";
import { createProjectsHouse, type ProjectsHouse } from "../testing/projects-house.ts";

let house: ProjectsHouse;
let projectId: string;
beforeAll(async () => {
  house = await createProjectsHouse();
  projectId = (await house.projects.createProject(house.ctx, { name: "late" })).id;
});
afterAll(() => house.close());

async function problemsOf(files: Readonly<Record<string, string>>, vars = {}): Promise<string[]> {
  const { problems } = await house.projects.checkProject(
    house.ctx,
    { projectId, files: await house.files(files) },
    vars,
  );
  return problems.map(
    (problem) => `${problem.path}:${problem.line ?? "-"}:${problem.column ?? "-"} ${problem.message} | ${problem.fix}`,
  );
}

const spec = "pave.yaml";
test.each<[string, Change[], string[]]>([
  // structure
  [
    "an unknown key",
    [[spec, "gates:", "gatse:"]],
    [
      "pave.yaml:34:1 unknown key `gatse`; did you mean `gates`? | use one of apiVersion, kind, name, title, description, owner, tier, python, vars, resources, pipelines, models, gates, serve, monitor, or remove it",
    ],
  ],
  [
    "a wrong type",
    [[spec, "vars:\n  share: 0.2\n  target: late", "vars: [share]"]],
    ["pave.yaml:6:7 `vars`: expected a map, found a list of 1 | change it to a map"],
  ],
  [
    "another project's name",
    [[spec, "name: late", "name: early"]],
    [
      "pave.yaml:3:7 `name`: expected `late`, the project's name, found `early` | correct it, or push to the other project",
    ],
  ],
  [
    "another owner",
    [[spec, "owner: platform", "owner: ops"]],
    [
      "pave.yaml:4:8 `owner`: expected `platform`, the team that owns the project, found `ops` | correct it; an admin can hand the project over to another team",
    ],
  ],
  // the graph
  [
    "a cycle",
    [[spec, "inputs: { train: split.train }", "inputs: { train: split.train }\n        needs: [evaluate]"]],
    [
      "pave.yaml:25:7 the steps of pipeline `train` wait for each other in a circle: train → evaluate → train | remove one of these connections",
    ],
  ],
  [
    "a step that takes its own output",
    [[spec, "table: validate.table", "table: split.train"]],
    ["pave.yaml:21:26 step `split` takes its own output `split.train` | connect it to an earlier step"],
  ],
  [
    "a step that waits for itself",
    [[spec, "inputs: { train: split.train }", "inputs: { train: split.train }\n        needs: [train]"]],
    ["pave.yaml:28:17 step `train` waits for itself | remove it"],
  ],
  [
    "a step that is not there",
    [[spec, "table: ingest.table", "table: ingets.table"]],
    [
      "pave.yaml:17:26 there is no step `ingets`; did you mean `ingest`? | use one of ingest, validate, split, train, evaluate",
    ],
  ],
  [
    "a step to wait for that is not there",
    [[spec, "inputs: { train: split.train }", "inputs: { train: split.train }\n        needs: [splti]"]],
    [
      "pave.yaml:28:17 there is no step `splti`; did you mean `split`? | use one of ingest, validate, split, train, evaluate",
    ],
  ],
  [
    "an output that is not there",
    [[spec, "train: split.train", "train: split.trian"]],
    ["pave.yaml:27:26 step `split` has no output `trian`; did you mean `train`? | use one of split.train, split.test"],
  ],
  [
    "an input that is not there",
    [[spec, "inputs: { model: train.model, test:", "inputs: { modle: train.model, test:"]],
    [
      "pave.yaml:29:7 input `model` of step `evaluate` is missing: pave/evaluate-classifier takes a model | add `inputs: { model: <step>.<output> }`",
      "pave.yaml:31:19 pave/evaluate-classifier has no input `modle`; did you mean `model`? | use one of model, test",
    ],
  ],
  [
    "a port of another type",
    [[spec, "test: split.test", "test: train.metrics"]],
    [
      "pave.yaml:31:45 `train.metrics` does not fit input `test`: expected the type dataset, found metrics | connect an output of that type, or put a step between that converts it",
    ],
  ],
  [
    "a port of another format",
    [["steps/train/component.yaml", "format: [parquet]", "format: [csv, tsv]"]],
    [
      "pave.yaml:27:26 `split.train` does not fit input `train`: expected the format csv or tsv, found parquet | connect an output of that type, or put a step between that converts it",
    ],
  ],
  [
    "a missing input",
    [[spec, "        inputs: { train: split.train }\n", ""]],
    [
      "pave.yaml:25:7 input `train` of step `train` is missing: train takes a dataset | add `inputs: { train: <step>.<output> }`",
    ],
  ],
  [
    "a missing input that may be a file",
    [[spec, "{ source: data/flights.csv, sql: sql/features.sql }", "{ sql: sql/features.sql }"]],
    [
      "pave.yaml:12:7 input `source` of step `ingest` is missing: pave/ingest-table takes a dataset | add `inputs: { source: <step>.<output> }` or `with: { source: <path> }`",
    ],
  ],
  [
    "a pipeline without steps",
    [[spec, "models:", "  empty: { steps: {} }\nmodels:"]],
    ["pave.yaml:32:19 pipeline `empty` has no steps | add a step, or remove the pipeline"],
  ],
  [
    "a compute that is not there",
    [[spec, "        uses: ./steps/train\n", "        uses: ./steps/train\n        compute: loacl\n"]],
    ["pave.yaml:27:18 there is no compute `loacl`; did you mean `local`? | use local"],
  ],
  // params
  [
    "an unknown param",
    [[spec, "depth: 6", "dept: 6"]],
    ["pave.yaml:28:31 train has no param `dept`; did you mean `depth`? | use one of target, depth, mode, or remove it"],
  ],
  [
    "a missing param",
    [[spec, "target: late, depth: 6", "depth: 6"]],
    ["pave.yaml:25:7 param `target` of train is missing: expected a value of type string | add `with: { target: … }`"],
  ],
  [
    "a param of the wrong type",
    [[spec, "depth: 6", "depth: deep"]],
    ['pave.yaml:28:38 param `depth`: expected a whole number, found the text "deep" | change the value'],
  ],
  [
    "a param out of range",
    [[spec, "depth: 6", "depth: 0"]],
    ["pave.yaml:28:38 param `depth`: expected at least 1, found the number 0 | change the value"],
  ],
  [
    "a param that is none of its values",
    [[spec, "depth: 6", "mode: slwo"]],
    ['pave.yaml:28:37 param `mode`: expected one of fast, slow, found the text "slwo" | change the value'],
  ],
  [
    "an input given as a param",
    [[spec, "with: { target: late, depth: 6 }", "with: { target: late, train: data/flights.csv }"]],
    [
      "pave.yaml:28:31 `train` is an input of train, not a param | connect it with `inputs: { train: <step>.<output> }`",
    ],
  ],
  [
    "a variable that is not there",
    [[spec, "${{ vars.share }}", "${{ vars.shore }}"]],
    [
      "pave.yaml:23:17 `${{ vars.shore }}`: there is no variable `shore`; did you mean `share`? | add `shore` under `vars:`",
    ],
  ],
  [
    "a variable of the wrong type",
    [[spec, "share: 0.2", "share: twenty"]],
    ['pave.yaml:23:17 param `test`: expected a number, found the text "twenty" | change the value'],
  ],
  [
    "a secret",
    [[spec, "${{ vars.target }}", "${{ secrets.TOKEN }}"]],
    [
      'pave.yaml:24:19 `${{ secrets.TOKEN }}`: a secret may stand under `env:` of a step only, where nothing writes it down | give it to the step\'s process, `env: { TOKEN: "${{ secrets.TOKEN }}" }`, and read the variable there',
    ],
  ],
  [
    "a variable that would have our own code load another's",
    [
      [
        spec,
        "uses: pave/validate-table@1",
        "uses: pave/validate-table@1\n        env: { NODE_OPTIONS: --import=data:x }",
      ],
    ],
    [
      "pave.yaml:17:9 `pave/validate-table@1` takes no variables: it runs code of Pave's alone, which reads none | remove `env:`; what the component takes stands under `with:`",
    ],
  ],
  // files
  [
    "a missing input file",
    [[spec, "data/flights.csv", "data/fligths.csv"]],
    [
      "pave.yaml:14:25 there is no file `data/fligths.csv` in the project; did you mean `data/flights.csv`? | check the path, and that the file is not ignored by git",
    ],
  ],
  [
    "a file outside of the project",
    [[spec, "data/flights.csv", "../flights.csv"]],
    [
      'pave.yaml:14:25 `source`: expected a path within the project, found the text "../flights.csv" | name a file relative to pave.yaml',
    ],
  ],
  [
    "a file of another format",
    [[spec, "data/flights.csv", "README.md"]],
    [
      "pave.yaml:14:25 `README.md`: expected a file of the format csv, tsv, parquet, jsonl or json, found one that ends in `.md` | convert the file, or correct its ending",
    ],
  ],
  [
    "an input given twice",
    [
      [
        spec,
        "inputs: { table: ingest.table }\n        with: { expectations: expectations.yaml }",
        "inputs: { table: ingest.table, expectations: ingest.table }\n        with: { expectations: expectations.yaml }",
      ],
    ],
    [
      "pave.yaml:17:54 `ingest.table` does not fit input `expectations`: expected the format yaml or yml, found parquet | connect an output of that type, or put a step between that converts it",
      "pave.yaml:18:31 input `expectations` of step `validate` is given twice: as a file and as `ingest.table` | keep one of the two",
    ],
  ],
  [
    "a missing model card",
    [[spec, "card: README.md", "card: CARD.md"]],
    ["pave.yaml:33:78 there is no file `CARD.md` in the project | add the model card, or remove `card`"],
  ],
  [
    "expectations that are wrong",
    [["expectations.yaml", "{ type: boolean, maxMissing: 0 }", "{ type: bool, maxMising: 0 }"]],
    [
      'expectations.yaml:3:17 `columns.late.type`: expected one of string, integer, number, boolean, timestamp, found the text "bool"; did you mean `boolean`? | use `string`, `integer`, `number`, `boolean` or `timestamp`',
      "expectations.yaml:3:23 unknown key `maxMising` in `columns.late`; did you mean `maxMissing`? | use one of type, required, maxMissing, min, max, allowed, pattern, unique, or remove it",
    ],
  ],
])("%s is told in one message with its place and the fix", async (_, changes, expected) => {
  expect(await problemsOf(changed(changes))).toEqual(expected);
});
