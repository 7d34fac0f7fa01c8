/** How well a text answers what was typed: each word in order, letters may be left out. Null where it does not. */
export function fuzzyScore(typed: string, text: string): number | null {
  const target = text.toLowerCase();
  let total = 0;
  for (const word of typed.toLowerCase().split(/\s+/)) {
    if (word === "") continue;
    const score = wordScore(word, target);
    if (score === null) return null;
    total += score;
  }
  return total - target.length / 1000;
}

/** A whole part counts most, at the beginning of a word more; letters in order count by how close they stand. */
function wordScore(word: string, target: string): number | null {
  const at = target.indexOf(word);
  if (at >= 0) return 10 + (isStart(target, at) ? 5 : 0) + (at === 0 ? 2 : 0);
  let [from, score] = [0, 0];
  for (const letter of word) {
    const found = target.indexOf(letter, from);
    if (found < 0) return null;
    const gap = found - from;
    if (from > 0 && gap > 12) return null;
    score += isStart(target, found) ? 1 : gap === 0 ? 0.8 : 0.2;
    from = found + 1;
  }
  return score >= word.length * 0.5 ? score / word.length : null;
}

const isStart = (target: string, at: number): boolean => at === 0 || !/[a-z0-9]/.test(target[at - 1] ?? "");
