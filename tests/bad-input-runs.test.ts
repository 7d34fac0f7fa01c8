import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { startPlatform, type TestPlatform } from "./support/platform.ts";
import { said } from "./support/said.ts";
import { fixture, type TinyProject, tinyProject } from "./support/tiny-project.ts";

vi.setConfig({ testTimeout: 300_000 });

/** What a person reads whose step or model goes wrong in a run. */
let platform: TestPlatform;
let project: TinyProject;
beforeAll(async () => {
  platform = await startPlatform();
  project = await tinyProject(platform, "tiny");
  expect((await project.pave(["run"])).code).toBe(0);
});
afterAll(() => platform?.remove());
beforeEach(() => project.reset());

const run = async () => said(await project.pave(["run"]));
const trainBy = (script: string) => project.put("steps/train/step.sh", script);

test("a step that exits 1, with its own words, with none, with a traceback", async () => {
  await trainBy("echo reading; echo 'error: flights.csv: expected a column late, found none; add it' >&2; exit 1");
  expect(await run()).toMatchInlineSnapshot(`
    "exit 1
    tiny run <n>  failed  train, revision <n>
    step  state  cached  took  note
    make  succeeded  run <n>
    train  failed  <s>  see below
    evaluate  skipped  –  not run, because train failed
    register-tiny  skipped  –  not run, because train failed
    step train failed: flights.csv: expected a column late, found none; add it
      Its whole log: pave runs logs <n> train"
  `);
  await trainBy("exit 3");
  expect(await run()).toMatchInlineSnapshot(`
    "exit 1
    tiny run <n>  failed  train, revision <n>
    step  state  cached  took  note
    make  succeeded  run <n>
    train  failed  <s>  see below
    evaluate  skipped  –  not run, because train failed
    register-tiny  skipped  –  not run, because train failed
    step train exited with code 3 and wrote no message
      Its whole log: pave runs logs <n> train"
  `);
  await trainBy(`python3 -c 'def fit(): raise ValueError("no rows left")\nfit()'`);
  const failed = await project.pave(["run"]);
  expect(failed.code).toBe(1);
  expect(failed.stdout).toContain("step train failed: ValueError: no rows left\n");
  const [number] = /run (\d+)/.exec(failed.stdout)?.slice(1) ?? [];
  // the traceback is the user's own and belongs into the log
  expect((await project.pave(["runs", "logs", String(number)])).stdout).toContain("Traceback (most recent call last)");
});

test("what a step writes cannot act on the terminal of whoever reads it", async () => {
  await trainBy(String.raw`printf 'error: \033[2J\033]0;owned\007\033[31mno rows\033[0m left\n' >&2; exit 1`);
  const failed = await project.pave(["run"]);
  const number = /run (\d+)/.exec(failed.stdout)?.[1] ?? "";
  const log = await project.pave(["runs", "logs", number]);
  for (const { stdout, stderr } of [failed, await project.pave(["runs", "show", number]), log]) {
    expect(stdout).toContain("no rows left");
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    expect(stdout + stderr).not.toMatch(/[\u0000-\u0008\u000b-\u001f]|owned/);
  }
});

test("a step that is killed", async () => {
  await trainBy("kill -9 $$");
  expect(await run()).toMatchInlineSnapshot(`
    "exit 1
    tiny run <n>  failed  train, revision <n>
    step  state  cached  took  note
    make  succeeded  run <n>
    train  failed  <s>  see below
    evaluate  skipped  –  not run, because train failed
    register-tiny  skipped  –  not run, because train failed
    step train was killed by SIGKILL (out of memory?) and wrote no message
      Its whole log: pave runs logs <n> train"
  `);
});

test("a step that runs longer than it may", async () => {
  await project.edit("pave.yaml", "with: { depth: 6 }", "with: { depth: 6 }\n        timeout: 1s");
  await trainBy("sleep 60");
  expect(await run()).toMatchInlineSnapshot(`
    "exit 1
    tiny run <n>  failed  train, revision <n>
    step  state  cached  took  note
    make  succeeded  run <n>
    train  failed  <s>  see below
    evaluate  skipped  –  not run, because train failed
    register-tiny  skipped  –  not run, because train failed
    step train ran longer than its timeout of 1 s; raise \`timeout\`, or let it do less
      Its whole log: pave runs logs <n> train"
  `);
});

test("a step that needs more memory than it may", async () => {
  await project.edit("steps/train/component.yaml", "run:", "limits: { memory: 64Mi }\nrun:");
  await trainBy("python3 -c 'import time; data = bytearray(400 * 2**20); time.sleep(30)'");
  // without control groups it is a watcher that stops it, in other words
  const said = (await run()).replace(
    /(?<=step train )(used more memory than|ran out of memory: used) .*/,
    "<out of memory>",
  );
  expect(said).toMatchInlineSnapshot(`
    "exit 1
    tiny run <n>  failed  train, revision <n>
    step  state  cached  took  note
    make  succeeded  run <n>
    train  failed  <s>  see below
    evaluate  skipped  –  not run, because train failed
    register-tiny  skipped  –  not run, because train failed
    step train <out of memory>
      Its whole log: pave runs logs <n> train"
  `);
});

