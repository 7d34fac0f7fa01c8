import { describe, expect, it } from "vitest";
import { checkDeclared } from "./check-declared.ts";
import { parseLock, renderLock } from "./lock-file.ts";

const a = `sha256:${"a".repeat(64)}`;
const b = `sha256:${"b".repeat(64)}`;

describe("parseLock", () => {
  it("reads names, versions, markers and hashes, and renders them in one form", () => {
    const text = `# locked\r\nScikit_Learn[extra]==1.5.2 ; python_version >= "3.11" \\\r\n    --hash=${b} \\\r\n    --hash=${a}\r\n    # via -r pyproject.toml\r\nabc==1.0 --hash=${a} # why\r\n`;
    const packages = parseLock(text, "requirements.lock");
    expect(packages).toEqual([
      { name: "abc", extras: "", version: "1.0", marker: "", hashes: [a] },
      { name: "scikit-learn", extras: "[extra]", version: "1.5.2", marker: 'python_version >= "3.11"', hashes: [a, b] },
    ]);
    expect(renderLock(packages)).toBe(
      `abc==1.0 --hash=${a}\nscikit-learn[extra]==1.5.2 ; python_version >= "3.11" --hash=${a} --hash=${b}\n`,
    );
    expect(parseLock(renderLock(packages), "x")).toEqual(packages);
  });

  it.each([
    ["--index-url https://evil.example/simple\n", "lock line 1: expected a package, found the option `--index-url`"],
    ["\n-e ./here\n", "lock line 2: expected a package, found the option `-e`"],
    [
      `six @ https://evil.example/six.whl --hash=${a}\n`,
      "lock line 1: expected `name==version --hash=sha256:…`, found `six`",
    ],
    [`six>=1.0 --hash=${a}\n`, "lock line 1: expected `name==version --hash=sha256:…`, found `six>=1.0`"],
    [`./six.whl --hash=${a}\n`, "lock line 1: expected `name==version --hash=sha256:…`, found `./six.whl`"],
    ["six==1.0\n", "lock line 1: expected --hash=sha256:… for six==1.0, found none"],
    ["six==1.0 --hash=md5:abc\n", "lock line 1: expected --hash=sha256:… for six==1.0, found md5:abc"],
    [
      `six==1.0 --hash=${a} --index-url=https://evil.example\n`,
      "lock line 1: expected `name==version --hash=sha256:…`",
    ],
  ])("refuses %j", (text, message) => {
    expect(() => parseLock(text, "lock")).toThrow(message);
  });
});

describe("checkDeclared", () => {
  const packages = parseLock(`six==1.17.0 --hash=${a}\nscikit-learn==1.5.2 --hash=${a}\n`, "lock");
  it("takes what the lock holds", () => {
    const declared = [
      "six",
      "Scikit_Learn>=1.5,<2",
      "scikit-learn[x] (>=1.5)",
      "pywin32>=300; sys_platform == 'win32'",
      "six @ https://example.org/six.whl",
    ];
    expect(() => checkDeclared(declared, packages, "lock")).not.toThrow();
  });
  it("names what is missing or too old", () => {
    expect(() => checkDeclared(["pandas>=2"], packages, "lock")).toThrow(
      "lock: expected `pandas>=2` as in pyproject.toml, found no pandas; lock again",
    );
    expect(() => checkDeclared(["scikit-learn>=1.6"], packages, "lock")).toThrow("found scikit-learn==1.5.2");
  });
});
