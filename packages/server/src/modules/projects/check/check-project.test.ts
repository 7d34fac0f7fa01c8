import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parse } from "yaml";
import { createJobs } from "../../../jobs/index.ts";
import { type Change, changed, good, hash } from "../testing/good-project.ts";
import { createProjectsHouse, type ProjectsHouse, repository } from "../testing/projects-house.ts";
import { metricsOfLibrary } from "./early-warnings.ts";

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

test("a project in which everything fits has no problems", async () => {
  expect(await problemsOf(good)).toEqual([]);
});

const spec = "pave.yaml";
test.each<[string, Change[], string[]]>([
  // components
  [
    "a component that is not there",
    [[spec, "pave/split-table@1", "pave/splt-table@1"]],
    [
      "pave.yaml:20:15 There is no component `pave/splt-table`; did you mean `pave/split-table@1`? | Use one of pave/evaluate-classifier@1, pave/ingest-table@1, pave/profile-table@1, pave/read-connection@1, pave/reference-profile@1, pave/run-notebook@1, pave/run-script@1, pave/split-table@1, pave/validate-table@1, or a folder of the project with a component.yaml",
    ],
  ],
  [
    "a version that is not there",
    [[spec, "pave/split-table@1", "pave/split-table@7"]],
    [
      "pave.yaml:20:15 `pave/split-table@7`: expected a version of pave/split-table that is there (1.0.0), found 7 | Use pave/split-table@1",
    ],
  ],
  [
    "a folder that is no component",
    [[spec, "./steps/train", "./steps/trian"]],
    [
      "pave.yaml:26:15 There is no file steps/trian/component.yaml in the project; did you mean `./steps/train`? | Use one of ./steps/train, or add the file",
    ],
  ],
  [
    "a component.yaml that is wrong",
    [["steps/train/component.yaml", "default: 6, minimum: 1", "default: six, minimun: 1"]],
    [
      "steps/train/component.yaml:8:41 unknown key `minimun` in `params.depth`; did you mean `minimum`? | use one of type, default, nullable, required, enum, minimum, maximum, items, doc, or remove it",
    ],
  ],
  [
    "a default that does not fit",
    [["steps/train/component.yaml", "default: 6,", "default: 60,"]],
    [
      "steps/train/component.yaml:8:36 the default of param `depth`: expected at most 30, found the number 60 | change the default or the type",
    ],
  ],
  // models, gates, endpoints, monitors
  [
    "a model of a step that is not there",
    [[spec, "from: train.train.model", "from: train.trian.model"]],
    [
      "pave.yaml:33:17 `train.trian.model`: there is no step of pipeline `train` named `trian`; did you mean `train`? | use one of ingest, validate, split, train, evaluate",
    ],
  ],
  [
    "a model that is none",
    [[spec, "from: train.train.model", "from: train.train.metrics"]],
    ["pave.yaml:33:17 `train.train.metrics`: expected an output of type model, found metrics | use train.train.model"],
  ],
  [
    "an evaluation of another model",
    [
      [
        spec,
        "inputs: { model: train.model, test: split.test }",
        "inputs: { model: other.model, test: split.test }\n      other:\n        uses: ./steps/train\n        inputs: { train: split.train }\n        with: { target: late }",
      ],
    ],
    [
      "pave.yaml:37:48 step `evaluate` does not evaluate `train.train.model`: none of its inputs is that model | connect one of its inputs to `train.model`",
    ],
  ],
  [
    "an endpoint of no model",
    [[spec, "late: { model: late }", "late: { model: lite }"]],
    ["pave.yaml:37:18 there is no model `lite` under `models`; did you mean `late`? | use one of late"],
  ],
  [
    "an endpoint of a later kind",
    [[spec, "late: { model: late }", "late: { kind: batch, model: late }"]],
    [
      "pave.yaml:37:17 `serve.late.kind`: expected online, found batch, which cannot be released yet | use `kind: online`",
    ],
  ],
  [
    "a gate that does not type-check",
    [[spec, "metrics.roc_auc > 0.6", "nonsense > 1"]],
    ["pave.yaml:35:14 `nonsense > 1`: nonsense is unknown here | use metrics"],
  ],
  [
    "a monitor of a pipeline that is not there",
    [[spec, "reference: train.split.train", "reference: trian.split.train"]],
    [
      "pave.yaml:38:32 `trian.split.train`: there is no pipeline named `trian`; did you mean `train`? | use one of train",
    ],
  ],
  [
    "thresholds of drift that are none",
    [
      [
        spec,
        "{ reference: train.split.train }",
        "{ reference: train.split.train, thresholds: { pis: 0.2, missing: 2 }, ignored: [a] }",
      ],
    ],
    [
      "pave.yaml:38:65 unknown key `pis` in `monitor.drift.thresholds`; did you mean `psi`? | use one of psi, missing, unseen, or remove it",
      "pave.yaml:38:84 `monitor.drift.thresholds.missing`: expected at most 1, found the number 2 | change it to at most 1",
      "pave.yaml:38:89 unknown key `ignored` in `monitor.drift`; did you mean `ignore`? | use one of reference, window, thresholds, ignore, or remove it",
    ],
  ],
  // locks
  [
    "a Python step without a lock",
    [
      ["pave.yaml", 'python: { requires: ">=3.11", lock: requirements.lock }\n', ""],
      ["steps/train/component.yaml", ", python: { lock: ../../requirements.lock }", ""],
    ],
    [
      "pave.yaml:25:15 steps/train/component.yaml runs Python, and pave.yaml declares no `python.lock` | add `python: { lock: requirements.lock }` to pave.yaml; the lock may be empty",
    ],
  ],
  [
    "a missing Python lock",
    [[spec, "lock: requirements.lock", "lock: other.lock"]],
    [
      "pave.yaml:5:37 there is no file `other.lock` in the project | make it: `uv pip compile pyproject.toml --generate-hashes -o other.lock`",
      "pave.yaml:26:15 steps/train/component.yaml: `run.python.lock`: expected the project's lock `other.lock`, found `requirements.lock` | name the project's lock there, relative to the step's folder",
    ],
  ],
  [
    "a Python version that is none",
    [[spec, '">=3.11"', "three"]],
    ["pave.yaml:5:21 `python.requires`: expected versions such as >=3.11, found `three` | correct it"],
  ],
  [
    "a dependency that is not locked",
    [["pyproject.toml", '"pandas>=2"', '"pandas>=2", "xgboost"']],
    [
      "pyproject.toml:3:1 `xgboost` is declared, but requirements.lock does not pin `xgboost` | lock again: `uv pip compile pyproject.toml --generate-hashes -o requirements.lock`, then `pave lock`",
    ],
  ],
  [
    "a dependency that is locked otherwise",
    [["pyproject.toml", "pandas>=2", "pandas>=3"]],
    [
      "pyproject.toml:3:1 `pandas>=3` does not allow pandas==2.2.3, which requirements.lock pins | lock again: `uv pip compile pyproject.toml --generate-hashes -o requirements.lock`, then `pave lock`",
    ],
  ],
  [
    "a lock without hashes",
    [["requirements.lock", ` ${hash}`, ""]],
    [
      "requirements.lock:1:1 `pandas==2.2.3` has no hash: what is installed could change | lock again: `uv pip compile pyproject.toml --generate-hashes -o requirements.lock`, then `pave lock`",
    ],
  ],
])("%s is told in one message with its place and the fix", async (_, changes, expected) => {
  expect(await problemsOf(changed(changes))).toEqual(expected);
});

