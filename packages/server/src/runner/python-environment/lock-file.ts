import { joinedLines, normalizeName } from "../../kernel/python/index.ts";
import { AttemptError } from "../attempt/attempt-error.ts";

export interface LockedPackage {
  /** Normalised: lower case, dashes. */
  readonly name: string;
  readonly extras: string;
  readonly version: string;
  /** Environment marker without the semicolon, or empty. */
  readonly marker: string;
  /** `sha256:…`, sorted. */
  readonly hashes: readonly string[];
}

const requirement =
  /^([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)\s*(\[[A-Za-z0-9_.,\s-]*\])?\s*==\s*([A-Za-z0-9!.+_-]+)\s*(?:;\s*(.*))?$/;
const hashPattern = /\s+--hash[= ](\S+)/g;

/**
 * Reads a lock in pip's format. Only `name==version [; marker] --hash=sha256:…` is allowed: an option or a path could
 * make the installer take packages from elsewhere.
 */
export function parseLock(text: string, path: string): LockedPackage[] {
  const packages: LockedPackage[] = [];
  for (const { text: line, line: number } of joinedLines(text)) {
    const place = `${path} line ${number}`;
    if (line.startsWith("-"))
      throw invalid(
        `${place}: expected a package, found the option \`${line.split(/[\s=]/)[0]}\`; set the index where Pave runs, not in the lock`,
      );
    const hashes = [...line.matchAll(hashPattern)].map((match) => match[1] ?? "");
    const match = requirement.exec(line.replace(hashPattern, "").trim());
    const found = line.split(/\s/)[0] ?? "";
    if (!match)
      throw invalid(
        `${place}: expected \`name==version --hash=sha256:…\`, found \`${found.slice(0, 100)}\`; ${howToLock(path)}`,
      );
    const [, name = "", extras = "", version = "", marker = ""] = match;
    if (hashes.length === 0 || !hashes.every((hash) => /^sha256:[0-9a-f]{64}$/.test(hash)))
      throw invalid(
        `${place}: expected --hash=sha256:… for ${name}==${version}, found ${hashes[0]?.slice(0, 80) ?? "none"}; ${howToLock(path)}`,
      );
    packages.push({
      name: normalizeName(name),
      extras: extras.replace(/\s/g, ""),
      version,
      marker: marker.trim(),
      hashes: hashes.sort(),
    });
  }
  return packages.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

/** The same packages in one form, whatever comments and order the file had. */
export const renderLock = (packages: readonly LockedPackage[]): string =>
  packages
    .map(
      ({ name, extras, version, marker, hashes }) =>
        `${name}${extras}==${version}${marker ? ` ; ${marker}` : ""} ${hashes.map((hash) => `--hash=${hash}`).join(" ")}\n`,
    )
    .join("");

export const howToLock = (path: string): string =>
  `lock again: uv pip compile pyproject.toml --generate-hashes -o ${path}`;

const invalid = (message: string): AttemptError => new AttemptError("environment", message);
