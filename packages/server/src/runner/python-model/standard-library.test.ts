import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";

const python = join(import.meta.dirname, "..", "..", "..", "..", "..", "python");

/** Names of what a folder's files import, but for Python's own modules and the files beside them: at once, and later. */
const script = `
import ast, json, pathlib, sys
files = sorted(pathlib.Path(sys.argv[1]).glob("*.py"))
known = set(sys.stdlib_module_names) | {file.stem for file in files}
found = {"atOnce": set(), "later": set()}
for file in files:
    tree = ast.parse(file.read_text())
    for node in ast.walk(tree):
        names = [each.name for each in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom):
            names = [node.module or "."]
        where = "atOnce" if node in tree.body else "later"
        found[where].update(name.split(".")[0] for name in names if name.split(".")[0] not in known)
print(json.dumps({"files": len(files), **{where: sorted(names) for where, names in found.items()}}))
`;
const importsOf = (folder: string) =>
  JSON.parse(execFileSync("python3", ["-I", "-c", script, join(python, folder)], { encoding: "utf8" }));

test("the worker of a Python model starts on the standard library, and uses only what MLflow itself brings", () => {
  const { files, atOnce, later } = importsOf("pave_worker");
  expect(files).toBeGreaterThan(5);
  expect({ atOnce, later }).toEqual({ atOnce: [], later: ["mlflow", "numpy", "pandas"] });
});

test("the supervisor of a step needs nothing but the standard library", () => {
  expect(importsOf("pave_attempt")).toMatchObject({ atOnce: [], later: [] });
});