test("many mistakes are told at once, file by file, from top to bottom", async () => {
  const problems = await problemsOf(
    changed([
      [spec, "depth: 6", "depth: 0"],
      [spec, "model: late }", "model: lite }"],
      ["pyproject.toml", "pandas>=2", "pandas>=3"],
      ["expectations.yaml", "min: 10", "min: -1"],
    ]),
  );
  expect(problems.map((problem) => problem.split(" ")[0])).toEqual([
    "pave.yaml:28:38",
    "pave.yaml:37:18",
    "expectations.yaml:1:14",
    "pyproject.toml:3:1",
  ]);
});

test("variables of a run take part in the check", async () => {
  expect(await problemsOf(good, { share: 1.5 })).toEqual([
    "pave.yaml:23:17 param `test`: expected at most 1, found the number 1.5 | change the value",
  ]);
});

test("what will stop a run or a release later is told early, and stops nothing", async () => {
  const jobs = createJobs();
  const see = (runnerId: string, cpus: number, pythons?: string[]) =>
    jobs.seeRunner(house.ctx, { runnerId, isolation: "none", cpus, pythons });
  await see("small", 2, ["3.11.2"]);
  await see("large", 4, ["3.12.1", "3.9.2"]);
  const warningsOf = async (files: Readonly<Record<string, string>>) => {
    const found = await house.projects.checkProject(house.ctx, { projectId, files: await house.files(files) });
    expect(found.ok).toBe(true);
    return found.warnings.map(({ path, line, column, message }) => `${path}:${line}:${column} ${message}`);
  };
  const unlocked = expect.stringMatching(/^pave\.yaml:1:1 there is no pave\.lock: /);
  expect(await warningsOf(good)).toEqual([unlocked]);
  const lock = `# uv pip compile pyproject.toml --python-version 3.11 -o requirements.lock\n${good["requirements.lock"]}`;
  expect(
    await warningsOf({
      ...changed([
        [spec, '">=3.11"', '">=3.13"'],
        [spec, "with: { target: late, depth: 6 }", "with: { target: late, depth: 6 }\n        requests: { cpu: 8 }"],
        [
          spec,
          '{ check: "metrics.roc_auc > 0.6" }',
          '{ check: "metrics.roc_auk > champion.metrics.f1", when: "has(champion) && has(metrics.mine)" }',
        ],
      ]),
      "requirements.lock": lock,
    }),
  ).toEqual([
    unlocked,
    "pave.yaml:5:21 `python.requires`: no runner has a Python >=3.13, found 3.11.2, 3.12.1, 3.9.2",
    "pave.yaml:5:21 `python.requires`: expected a range with 3.11, for which requirements.lock was made, found >=3.13",
    "pave.yaml:29:26 `pipelines.train.steps.train.requests.cpu`: expected at most 4, which the largest runner has, found 8",
    "pave.yaml:36:14 `metrics.roc_auk` is never measured: the evaluation gives other metrics; did you mean `roc_auc`?",
  ]);
  // who has looked at nothing yet may have everything
  await see("unknown", 2);
  expect(await warningsOf(changed([[spec, '">=3.11"', '">=3.12"']]))).toEqual([unlocked]);
  await house.ctx.db.deleteFrom("runners").execute();
});