test("a step that writes no output, or metrics that are none", async () => {
  await trainBy("echo done");
  expect(await run()).toMatchInlineSnapshot(`
    "exit 1
    tiny run <n>  failed  train, revision <n>
    step  state  cached  took  note
    make  succeeded  run <n>
    train  failed  <s>  see below
    evaluate  skipped  –  not run, because train failed
    register-tiny  skipped  –  not run, because train failed
    step train wrote no output \`model\`: expected $PAVE_OUTPUT/model/ or model.onnx, found nothing; write it there before the step ends, or remove it from the outputs in component.yaml
      Its whole log: pave runs logs <n> train"
  `);
  await project.reset();
  await project.put("steps/evaluate/step.sh", `echo '{"roc_auc": NaN}' > "$PAVE_OUTPUT/metrics.json"`);
  expect(await run()).toMatchInlineSnapshot(`
    "exit 1
    tiny run <n>  failed  train, revision <n>
    step  state  cached  took  note
    make  succeeded  run <n>
    train  succeeded  run <n>
    evaluate  failed  <s>  see below
    register-tiny  skipped  –  not run, because evaluate failed
    step evaluate: metrics.json: expected JSON, found NaN, which JSON does not know; write it with a JSON library, without such values
      Its whole log: pave runs logs <n> evaluate"
  `);
});

test("a program that is not there", async () => {
  await project.edit("steps/train/component.yaml", "[sh, step.sh]", "[trian, step.sh]");
  expect(await run()).toMatchInlineSnapshot(`
    "exit 1
    tiny run <n>  failed  train, revision <n>
    step  state  cached  took  note
    make  succeeded  run <n>
    train  failed  <s>  see below
    evaluate  skipped  –  not run, because train failed
    register-tiny  skipped  –  not run, because train failed
    step train failed: command: expected a program, found \`trian\`, which is none of <programs>; give its path, or use one of those
      Its whole log: pave runs logs <n> train"
  `);
});

test("a model that is corrupt, or none of ONNX", async () => {
  const whole = await readFile(fixture("late-1", "model.onnx"));
  await project.put("steps/train/model/model.onnx", whole.subarray(0, whole.length / 2));
  expect(await run()).toMatchInlineSnapshot(`
    "exit 1
    tiny run <n>  failed  train, revision <n>
    step  state  cached  took  note
    make  succeeded  run <n>
    train  succeeded  <s>  code of steps/train changed: model/model.onnx
    evaluate  succeeded  <s>  input model changed
    register-tiny  failed  <s>  see below
    metrics: roc_auc 0.7000
    step register-tiny failed: model.onnx cannot be loaded as ONNX: it is of another format, or was cut off; export the model again, for example with skl2onnx
      Its whole log: pave runs logs <n> register-tiny"
  `);
  await project.put("steps/train/model/model.onnx", "this is a pickle, honestly");
  expect(await run()).toMatchInlineSnapshot(`
    "exit 1
    tiny run <n>  failed  train, revision <n>
    step  state  cached  took  note
    make  succeeded  run <n>
    train  succeeded  <s>  code of steps/train changed: model/model.onnx
    evaluate  succeeded  <s>  input model changed
    register-tiny  failed  <s>  see below
    metrics: roc_auc 0.7000
    step register-tiny failed: model.onnx cannot be loaded as ONNX: it is of another format, or was cut off; export the model again, for example with skl2onnx
      Its whole log: pave runs logs <n> register-tiny"
  `);
  await project.put("steps/train/model/MLmodel", "flavors: { sklearn: { pickled_model: model.pkl } }\n");
  expect(await run()).toMatchInlineSnapshot(`
    "exit 1
    tiny run <n>  failed  train, revision <n>
    step  state  cached  took  note
    make  succeeded  run <n>
    train  succeeded  <s>  code of steps/train changed: model/MLmodel
    evaluate  succeeded  <s>  input model changed
    register-tiny  failed  <s>  see below
    metrics: roc_auc 0.7000
    step register-tiny failed: MLmodel has no onnx flavor (found: sklearn); export the model to ONNX, for example with skl2onnx
      Its whole log: pave runs logs <n> register-tiny"
  `);
});

test("a model of another kind of outputs, or without its MLmodel", async () => {
  for (const file of ["model.onnx", "MLmodel"])
    await project.put(`steps/train/model/${file}`, await readFile(fixture("bad-zipmap", file)));
  expect(await run()).toMatchInlineSnapshot(`
    "exit 1
    tiny run <n>  failed  train, revision <n>
    step  state  cached  took  note
    make  succeeded  run <n>
    train  succeeded  <s>  code of steps/train changed: model/MLmodel, model/model.onnx
    evaluate  succeeded  <s>  input model changed
    register-tiny  failed  <s>  see below
    metrics: roc_auc 0.7000
    step register-tiny failed: the ONNX output "output_probability" is not a tensor (a ZipMap?); export with the option zipmap=False
      Its whole log: pave runs logs <n> register-tiny"
  `);
  await project.remove("steps/train/model/MLmodel");
  expect(await run()).toMatchInlineSnapshot(`
    "exit 1
    tiny run <n>  failed  train, revision <n>
    step  state  cached  took  note
    make  succeeded  run <n>
    train  succeeded  <s>  code of steps/train changed: model/MLmodel
    evaluate  succeeded  <s>  input model changed
    register-tiny  failed  <s>  see below
    metrics: roc_auc 0.7000
    step register-tiny failed: the folder has no file MLmodel; a model is a folder as mlflow.onnx.save_model writes it
      Its whole log: pave runs logs <n> register-tiny"
  `);
});

