/*
 * What Prometheus reads, as plain data. Names follow its habits: base units, a plural unit at the end, `_total` on what
 * only grows. Labels say which project, environment, deployment or model version; never which request or person, since
 * each set of values is a series that somebody has to keep.
 */
export type Labels = Readonly<Record<string, string>>;

export interface Sample {
  readonly labels?: Labels;
  readonly value: number;
  /** Of a histogram's samples. */
  readonly suffix?: "_bucket" | "_sum" | "_count";
}

export interface MetricFamily {
  readonly name: string;
  readonly type: "counter" | "gauge" | "histogram";
  /** One sentence: what is counted. */
  readonly help: string;
  readonly samples: readonly Sample[];
}