test("a model that a script registers, or a client, may be served; that it has to be is said", async () => {
  const head = "apiVersion: pave/v1\nkind: project\nname: late\nowner: platform\n";
  const step = "pipelines: { train: { steps: { train: { uses: pave/run-script@1, with: { script: train.py } } } } }\n";
  const serve = "serve: { wine: { model: wine, rollout: { every: 1m } } }\n";
  const warned = (line: number) => [
    expect.stringMatching(/^pave\.yaml:1:1 there is no pave\.lock/),
    `pave.yaml:${line}:25 no output of a step is the model \`wine\`: it can be released once a script, a notebook or a client has registered it`,
  ];
  const check = async (files: Readonly<Record<string, string>>) => {
    const found = await house.projects.checkProject(house.ctx, { projectId, files: await house.files(files) });
    return [
      found.problems,
      found.warnings.map(({ path, line, column, message }) => `${path}:${line}:${column} ${message}`),
    ];
  };
  expect(await check({ "pave.yaml": head + step + serve, "train.py": "" })).toEqual([[], warned(6)]);
  expect(await check({ "pave.yaml": head + serve })).toEqual([[], warned(5).slice(1)]);
});

test("the metrics of the library are those that its components say they give", async () => {
  for (const [name, metrics] of Object.entries(metricsOfLibrary)) {
    const file = join(repository, "components", name.replace("pave/", ""), "component.yaml");
    const { outputs } = parse(await readFile(file, "utf8")) as { outputs: { metrics: { doc: string } } };
    expect(outputs.metrics.doc.split(", ")).toEqual(metrics);
  }
});

test("a folder without pave.yaml says so", async () => {
  expect(await problemsOf({ "README.md": "" })).toEqual([
    "pave.yaml:-:- there is no pave.yaml in the project | run `pave init`, or push the folder that has one",
  ]);
});

test("a lock is made for what is there; afterwards a change of what it pins is told", async () => {
  const { content } = await house.projects.lockRevision(house.ctx, {
    projectId,
    files: await house.files(good),
  } as never);
  expect(await problemsOf({ ...good, "pave.lock": content })).toEqual([]);

  const otherLock = { ...good, "pave.lock": content, "requirements.lock": `pandas==2.2.4 ${hash}\n` };
  expect(await problemsOf(otherLock)).toEqual([
    expect.stringMatching(
      /^pave\.lock:\d+:\d+ requirements\.lock is pinned as sha256:[0-9a-f]{12}, found requirements\.lock as sha256:[0-9a-f]{12} \| run `pave lock`, then `pave sync`$/,
    ),
  ]);
  const digest = /split-table@1:\n {4}digest: (sha256:\w+)/.exec(content)?.[1] ?? "";
  const otherComponent = { ...good, "pave.lock": content.replace(digest, `sha256:${"0".repeat(64)}`) };
  expect(await problemsOf(otherComponent)).toEqual([
    expect.stringMatching(
      /^pave\.lock:\d+:\d+ `pave\/split-table@1` is pinned to 1\.0\.0 \(sha256:000000000000\), found 1\.0\.0 \(sha256:[0-9a-f]{12}\) \| run `pave lock` to take what is there now$/,
    ),
  ]);
  const unpinned = { ...good, "pave.lock": "apiVersion: pave/v1\nkind: lock\n" };
  expect((await problemsOf(unpinned)).length).toBe(5);
  expect(await problemsOf({ ...good, "pave.lock": "apiVersion: pave/v1\nkind: lok\n" })).toEqual([
    'pave.lock:2:7 `kind`: expected `lock`, found the text "lok"; did you mean `lock`? | use `lock`',
  ]);
});
