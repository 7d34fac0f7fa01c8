/**
 * Which of many p-values count as discoveries, so that of all discoveries at most a share `rate` is chance on average
 * (Benjamini and Yekutieli, 2001). Their form and not Benjamini and Hochberg's, because it holds whatever the tests
 * have to do with each other, and columns of one table, and the prediction made from them, have a lot to do with each
 * other. It asks for p-values ln(tests) + 0.58 times smaller: of a shift worth telling, at the rows that are asked,
 * p is smaller by many orders of magnitude, so the price is small.
 */
export function discoveries(pValues: readonly number[], rate = 0.05): boolean[] {
  const ascending = pValues.toSorted((a, b) => a - b);
  const harmonic = ascending.reduce((sum, _, index) => sum + 1 / (index + 1), 0);
  const limit = ascending.findLast((p, index) => p <= ((index + 1) * rate) / (pValues.length * harmonic));
  return pValues.map((p) => limit !== undefined && p <= limit);
}
