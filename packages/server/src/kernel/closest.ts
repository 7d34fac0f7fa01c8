/** Names and their number come from users: a longer name gets no suggestion, and of many candidates the first count. */
const maxLength = 80;
const maxCandidates = 1000;

/** The name that was probably meant: at most a third of its letters off, two letters at least; or one that begins so. */
export function closest(name: string, candidates: Iterable<string>): string | undefined {
  if (name.length > maxLength) return undefined;
  const lower = name.toLowerCase();
  let best: string | undefined;
  let bestDistance = Number.POSITIVE_INFINITY;
  let beginsSo: string | undefined;
  let left = maxCandidates;
  for (const candidate of candidates) {
    const lowerCandidate = candidate.length > maxLength ? undefined : candidate.toLowerCase();
    if (lowerCandidate === undefined) continue;
    if (lowerCandidate.startsWith(lower)) beginsSo ??= candidate;
    if (Math.abs(candidate.length - name.length) > allowed(candidate)) continue;
    if (left === 0) break;
    left -= 1;
    const distance = editDistance(lower, lowerCandidate);
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  const isNear = best !== undefined && bestDistance <= allowed(best) && bestDistance < best.length;
  if (isNear || name.length < 3) return isNear ? best : undefined;
  return beginsSo;
}

const allowed = (name: string): number => Math.max(2, Math.floor(name.length / 3));

/** `; did you mean \`x\`?`, or nothing. */
export function suggestion(name: string, candidates: Iterable<string>): string {
  const meant = closest(name, candidates);
  return meant === undefined ? "" : `; did you mean \`${meant}\`?`;
}

/** Changes, insertions, deletions and swaps of neighbours that make one text of the other. */
export function editDistance(a: string, b: string): number {
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const current = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const changed = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      let least = Math.min((current[j - 1] ?? 0) + 1, (previous[j] ?? 0) + 1, changed);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        least = Math.min(least, (beforePrevious[j - 2] ?? 0) + 1);
      current.push(least);
    }
    [beforePrevious, previous] = [previous, current];
  }
  return previous[b.length] ?? 0;
}
