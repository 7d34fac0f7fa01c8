import type { Problem } from "@pave/contract";
import {
  joinedLines,
  normalizeName,
  parseRequirement,
  requirementProblem,
  satisfies,
} from "../../../kernel/python/index.ts";
import { readPyprojectDependencies } from "./read-pyproject.ts";

export interface LockedPackage {
  /** Normalised. */
  readonly name: string;
  readonly version: string;
  readonly line: number;
  readonly hashes: number;
}

const relock = (path: string) =>
  `lock again: \`uv pip compile pyproject.toml --generate-hashes -o ${path}\`, then \`pave lock\``;

/** Reads a lock in pip's format. Every package is pinned to one version, with hashes. */
export function parsePythonLock(text: string, path: string): { packages: LockedPackage[]; problems: Problem[] } {
  if (/^\[\[package\]\]/m.test(text)) {
    return {
      packages: [],
      problems: [
        {
          path,
          line: 1,
          column: 1,
          message: "expected lines such as `pandas==2.2.3 --hash=sha256:…`, found a lock of another format",
          fix: `export it: \`uv export --format requirements-txt -o requirements.lock\`, and name that file in pave.yaml`,
        },
      ],
    };
  }
  const packages: LockedPackage[] = [];
  const pinned = new Map<string, LockedPackage>();
  const problems: Problem[] = [];
  for (const { text: entry, line } of joinedLines(text)) {
    if (/^--?[a-z]/.test(entry)) continue;
    const match = /^([A-Za-z0-9][\w.-]*)(?:\[[^\]]*\])?\s*==\s*([^\s;]+)/.exec(entry);
    const hashes = entry.match(/--hash[= ]\s*\w+:[0-9a-f]{32,}/g)?.length ?? 0;
    if (!match?.[1] || !match[2])
      problems.push({
        path,
        line,
        column: 1,
        message: `expected \`name==version\`, found \`${shorten((entry.split("--hash")[0] ?? "").trim())}\``,
        fix: relock(path),
      });
    else if (hashes === 0)
      problems.push({
        path,
        line,
        column: 1,
        message: `\`${match[1]}==${match[2]}\` has no hash: what is installed could change`,
        fix: relock(path),
      });
    if (!match?.[1] || !match[2]) continue;
    const name = normalizeName(match[1]);
    const twin = pinned.get(name);
    // Markers may pin another version for another platform.
    if (twin && twin.version !== match[2] && !entry.includes(";"))
      problems.push({
        path,
        line,
        column: 1,
        message: `\`${name}\` is pinned to ${match[2]}, and to ${twin.version} in line ${twin.line}`,
        fix: relock(path),
      });
    const locked = { name, version: match[2], line, hashes };
    packages.push(locked);
    if (!twin) pinned.set(name, locked);
  }
  return { packages, problems };
}

/** A requirements.txt as people write it: packages of the index, with whatever versions. */
export const checkRequirements = (text: string, path: string): Problem[] =>
  [...joinedLines(text)].flatMap(({ text: line, line: number }): Problem[] => {
    const message = requirementProblem(line);
    return message === undefined
      ? []
      : [{ path, line: number, column: 1, message, fix: "correct the line, or remove it" }];
  });

/** What pyproject.toml declares must be pinned, and pinned to a version that it allows. */
export function checkDeclared(pyproject: string, lockPath: string, packages: readonly LockedPackage[]): Problem[] {
  const locked = new Map(packages.map((entry) => [entry.name, entry.version]));
  return readPyprojectDependencies(pyproject).flatMap(({ text, line }): Problem[] => {
    const at = { path: "pyproject.toml", line, column: 1 };
    const declared = parseRequirement(text);
    if (!declared)
      return [
        {
          ...at,
          message: `\`${text}\` is no requirement: expected a name and versions, such as \`pandas>=2\``,
          fix: "correct it",
        },
      ];
    const version = locked.get(declared.name);
    if (version === undefined) {
      // A marker may leave the package out on this platform.
      return declared.hasMarker
        ? []
        : [
            {
              ...at,
              message: `\`${text}\` is declared, but ${lockPath} does not pin \`${declared.name}\``,
              fix: relock(lockPath),
            },
          ];
    }
    if (declared.specifier === null || satisfies(version, declared.specifier) !== false) return [];
    return [
      {
        ...at,
        message: `\`${text}\` does not allow ${declared.name}==${version}, which ${lockPath} pins`,
        fix: relock(lockPath),
      },
    ];
  });
}

export const declaredDependencies = (pyproject: string): string[] =>
  readPyprojectDependencies(pyproject).map((dependency) => dependency.text);

const shorten = (text: string): string => (text.length > 60 ? `${text.slice(0, 57)}…` : text);
