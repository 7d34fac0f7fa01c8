import type { TrackedRunPage } from "@pave/contract";
import { brief, shortDigest } from "../../lib/format.ts";
import { Card } from "../../ui/card.tsx";
import layout from "../../ui/layout.module.css";
import { Pill } from "../../ui/pill.tsx";
import { describeDataset } from "./describe-dataset.ts";
import classes from "./tracked-run.module.css";

/** The datasets that it read: what they are, where from, with which columns. */
export function RunData({ run: { datasets } }: { run: TrackedRunPage }) {
  if (datasets.length === 0) return null;
  return (
    <Card title="Data">
      <ul className={classes.items}>
        {datasets.map((dataset) => {
          const { size, columns, source } = describeDataset(dataset);
          return (
            <li key={`${dataset.name} ${dataset.digest}`}>
              <b>{dataset.name}</b> {dataset.context ? <Pill>{dataset.context}</Pill> : null}
              <div className={layout.soft}>
                {[size, `digest ${shortDigest(dataset.digest)}`, source && brief(source, 120)]
                  .filter(Boolean)
                  .join(", ")}
              </div>
              {columns.length > 0 ? (
                <details>
                  <summary className={classes.summary}>{columns.length} columns</summary>
                  <code className={classes.value}>{columns.slice(0, 200).join(", ")}</code>
                </details>
              ) : null}
            </li>
          );
        })}
      </ul>
    </Card>
  );
}
