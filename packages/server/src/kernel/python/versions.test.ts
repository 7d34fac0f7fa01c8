import { describe, expect, it } from "vitest";
import { compareVersions, parseVersion, satisfies } from "./versions.ts";

describe("compareVersions", () => {
  it("orders as PEP 440 does", () => {
    const ordered = [
      "1.0.dev1",
      "1.0a1.dev1",
      "1.0a1",
      "1.0b2",
      "1.0rc1",
      "1.0",
      "1.0.post1.dev1",
      "1.0.post1",
      "1.0.1",
      "1.10",
      "1!0.1",
    ];
    const parsed = ordered.map((text) => parseVersion(text));
    for (const [index, a] of parsed.entries()) {
      for (const [other, b] of parsed.entries()) {
        const order = a && b ? compareVersions(a, b) : Number.NaN;
        expect([ordered[index], ordered[other], Math.sign(order)]).toEqual([
          ordered[index],
          ordered[other],
          Math.sign(index - other),
        ]);
      }
    }
  });
});

describe("satisfies", () => {
  it.each([
    ["3.11.2", ">=3.11", true],
    ["3.10.9", ">=3.11", false],
    ["3.11.2", ">=3.9, <3.13, !=3.12.*", true],
    ["3.12.4", ">=3.9, <3.13, !=3.12.*", false],
    ["1.4.5", "~=1.4.2", true],
    ["1.5.0", "~=1.4.2", false],
    ["1.5.0", "~=1.4", true],
    ["2.0", "==2.0.0", true],
    ["2.0.1", "==2.0.*", true],
    ["2.0+cpu", "==2.0", true],
    ["2.0rc1", "<2.0", false],
    ["2.0.post1", ">2.0", false],
    ["2.0.post1", ">=2.0", true],
    ["1.0", "", true],
    ["6.33.1", "<7", true],
    ["1.20.3", "==1.2.*", false],
    ["1.2.3", "!=1.2.*", false],
    ["2.0.0", "~=1.4", false],
    ["1.0", "===1.0.0", false],
    ["1.0", "> 0.9", true],
    ["1.0", "nonsense", undefined],
    ["1.0", "^1.0", undefined],
    ["1.0", ">=x", undefined],
    ["1.0", "~=1", undefined],
    ["nonsense", ">=1", undefined],
  ])("%s against %s", (version, specifier, expected) => {
    expect(satisfies(version, specifier)).toBe(expected);
  });
});
