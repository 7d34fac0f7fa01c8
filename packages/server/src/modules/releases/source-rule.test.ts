import { describe, expect, it } from "vitest";
import { judgeSource } from "./source-rule.ts";

const commit = "0123456789abcdef0123456789abcdef01234567";
const clean = { commit, branch: "main", pushed: false };
const pushed = { ...clean, pushed: true };
const elsewhere = { ...pushed, branch: "try/this" };

describe("what an environment asks of a release's commit", () => {
  it.each([
    ["a clean commit does", { commit: "clean" }, [clean], "pass", "revision 7 is commit 0123456789ab on main"],
    [
      "no commit does not",
      { commit: "clean" },
      [],
      "fail",
      "revision 7 has changes that are in no commit: commit them, and deploy again",
    ],
    [
      "a clean one is not a pushed one",
      { commit: "pushed" },
      [clean],
      "fail",
      "revision 7 is commit 0123456789ab on main, which was not pushed: `git push`, and deploy again",
    ],
    ["a pushed one does", { commit: "pushed" }, [clean, pushed], "pass", "revision 7 is commit 0123456789ab on main"],
    [
      "another branch does not",
      { commit: "pushed", branches: ["main"] },
      [elsewhere],
      "fail",
      "revision 7 is commit 0123456789ab on try/this: merge it, and deploy from there",
    ],
    [
      "one of several does",
      { commit: "pushed", branches: ["main"] },
      [elsewhere, pushed],
      "pass",
      "revision 7 is commit 0123456789ab on main",
    ],
    [
      "a pattern does",
      { commit: "pushed", branches: ["main", "try/*"] },
      [elsewhere],
      "pass",
      "revision 7 is commit 0123456789ab on try/this",
    ],
    [
      "a star ends at a slash",
      { commit: "pushed", branches: ["*"] },
      [elsewhere],
      "fail",
      "revision 7 is commit 0123456789ab on try/this: merge it, and deploy from there",
    ],
    [
      "two stars do not",
      { commit: "pushed", branches: ["**"] },
      [elsewhere],
      "pass",
      "revision 7 is commit 0123456789ab on try/this",
    ],
    [
      "a dot is a dot",
      { commit: "clean", branches: ["ma.n"] },
      [clean],
      "fail",
      "revision 7 is commit 0123456789ab on main: merge it, and deploy from there",
    ],
  ] as const)("%s", (_, source, commits, verdict, detail) => {
    const { branches, ...rest } = source as { commit: "clean" | "pushed"; branches?: readonly string[] };
    expect(judgeSource({ ...rest, ...(branches ? { branches: [...branches] } : {}) }, commits, 7)).toEqual({
      verdict,
      detail,
    });
  });
});
