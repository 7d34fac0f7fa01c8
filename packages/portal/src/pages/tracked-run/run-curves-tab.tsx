import { TextInput } from "@mantine/core";
import type { TrackedRunPage } from "@pave/contract";
import { useState } from "react";
import { groupMetrics, isSystemMetric, systemMetric } from "../../lib/group-metrics.ts";
import { Card } from "../../ui/card.tsx";
import { Multiples } from "../../ui/multiples.tsx";
import { EmptyState } from "../../ui/query-view.tsx";
import { CurveBar } from "./curve-bar.tsx";
import { CurveChunk } from "./curve-chunk.tsx";
import { CurveDialog } from "./curve-dialog.tsx";
import classes from "./tracked-run.module.css";
import { useTrackedSearch } from "./use-tracked-search.ts";

/** As many charts as one request is made for. */
const chunkSize = 12;

/** Curves as small multiples, in groups by the first part of their names. */
export function RunCurvesTab({
  project,
  run,
  keys,
}: {
  project: string;
  run: TrackedRunPage;
  keys: readonly string[];
}) {
  const [search, change] = useTrackedSearch();
  const [wanted, setWanted] = useState("");
  if (keys.length === 0)
    return (
      <Card>
        <EmptyState
          title="No curves"
          detail={
            run.latest.length > 0
              ? "Each metric was logged once; the overview has their values. What is logged at several steps is drawn here."
              : "What mlflow.log_metric(key, value, step=…) logs at several steps is drawn here."
          }
        />
      </Card>
    );
  const found = keys.filter((key) => key.toLowerCase().includes(wanted.trim().toLowerCase()));
  // of a machine there is one group: its name is the tab's
  const groups = keys.every(isSystemMetric) ? [{ name: "", keys: found }] : groupMetrics(found);
  return (
    <>
      <CurveBar search={search} onChange={change}>
        {keys.length > 8 ? (
          <TextInput
            size="xs"
            aria-label="Search curves"
            placeholder="Search curves"
            value={wanted}
            onChange={(event) => setWanted(event.currentTarget.value)}
          />
        ) : null}
      </CurveBar>
      {found.length === 0 ? (
        <Card>
          <EmptyState title={`No curve has ${wanted} in its name`} />
        </Card>
      ) : null}
      {groups.map(({ name, keys }) => (
        <div key={name} className={classes.group}>
          <Card title={name === "" ? undefined : `${name}/`} flush>
            <div className={classes.chunk}>
              <Multiples isWide>
                {chunksOf(keys).map((chunk) => (
                  <CurveChunk
                    key={chunk[0]}
                    project={project}
                    run={run}
                    keys={chunk}
                    search={search}
                    titleOf={(key) => titleIn(name, key)}
                    onOpen={(metric) => change({ metric })}
                  />
                ))}
              </Multiples>
            </div>
          </Card>
        </div>
      ))}
      <CurveDialog
        project={project}
        run={run}
        search={search}
        onChange={change}
        onClose={() => change({ metric: undefined })}
      />
    </>
  );
}

const chunksOf = (keys: readonly string[]): (readonly string[])[] =>
  Array.from({ length: Math.ceil(keys.length / chunkSize) }, (_, index) =>
    keys.slice(index * chunkSize, (index + 1) * chunkSize),
  );

/** Within its group a metric goes by the rest of its name; one of the machine with its unit. */
function titleIn(group: string, key: string): string {
  if (isSystemMetric(key)) {
    const { title, unit } = systemMetric(key);
    return unit === "" ? title : `${title}, ${unit}`;
  }
  return group === "" ? key : key.slice(group.length + 1);
}
