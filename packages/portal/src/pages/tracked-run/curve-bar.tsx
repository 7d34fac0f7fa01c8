import { SegmentedControl, Slider, Switch } from "@mantine/core";
import type { ReactNode } from "react";
import classes from "./tracked-run.module.css";
import type { TrackedSearch } from "./tracked-search.ts";

export interface CurveChange {
  readonly smooth?: number | undefined;
  readonly log?: boolean | undefined;
  readonly x?: string | undefined;
}

interface CurveBarProps {
  readonly search: TrackedSearch;
  readonly onChange: (change: CurveChange) => void;
  readonly children?: ReactNode;
}

/** How curves are drawn; it stands in the URL, so that what somebody sees can be sent. */
export function CurveBar({ search, onChange, children }: CurveBarProps) {
  return (
    <div className={classes.bar}>
      {children}
      <div className={classes.slider}>
        <span id="smoothing">Smoothing</span>
        <Slider
          aria-labelledby="smoothing"
          thumbLabel="Smoothing"
          style={{ flex: 1 }}
          size="sm"
          min={0}
          max={0.99}
          step={0.01}
          value={search.smooth ?? 0}
          onChange={(value) => onChange({ smooth: value === 0 ? undefined : value })}
        />
      </div>
      <Switch
        size="xs"
        label="log axis"
        checked={search.log ?? false}
        onChange={(event) => onChange({ log: event.currentTarget.checked || undefined })}
      />
      <SegmentedControl
        size="xs"
        aria-label="Over"
        data={[
          { value: "step", label: "Steps" },
          { value: "time", label: "Time" },
        ]}
        value={search.x === "time" ? "time" : "step"}
        onChange={(value) => onChange({ x: value === "time" ? value : undefined })}
      />
    </div>
  );
}