test("a model that answers otherwise than when it was trained", async () => {
  await project.put("steps/train/model/model.onnx", await readFile(fixture("late-2", "model.onnx")));
  expect(await run()).toMatchInlineSnapshot(`
    "exit 1
    tiny run <n>  failed  train, revision <n>
    step  state  cached  took  note
    make  succeeded  run <n>
    train  succeeded  <s>  code of steps/train changed: model/MLmodel, model/model.onnx
    evaluate  succeeded  <s>  input model changed
    register-tiny  failed  <s>  see below
    metrics: roc_auc 0.7000
    step register-tiny failed: reference row 1: expected probability 0.5736539210184675 as recorded in training, found 0.50467247 in serving (allowed difference 0.0001); both must take the row alike: types as the signature has them, a missing text as metadata.pave.missing says
      Its whole log: pave runs logs <n> register-tiny"
  `);
});

test("nothing was lost: every run is there, the good one too, and its model", async () => {
  const runs = await project.json<{ items: { number: number; state: string }[] }>(["runs", "list", "--limit", "50"]);
  expect(runs.items.at(-1)).toMatchObject({ number: 1, state: "succeeded" });
  expect(new Set(runs.items.slice(0, -1).map((one) => one.state))).toEqual(new Set(["failed"]));
  const models = await project.json<{ items: { name: string }[] }>(["models", "list"]);
  expect(models.items.map((model) => model.name)).toEqual(["tiny"]);
  expect((await project.pave(["run"])).code).toBe(0);
});

test("asking for what is not there", async () => {
  const ask = async (...args: string[]) => said(await project.pave(args));
  expect(await ask("run", "trian")).toMatchInlineSnapshot(`
    "exit 2
    error pave.yaml: there is no pipeline \`trian\`; did you mean \`train\`?
      Use train"
  `);
  expect(await ask("run", "--var", "depth=3")).toMatchInlineSnapshot(`
    "exit 2
    error pave.yaml: there is no variable \`depth\`
      Declare it under \`vars:\` in pave.yaml"
  `);
  expect(await ask("run", "--var", "depth")).toMatchInlineSnapshot(`
    "exit 2
    error --var depth: expected name=value
      For example: --var sample=1000"
  `);
  expect(await ask("runs", "show", "99")).toMatchInlineSnapshot(`
    "exit 2
    error There is no run <n> in project tiny
      See what there is with \`pave runs list\`"
  `);
  expect(await ask("runs", "show", "latest")).toMatchInlineSnapshot(`
    "exit 2
    error latest: expected a number such as 12
      The lists show them: \`pave runs list\`, \`pave plans list\`."
  `);
  expect(await ask("runs", "logs", "1", "trian")).toMatchInlineSnapshot(`
    "exit 2
    error Run 1 of tiny has no step trian
      See its steps with \`pave runs show <n>\`"
  `);
  expect(await ask("runs", "cancel", "1")).toMatchInlineSnapshot(`
    "exit 2
    error Run 1 has succeeded already
      There is nothing to cancel"
  `);
  expect(await ask("runs", "retry", "1")).toMatchInlineSnapshot(`
    "exit 2
    error Run 1 succeeded
      Start a new run; \`pave run --refresh\` ignores cached results"
  `);
  expect(await ask("runs", "list", "--limit", "many")).toMatchInlineSnapshot(`
    "exit 2
    error --limit many: expected a whole number above 0
      For example: --limit 20"
  `);
  expect(await ask("runs", "list", "--project", "tiyn")).toMatchInlineSnapshot(`
    "exit 2
    error There is no project tiyn, or it is not yours to see; did you mean \`tiny\`?
      List yours with \`pave projects list\`, or ask its owner for a role."
  `);
  expect(await ask("models", "show", "tiyn")).toMatchInlineSnapshot(`
    "exit 2
    error There is no model tiyn in this project
      A model is there once a run has registered its first version; see \`pave models list\`"
  `);
  expect(await ask("models", "show", "tiny@")).toMatchInlineSnapshot(`
    "exit 2
    error tiny@: expected name or name@version
      For example: pave models show flight-delays@2"
  `);
  expect(await ask("deploy", "--to", "stagign")).toMatchInlineSnapshot(`
    "exit 2
    error There is no environment stagign; did you mean \`staging\`?
      Use one of production, staging"
  `);
});
