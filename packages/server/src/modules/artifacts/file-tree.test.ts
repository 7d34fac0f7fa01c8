import { expect, test } from "vitest";
import { digestOf } from "../../kernel/ids.ts";
import { caseCollisions, fileTreeOf, pathProblems } from "./file-tree.ts";

test.each([
  ["../secrets", '"../secrets" leaves its folder with `..`'],
  ["a/../../b", '"a/../../b" leaves its folder with `..`'],
  ["/etc/passwd", '"/etc/passwd" is absolute; use a path within the folder'],
  ["C:/windows", '"C:/windows" is absolute; use a path within the folder'],
  ["a\\b", '"a\\\\b" contains a backslash; use / between folders'],
  ["a\0b", '"a\\u0000b" contains a NUL character'],
  ["a\nb", '"a\\nb" contains a control character'],
  ["a//b", '"a//b" has an empty part or `.`; write it plainly'],
  ["./a", '"./a" has an empty part or `.`; write it plainly'],
  ["a/", '"a/" has an empty part or `.`; write it plainly'],
  ["", '"" is empty'],
])("the path %j is refused", (path, problem) => {
  expect(pathProblems([path])).toEqual([problem]);
});

test("ordinary paths are fine, dots in names too", () => {
  expect(pathProblems(["pave.yaml", ".gitignore", "data/..hidden", "a/b.c/d", "größe/naïve.txt", "..."])).toEqual([]);
});

test("a path given twice and a file that is also a folder are told once each", () => {
  expect(pathProblems(["a", "a", "b", "b/c"])).toEqual(['"a" is there twice', '"b" is a file and a folder at once']);
});

test("paths that differ in case only are one file elsewhere", () => {
  expect(caseCollisions(["README.md", "readme.md", "src/a.py"])).toEqual([["README.md", "readme.md"]]);
});

test("the digest of a tree ignores the order it was given in and is the digest of its manifest", () => {
  const a = { path: "a", digest: digestOf("a"), size: 1, executable: false };
  const b = { path: "b", digest: digestOf("b"), size: 2, executable: true };
  expect(fileTreeOf([b, a])).toEqual(fileTreeOf([a, b]));
  expect(fileTreeOf([a, b]).bytes).toBe(3);
  expect(digestOf(fileTreeOf([a, b]).manifest)).toBe(fileTreeOf([a, b]).digest);
  expect(fileTreeOf([a, { ...b, executable: false }]).digest).not.toBe(fileTreeOf([a, b]).digest);
});
