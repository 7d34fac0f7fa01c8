/** What every bench says, one a line with `--json`. */
export interface BenchResult {
  readonly bench: string;
  readonly case: string;
  readonly metric: string;
  readonly unit: string;
  readonly pave: number;
  /** The same of others, by name; empty where Pave is measured against an aim alone. */
  readonly peers: Readonly<Record<string, number>>;
  /** Pave against the best of the peers; above 1 is better. Null where there is none. */
  readonly ratio: number | null;
  /** The aim in words. */
  readonly goal: string;
  readonly met: boolean;
}

/** What one server gave for one metric of a case. */
export interface Measured {
  readonly case: string;
  readonly metric: string;
  readonly unit: string;
  readonly value: number;
  readonly better: "lower" | "higher";
  /** Ten times the best peer where nothing is said. */
  readonly aim?: Aim;
}

export interface Aim {
  /** In the metric's unit: at most where lower is better, else at least. */
  readonly absolute?: number;
  /** So many times better than the best peer. */
  readonly times?: number;
}

/** Puts what servers gave side by side: Pave's by `pave`, the others' by their names. */
export function compare(bench: string, measured: Readonly<Record<string, readonly Measured[]>>): BenchResult[] {
  const { pave = [], ...others } = measured;
  return pave.map((own) => {
    const isSame = (one: Measured) => one.case === own.case && one.metric === own.metric;
    const peers = Object.fromEntries(
      Object.entries(others).flatMap(([name, list]) => {
        const found = list.find(isSame);
        return found ? [[name, found.value] as const] : [];
      }),
    );
    return { bench, case: own.case, metric: own.metric, unit: own.unit, pave: own.value, peers, ...judge(own, peers) };
  });
}

function judge(own: Measured, peers: Readonly<Record<string, number>>) {
  const { absolute, times } = own.aim ?? { times: 10 };
  const values = Object.values(peers);
  const isLower = own.better === "lower";
  const best = values.length === 0 ? undefined : isLower ? Math.min(...values) : Math.max(...values);
  const ratio = best === undefined ? null : isLower ? best / own.value : own.value / best;
  const isWithin = absolute === undefined || (isLower ? own.value <= absolute : own.value >= absolute);
  const isFaster = times === undefined || ratio === null || ratio >= times;
  const goal = [
    ...(absolute === undefined
      ? []
      : [`at ${isLower ? "most" : "least"} ${absolute.toLocaleString("en")} ${own.unit}`]),
    ...(times === undefined || ratio === null ? [] : [`${times} times MLflow`]),
  ];
  return { ratio, goal: goal.join(", ") || "none", met: isWithin && isFaster };
}
