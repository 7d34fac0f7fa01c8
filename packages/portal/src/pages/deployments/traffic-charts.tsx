import { SegmentedControl } from "@mantine/core";
import type { DeploymentDetail, Traffic } from "@pave/contract";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import { milliseconds, percent } from "../../lib/format.ts";
import { Card } from "../../ui/card.tsx";
import layout from "../../ui/layout.module.css";
import { QueryView } from "../../ui/query-view.tsx";
import { TimeChart } from "../../ui/time-chart.tsx";
import { type AlignedTraffic, alignTraffic, type Quantile } from "./align-traffic.ts";
import classes from "./traffic-charts.module.css";
import { useTrafficQuery } from "./use-traffic-query.ts";

const ranges = [
  { value: "5m", label: "5 min", minutes: 5 },
  { value: "15m", label: "15 min", minutes: 15 },
  { value: "1h", label: "1 h", minutes: 60 },
  { value: "6h", label: "6 h", minutes: 360 },
  { value: "24h", label: "24 h", minutes: 1440 },
  { value: "7d", label: "7 d", minutes: 10_080 },
] as const;

const quantiles = [
  { value: "p50Ms", label: "p50" },
  { value: "p95Ms", label: "p95" },
  { value: "p99Ms", label: "p99" },
] as const;

/** Requests, latency and errors over time, by model version, with a line where a release went live. */
export function TrafficCharts({ deployment }: { deployment: DeploymentDetail }) {
  const { project, environment, name } = deployment;
  const search = useSearch({ from: "/shell/projects/$project/deployments/$environment/$deployment" });
  const navigate = useNavigate({ from: "/projects/$project/deployments/$environment/$deployment" });
  const range = ranges.find(({ value }) => value === search.range) ?? ranges[2];
  const query = useTrafficQuery({ project, environment, deployment: name }, range.minutes);
  return (
    <section className={classes.section} aria-label="Traffic">
      <div className={classes.head}>
        <h2 className={classes.title}>Traffic</h2>
        <SegmentedControl
          size="xs"
          aria-label="Span of time"
          value={range.value}
          data={ranges.map(({ value, label }) => ({ value, label }))}
          onChange={(value) => void navigate({ search: { range: value }, replace: true, resetScroll: false })}
        />
      </div>
      <div className={classes.body}>
        <QueryView query={query} rows={6}>
          {(traffic) => (
            <Charts traffic={traffic} minutes={range.minutes} readAt={query.dataUpdatedAt} deployment={deployment} />
          )}
        </QueryView>
      </div>
    </section>
  );
}

function Charts({
  traffic,
  minutes,
  readAt,
  deployment,
}: {
  traffic: Traffic;
  minutes: number;
  readAt: number;
  deployment: DeploymentDetail;
}) {
  const [quantile, setQuantile] = useState<Quantile>("p99Ms");
  const aligned = useMemo(() => alignTraffic(traffic, minutes, readAt), [traffic, minutes, readAt]);
  const markers = useMemo(
    () => traffic.markers.map(({ at, text }) => ({ at: Date.parse(at) / 1000, ...markText(text) })),
    [traffic],
  );
  const requests = useMemo(
    () =>
      aligned.series.map((one, index) => ({
        label: one.label,
        color: colorOf(index),
        values: one.requestsPerMinute,
      })),
    [aligned],
  );
  const latency = useMemo(
    () =>
      aligned.series.map((one, index) => ({ label: one.label, color: colorOf(index), values: one.latency[quantile] })),
    [aligned, quantile],
  );
  const errors = useMemo(() => errorSeries(aligned), [aligned]);
  const empty = `No requests in this span. Try it below, or: pave predict ${deployment.environment} ${deployment.name}`;
  const quantileControl = (
    <SegmentedControl
      size="xs"
      aria-label="Quantile of latency"
      value={quantile}
      data={[...quantiles]}
      onChange={(value) => setQuantile(value as Quantile)}
    />
  );
  return (
    <div className={layout.thirds}>
      <Card title="Requests per minute" aside="by model version">
        <TimeChart
          title="Requests per minute by model version"
          times={aligned.times}
          series={requests}
          markers={markers}
          format={rate}
          bars
          atLeast={10}
          empty={empty}
        />
      </Card>
      <Card title="Latency" aside={quantileControl}>
        <TimeChart
          title="Latency by model version"
          times={aligned.times}
          series={latency}
          markers={markers}
          format={milliseconds}
          atLeast={1}
          empty="No latency without requests."
        />
      </Card>
      <Card title="Errors" aside="share of requests">
        <TimeChart
          title="Share of requests that failed"
          times={aligned.times}
          series={errors}
          markers={markers}
          format={errorShare}
          atLeast={0.02}
          empty="No errors without requests."
        />
      </Card>
    </div>
  );
}

const colorOf = (index: number): string => `--series-${(index % 5) + 1}`;
const rate = (value: number): string => {
  if (value >= 1000) return `${Number((value / 1000).toPrecision(3))}k`;
  return value >= 10 || value === 0 ? value.toFixed(0) : value.toFixed(1);
};
const errorShare = (value: number): string => percent(value, value !== 0 && value < 0.02 ? 1 : 0);

/** `Release 2: late version 2` stands over a narrow chart as `release 2`. */
function markText(text: string): { text: string; short: string } {
  const release = (text.split(":")[0] ?? text).toLowerCase();
  return { text: release, short: release.replace("release ", "") };
}

const errorSeries = ({ errors5xx, errors4xx }: AlignedTraffic) => [
  { label: "5xx, failed", color: "--bad", values: errors5xx, filled: true },
  { label: "4xx, refused", color: "--warn", values: errors4xx, dashed: true },
];
