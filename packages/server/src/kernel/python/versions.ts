/* Versions of Python packages, and specifiers of them, as PEP 440 has them. */

interface Version {
  readonly epoch: number;
  readonly release: readonly number[];
  /** Each rank sorts: development releases first, then pre-releases, the release itself, post-releases. */
  readonly pre: readonly [number, number];
  readonly post: number;
  readonly dev: number;
}

const pattern =
  /^v?(?:(\d+)!)?(\d+(?:\.\d+)*)(?:[-_.]?(alpha|a|beta|b|preview|pre|c|rc)[-_.]?(\d*))?(?:-(\d+)|[-_.]?(post|rev|r)[-_.]?(\d*))?(?:[-_.]?(dev)[-_.]?(\d*))?(?:\+[a-z0-9]+(?:[-_.][a-z0-9]+)*)?$/i;

const preRanks: Record<string, number> = { a: 1, alpha: 1, b: 2, beta: 2, c: 3, rc: 3, pre: 3, preview: 3 };

export function parseVersion(text: string): Version | undefined {
  const match = pattern.exec(text.trim());
  if (!match) return undefined;
  const [, epoch, release = "", preKind, preNumber, postShort, postKind, postNumber, devKind, devNumber] = match;
  const hasPost = postShort !== undefined || postKind !== undefined;
  const pre: [number, number] = preKind
    ? [preRanks[preKind.toLowerCase()] ?? 3, Number(preNumber || 0)]
    : devKind && !hasPost
      ? [0, 0]
      : [9, 0];
  return {
    epoch: Number(epoch ?? 0),
    release: release.split(".").map(Number),
    pre,
    post: hasPost ? Number(postShort ?? (postNumber || 0)) : -1,
    dev: devKind ? Number(devNumber || 0) : Number.POSITIVE_INFINITY,
  };
}

/** Negative when `a` is the older. */
export function compareVersions(a: Version, b: Version): number {
  const length = Math.max(a.release.length, b.release.length);
  const keyOf = (v: Version) => [
    v.epoch,
    ...Array.from({ length }, (_, i) => v.release[i] ?? 0),
    ...v.pre,
    v.post,
    v.dev,
  ];
  const other = keyOf(b);
  for (const [index, part] of keyOf(a).entries()) {
    const difference = compareNumbers(part, other[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

const compareNumbers = (a: number, b: number): number => (a === b ? 0 : a < b ? -1 : 1);

/**
 * Whether a version fits all of `>=3.11, !=3.12.*, <4`. An empty specifier fits everything. Undefined where one of them
 * cannot be read.
 */
export function satisfies(version: string, specifier: string): boolean | undefined {
  const clauses = specifier
    .split(",")
    .map((clause) => clause.trim())
    .filter(Boolean);
  const verdicts = clauses.map((clause) => fits(version, clause));
  return verdicts.includes(undefined) ? undefined : verdicts.every((verdict) => verdict === true);
}

function fits(versionText: string, clause: string): boolean | undefined {
  const match = /^(===|==|!=|~=|>=|<=|>|<)\s*(\S+)$/.exec(clause);
  if (!match) return undefined;
  const [, operator, text = ""] = match;
  if (operator === "===") return versionText === text;
  const version = parseVersion(versionText);
  const isSeries = text.endsWith(".*");
  const bound = parseVersion(isSeries ? text.slice(0, -2) : text);
  if (!version || !bound) return undefined;
  if (isSeries) {
    const isInSeries = startsWith(version, bound);
    return operator === "==" ? isInSeries : operator === "!=" ? !isInSeries : undefined;
  }
  const order = compareVersions(version, bound);
  switch (operator) {
    case "==":
      return order === 0;
    case "!=":
      return order !== 0;
    case ">=":
      return order >= 0;
    case "<=":
      return order <= 0;
    case ">":
      return order > 0 && !(version.post >= 0 && bound.post < 0 && sameRelease(version, bound));
    case "<":
      return order < 0 && !(isPre(version) && !isPre(bound) && sameRelease(version, bound));
    default:
      if (bound.release.length === 1) return undefined;
      return order >= 0 && startsWith(version, { ...bound, release: bound.release.slice(0, -1) });
  }
}

const isPre = (version: Version): boolean => version.pre[0] < 9 || version.dev !== Number.POSITIVE_INFINITY;

const startsWith = (version: Version, prefix: Version): boolean =>
  version.epoch === prefix.epoch && prefix.release.every((part, index) => (version.release[index] ?? 0) === part);

const sameRelease = (a: Version, b: Version): boolean =>
  compareVersions(
    { ...a, pre: [9, 0], post: -1, dev: Number.POSITIVE_INFINITY },
    { ...b, pre: [9, 0], post: -1, dev: Number.POSITIVE_INFINITY },
  ) === 0;
