import { Select } from "@mantine/core";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { metric, spaced } from "../../lib/format.ts";
import { directionOf } from "../../lib/metric-direction.ts";
import { Card } from "../../ui/card.tsx";
import { pathOf, XyPlot } from "../../ui/xy-plot.tsx";
import classes from "./model.module.css";
import { metricsOf, type VersionSummary } from "./version-columns.tsx";

/** A metric from version to version; which one stands in the URL. */
export function MetricOverVersions({ versions }: { versions: readonly VersionSummary[] }) {
  const search = useSearch({ from: "/shell/projects/$project/models/$model" });
  const navigate = useNavigate({ from: "/projects/$project/models/$model" });
  const names = metricsOf(versions);
  const name = names.find((one) => one === search.metric) ?? names[0];
  if (name === undefined) return null;
  const points = versions
    .flatMap(({ version, metrics }) => (metrics[name] === undefined ? [] : [[Number(version), metrics[name]] as const]))
    .reverse();
  const values = points.map(([, value]) => value);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const room = high > low ? (high - low) * 0.15 : Math.abs(high) * 0.1 || 1;
  const numbers = points.map(([version]) => version);
  const direction = directionOf(name);
  return (
    <Card
      title="From version to version"
      aside={
        <Select
          size="xs"
          aria-label="Metric"
          data={names.map((value) => ({ value, label: spaced(value) }))}
          allowDeselect={false}
          searchable={names.length > 10}
          value={name}
          onChange={(value) =>
            void navigate({ search: value ? { metric: value } : {}, replace: true, resetScroll: false })
          }
        />
      }
    >
      {points.length < 2 ? (
        <p className={classes.note}>Only one version has {spaced(name)} so far.</p>
      ) : (
        <XyPlot
          title={`${spaced(name)} from version to version`}
          xLabel="version"
          yLabel=""
          xDomain={[Math.min(...numbers) - 0.2, Math.max(...numbers) + 0.2]}
          yDomain={[low - room, high + room]}
          xFormat={(value) => (Number.isInteger(value) ? String(value) : "")}
          yFormat={metric}
          legend={[
            {
              label: `${spaced(name)}${direction === "neither" ? "" : `, ${direction} is better`}`,
              color: "--series-1",
            },
          ]}
          height={190}
          readout={(x) => readout(points, x)}
        >
          {(frame) => (
            <>
              <path className={classes.line} d={pathOf(frame, points)} />
              {points.map(([version, value]) => (
                <circle key={version} className={classes.dot} cx={frame.x(version)} cy={frame.y(value)} r={3.2} />
              ))}
            </>
          )}
        </XyPlot>
      )}
    </Card>
  );
}

function readout(points: readonly (readonly [number, number])[], x: number): string {
  const [first, ...rest] = points;
  if (!first) return "";
  const [version, value] = rest.reduce(
    (best, one) => (Math.abs(one[0] - x) < Math.abs(best[0] - x) ? one : best),
    first,
  );
  return `version ${version}: ${metric(value)}`;
}
