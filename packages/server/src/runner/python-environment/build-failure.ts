import { lastWords } from "../attempt/exit-report.ts";
import { howToLock } from "./lock-file.ts";

/** `source`: `item`, a package and version, has no wheel for this machine; it may be built from source instead. */
export type BuildFailure =
  | { readonly kind: "source"; readonly message: string; readonly item: string }
  | { readonly kind: "final"; readonly message: string };

interface Rule {
  readonly pattern: RegExp;
  readonly say: (match: RegExpExecArray, lock: string) => string;
  readonly kind?: "source";
}

const unreachable = (match: RegExpExecArray): string =>
  `the package index cannot be reached (${match[0].trim().slice(0, 200)}); check the network and the proxy, or set PIP_INDEX_URL`;
const unavailable = (name: string, version: string, lock: string): string =>
  `${name}==${version} cannot be had from the package index; check its name and version in ${lock}, or the index that PIP_INDEX_URL names`;

/** In order: the first that is found in what uv or pip said. */
const rules: readonly Rule[] = [
  { pattern: /Hash mismatch for `([^`]+)`/, say: ([, item], lock) => mismatch(item, lock) },
  { pattern: /DO NOT MATCH THE HASHES[^\n]*\n\s*(\S+) from/, say: ([, item], lock) => mismatch(item, lock) },
  { pattern: /no trusted hash was provided for: `([^`]+)`/, say: ([, item], lock) => incomplete(item, lock) },
  {
    pattern: /versions pinned with ==\. These do not:\s*([A-Za-z0-9._-]+)/,
    say: ([, item], lock) => incomplete(item, lock),
  },
  { pattern: /No space left on device/, say: () => "the disk is full; free some room and try again" },
  {
    pattern:
      /(?:dns error|Connection refused|error sending request|Failed to fetch: `?https?:|NewConnectionError|ConnectTimeout|ReadTimeout|ProxyError|CERTIFICATE_VERIFY_FAILED|invalid peer certificate|operation timed out|Name or service not known|Temporary failure in name resolution)[^\n]*/i,
    say: unreachable,
  },
  {
    pattern: /Because (\S+)==(\S+) has no usable wheels/,
    say: ([, name, version], lock) => noWheel(name, version, lock),
    kind: "source",
  },
  {
    pattern: /Because (\S+)==(\S+) has no wheels/,
    say: ([, name, version], lock) => noWheel(name, version, lock),
    kind: "source",
  },
  {
    pattern:
      /Because (\S+) was not found in the (?:package registry|provided package locations) and you require \S+?==([^\s,]+)/,
    say: ([, name = "", version = ""], lock) => unavailable(name, version, lock),
  },
  {
    pattern: /there is no version of (\S+?)==([^\s,]+)/,
    say: ([, name = "", version = ""], lock) => unavailable(name, version, lock),
  },
  // With wheels alone, pip says the same of a package that comes only as source.
  {
    pattern: /No matching distribution found for ([^\s=]+)==(\S+)/,
    say: ([, name = "", version = ""], lock) => unavailable(name, version, lock),
    kind: "source",
  },
  {
    pattern: /(?:Failed to build|Failed building wheel for|Building wheel for) `?([^\s`()]+)/,
    say: ([, item]) =>
      `${item} comes only as source and could not be built on this machine; choose a version with wheels`,
  },
  {
    pattern: /No solution found[^\n]*\n\s*(?:cause: |╰─▶ )?([^\n]+)/,
    say: ([, cause], lock) =>
      `the packages in ${lock} do not fit together: ${cause?.replace(/, we can conclude.*$/, "")}; ${howToLock(lock)}`,
  },
  {
    pattern: /ensurepip is not available|No module named (?:ensurepip|venv)/,
    say: () => "this Python has neither uv nor venv with pip; install uv, or the package python3-venv",
  },
];

/** One sentence for what an installer said before it gave up; its whole text is in the log. */
export function explainBuildFailure(said: string, lock: string): BuildFailure {
  for (const rule of rules) {
    const match = rule.pattern.exec(said);
    if (!match) continue;
    const message = `${lock}: ${rule.say(match, lock)}`;
    return rule.kind === "source"
      ? { kind: "source", message, item: `${match[1]}==${match[2]}` }
      : { kind: "final", message };
  }
  const last = lastWords(said).split("\n").at(-1);
  return {
    kind: "final",
    message: `${lock}: the environment could not be built: ${last || "the installer gave no reason"}; see the log`,
  };
}

const mismatch = (item: string | undefined, lock: string): string =>
  `${item}: the package index has a file with another hash than the lock; do not use it before you know why, then ${howToLock(lock)}`;
const incomplete = (item: string | undefined, lock: string): string =>
  `${item} is needed by a package but is not in the lock; ${howToLock(lock)}`;
const noWheel = (name: string | undefined, version: string | undefined, lock: string): string =>
  `${name}==${version} has no wheel for this machine and Python; choose another version, then ${howToLock(lock)}`;
