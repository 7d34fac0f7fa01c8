import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { cpuMsOf } from "../../../kernel/testing/measure.ts";
import { checkDeclared, declaredDependencies, parsePythonLock } from "./python-lock.ts";

const hash = `--hash=sha256:${"a".repeat(64)}`;
const lock = `# made by uv\npandas==2.2.3 \\\n    ${hash} \\\n    ${hash}\n    # via flights\nScikit_Learn==1.9.0 ; python_version >= "3.11" ${hash}\n`;
const pyproject = (...dependencies: string[]) =>
  `[project]\nname = "x"\ndependencies = [\n${dependencies.map((text) => `  ${JSON.stringify(text)},\n`).join("")}]\n\n[tool.x]\ndependencies = ["not-this"]\n`;
const messages = (...dependencies: string[]) =>
  checkDeclared(
    pyproject(...dependencies),
    "requirements.lock",
    parsePythonLock(lock, "requirements.lock").packages,
  ).map((problem) => `${problem.line}: ${problem.message}`);

test("a lock is read with its continuation lines, comments and markers", () => {
  expect(parsePythonLock(lock, "requirements.lock")).toEqual({
    packages: [
      { name: "pandas", version: "2.2.3", line: 2, hashes: 2 },
      { name: "scikit-learn", version: "1.9.0", line: 6, hashes: 1 },
    ],
    problems: [],
  });
});

test.each([
  [`pandas>=2 ${hash}\n`, "1: expected `name==version`, found `pandas>=2`"],
  ["\npandas==2.2.3\n", "2: `pandas==2.2.3` has no hash: what is installed could change"],
  [
    "version = 1\n\n[[package]]\nname = 'pandas'\n",
    "1: expected lines such as `pandas==2.2.3 --hash=sha256:…`, found a lock of another format",
  ],
  [`pandas==2.2.3 ${hash}\nPandas==2.2.4 ${hash}\n`, "2: `pandas` is pinned to 2.2.4, and to 2.2.3 in line 1"],
  ["./local/wheel.whl\n", "1: expected `name==version`, found `./local/wheel.whl`"],
])("a line that pins nothing is told: %j", (text, expected) => {
  expect(parsePythonLock(text, "requirements.lock").problems.map(({ line, message }) => `${line}: ${message}`)).toEqual(
    [expected],
  );
});

test("what is declared is pinned, whatever the spelling of its name", () => {
  expect(
    messages(
      "pandas",
      "scikit-learn[extra]>=1.5,<2",
      "scikit.learn ~= 1.9",
      "pandas @ https://x/y.whl",
      "pywin32; sys_platform == 'win32'",
    ),
  ).toEqual([]);
});

test.each([
  ["xgboost", "4: `xgboost` is declared, but requirements.lock does not pin `xgboost`"],
  ["pandas<2", "4: `pandas<2` does not allow pandas==2.2.3, which requirements.lock pins"],
  ["pandas==2.2.*,!=2.2.3", "4: `pandas==2.2.*,!=2.2.3` does not allow pandas==2.2.3, which requirements.lock pins"],
  ["pandas ^2", "4: `pandas ^2` is no requirement: expected a name and versions, such as `pandas>=2`"],
])("%s is told with its line", (dependency, expected) => {
  expect(messages(dependency)).toEqual([expected]);
});

test("dependencies are found in the ways that people write them", () => {
  expect(declaredDependencies("project.dependencies = ['a', \"b\"] # c\n")).toEqual(["a", "b"]);
  expect(declaredDependencies('[project]\ndependencies = ["a[x]>=1"] # "b"\n')).toEqual(["a[x]>=1"]);
  expect(declaredDependencies("[build-system]\nrequires = ['x']\n")).toEqual([]);
});

test("the template's own lock pins what its pyproject.toml declares", async () => {
  const folder = join(import.meta.dirname, "../../../../../../templates/tabular-classification/files");
  const { packages, problems } = parsePythonLock(
    await readFile(join(folder, "requirements.lock"), "utf8"),
    "requirements.lock",
  );
  expect(problems).toEqual([]);
  expect(checkDeclared(await readFile(join(folder, "pyproject.toml"), "utf8"), "requirements.lock", packages)).toEqual(
    [],
  );
});

test.each([
  ["a requirement with a long gap", () => messages(`a${" ".repeat(200_000)}x@`)],
  ["a string that never ends", () => declaredDependencies(`[project]\ndependencies = ["${'\\"'.repeat(200_000)}`)],
  ["many dependencies", () => declaredDependencies(`[project]\ndependencies = [${'"a",\n'.repeat(40_000)}]`)],
  ["a lock of many lines", () => parsePythonLock("a==1\n".repeat(100_000), "requirements.lock")],
  ["a lock of one line over many", () => parsePythonLock("a \\\n".repeat(200_000), "requirements.lock")],
  ["a lock with a long gap", () => parsePythonLock(`a${" ".repeat(500_000)}x`, "requirements.lock")],
])("%s is read in a moment", (_, read) => {
  expect(cpuMsOf(read)).toBeLessThan(3000);
});
