import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { isPythonModel, recordedEnvironment } from "./recorded-environment.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "pave-recorded-"));
});
afterEach(() => rm(folder, { recursive: true }));

const write = (files: Readonly<Record<string, string>>) =>
  Promise.all(Object.entries(files).map(([name, text]) => writeFile(join(folder, name), text)));

test.each([
  ["flavors: { python_function: { loader_module: m }, sklearn: {} }", true],
  ["flavors: { python_function: { loader_module: m }, onnx: { data: model.onnx } }", false],
  ["flavors: { sklearn: {} }", false],
  ["not: a model", false],
  ["{", false],
])("%s runs in Python: %s", async (text, expected) => {
  await write({ MLmodel: text });
  expect(await isPythonModel(folder)).toBe(expected);
});

test("packages come from requirements.txt, and Python's minor version from python_env.yaml", async () => {
  await write({
    "requirements.txt": "mlflow==3.17.2\n# a comment\n\nnumpy<3,>=2  # why\nuvloop==0.22.1; sys_platform != 'win32'\n",
    "python_env.yaml": "python: 3.11.7\ndependencies: [-r requirements.txt]\n",
    "conda.yaml": "dependencies: [python=3.9, { pip: [other==1] }]\n",
  });
  expect(await recordedEnvironment(folder)).toEqual({
    path: "requirements.txt",
    lines: ["mlflow==3.17.2", "numpy<3,>=2", "uvloop==0.22.1; sys_platform != 'win32'"],
    requires: "==3.11.*",
  });
});

test("without them conda.yaml and MLmodel say the same", async () => {
  await write({
    MLmodel: "flavors: { python_function: { python_version: 3.12.1 } }",
    "conda.yaml": "dependencies:\n- python=3.12.1\n- pip<=25\n- pip:\n  - mlflow==3.17.2\nname: env\n",
  });
  expect(await recordedEnvironment(folder)).toEqual({
    path: "conda.yaml",
    lines: ["mlflow==3.17.2"],
    requires: "==3.12.*",
  });
  await write({ MLmodel: "flavors: { python_function: {} }" });
  expect(await recordedEnvironment(folder)).toMatchObject({ requires: ">=3.11" });
});

test.each([
  ["--extra-index-url https://evil.example/simple", "the index is set where Pave runs"],
  ["-e .", "the index is set where Pave runs"],
  ["git+https://example.com/code.git", "code of your own goes into the model with code_paths"],
  ["thing @ https://example.com/thing.whl", "code of your own goes into the model with code_paths"],
  ["./code/thing.whl", "code of your own goes into the model with code_paths"],
  ["thing==1; \r--index-url https://evil.example/simple", "expected packages of the index"],
  ["thing==1; \u2028--index-url https://evil.example/simple", "expected packages of the index"],
  // biome-ignore lint/suspicious/noTemplateCurlyInString: as pip reads it
  ["thing==1; ${PIP_INDEX_URL}", "expected packages of the index"],
  ["thing==1; os_name > '' \\", "expected packages of the index"],
])("`%s` is refused", async (line, said) => {
  await write({ "requirements.txt": `mlflow==3.17.2\n${line}\n` });
  const message = expect.stringContaining(said);
  await expect(recordedEnvironment(folder)).rejects.toMatchObject({ reason: "environment", message });
});

test("one package of conda.yaml is not several lines", async () => {
  const line = "mlflow==3; \\n--index-url https://evil.example/simple";
  await write({ "conda.yaml": `dependencies:\n- pip:\n  - "${line}"\n` });
  await expect(recordedEnvironment(folder)).rejects.toThrow("expected packages of the index");
});

test.each([
  ["nothing", {}, "the model folder records no environment"],
  ["an empty list", { "requirements.txt": "# nothing\n" }, "expected the packages that the model needs, found none"],
])("%s is said so", async (_what, files, said) => {
  await write(files);
  await expect(recordedEnvironment(folder)).rejects.toThrow(said);
});

test("files without end are not read", async () => {
  const large = `flavors: { python_function: {} }\n#${"x".repeat(2 ** 20)}`;
  await write({ MLmodel: large, "requirements.txt": "a==1\n".repeat(2e5) });
  expect(await isPythonModel(folder)).toBe(false);
  await expect(recordedEnvironment(folder)).rejects.toThrow("requirements.txt: expected at most 524288 bytes");
});
