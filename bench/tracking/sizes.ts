/** How much is loaded and for how long each case is driven. */
export interface Sizes {
  /** What a search gives at once, and what filtered searches look through. */
  readonly runs: number;
  /** Points of the history that is read. */
  readonly points: number;
  readonly secondsPerCase: number;
  readonly fits: number;
  /** Loaded by SQL, for filtered searches on Pave alone; the second is held against the first. */
  readonly large: readonly number[];
  readonly files: { readonly bytes: number; readonly connections: number };
}

export const sizes = {
  full: {
    ...{ runs: 1000, points: 25_000, secondsPerCase: 6, fits: 3, large: [100_000, 1_000_000] },
    files: { bytes: 2 ** 20, connections: 4 },
  },
  quick: {
    ...{ runs: 200, points: 5_000, secondsPerCase: 1, fits: 1, large: [] },
    files: { bytes: 2 ** 20, connections: 4 },
  },
  /** For a test that looks whether the bench works. */
  smoke: {
    ...{ runs: 20, points: 2_000, secondsPerCase: 0.1, fits: 0, large: [500, 1000] },
    files: { bytes: 2 ** 16, connections: 2 },
  },
} as const satisfies Record<string, Sizes>;
