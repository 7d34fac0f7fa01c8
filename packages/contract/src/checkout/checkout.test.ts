import { expect, test } from "vitest";
import { parse } from "yaml";
import { ignoreFile, isIgnored, leftOut, nameFrom, shownRemote, specAround } from "./index.ts";

test("the spec is as little as it takes, and YAML whatever the file is called", () => {
  const python = { lock: "requirements.txt", pinned: false };
  const around = (file: string | undefined) => parse(specAround("churn", "growth", { file, python, notes: [] }));
  expect(around("my code/a: b.py")).toEqual({
    apiVersion: "pave/v1",
    kind: "project",
    name: "churn",
    owner: "growth",
    python: { requires: ">=3.11", lock: "requirements.txt", pinned: false },
    pipelines: { train: { steps: { train: { uses: "pave/run-script@1", with: { script: "my code/a: b.py" } } } } },
  });
  expect(around("a.ipynb").pipelines.train.steps.train).toEqual({
    uses: "pave/run-notebook@1",
    with: { notebook: "a.ipynb" },
  });
  expect(around(undefined).pipelines).toBeUndefined();
});

test.each([
  ["node_modules", true, true],
  ["a/__pycache__", true, true],
  ["a.tmp", false, true],
  ["data/a.csv", false, true],
  ["data/keep.csv", false, false],
  ["a.csv", false, false],
  ["raw", true, false],
  ["data/raw", true, true],
])("of %s the nearest .gitignore has the last word", (path, isFolder, ignored) => {
  const files = [leftOut(), ignoreFile("", "*.tmp\n!raw\n")];
  const nearest = path.startsWith("data/") ? [ignoreFile("data", "*.csv\n!/keep.csv\n/raw\n")] : [];
  expect(isIgnored([...files, ...nearest], path, isFolder)).toBe(ignored);
});

test.each([
  ["https://ana:secret@git.example/a/b.git", "https://git.example/a/b.git"],
  ["https://token@git.example/a.git?access_token=secret#secret", "https://git.example/a.git"],
  ["ssh://git:secret@git.example:22/a.git", "ssh://git.example:22/a.git"],
  ["git@git.example:a/b.git", "git@git.example:a/b.git"],
  ["ana:secret@git.example:a/b.git", "git.example:a/b.git"],
  ["../other", "../other"],
  ["https://ana:sec ret@not a host/", null],
])("of the remote %s is told %s", (remote, shown) => {
  expect(shownRemote(remote)).toBe(shown);
});

test.each([
  ["My Models", "my-models"],
  ["2026_sales", "sales"],
  ["123", ""],
  ["a".repeat(80), "a".repeat(63)],
])("a folder %s suggests the project %s", (folder, name) => {
  expect(nameFrom(folder)).toBe(name);
});
