/** What the URL of a run's page says: of one with steps which is open, of one that was tracked what is looked at. */
export interface TrackedSearch {
  readonly step?: string;
  readonly tab?: string;
  /** The curve that is shown large. */
  readonly metric?: string;
  /** How much curves are smoothed: from 0 to 0.99. */
  readonly smooth?: number;
  readonly log?: boolean;
  /** `time` instead of steps. */
  readonly x?: string;
  /** Whose file is shown, and which. */
  readonly of?: string;
  readonly file?: string;
}

const texts = ["step", "tab", "metric", "x", "of", "file"] as const;

export function parseTrackedSearch(search: Record<string, unknown>): TrackedSearch {
  const smooth = Number(search.smooth);
  return {
    ...Object.fromEntries(
      texts.flatMap((name) => {
        const value = search[name];
        // a name that is a number or a truth value comes as such
        return ["string", "number", "boolean"].includes(typeof value) && value !== "" ? [[name, String(value)]] : [];
      }),
    ),
    ...(smooth > 0 && smooth < 1 ? { smooth } : {}),
    ...(search.log === true || search.log === "true" ? { log: true } : {}),
  };
}
