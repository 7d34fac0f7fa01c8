import type { Home } from "@pave/contract";
import { Link } from "@tanstack/react-router";
import { percent } from "../../lib/format.ts";
import { Card } from "../../ui/card.tsx";
import { Meter } from "../../ui/meter.tsx";
import { StateBadge } from "../../ui/state-badge.tsx";
import { Elapsed } from "../../ui/time-ago.tsx";
import classes from "./home.module.css";

export function RunningNow({ runs }: { runs: Home["running"] }) {
  return (
    <Card title="Running now" aside={runs.length > 0 ? `${runs.length}` : undefined} flush>
      {runs.length === 0 ? (
        <p className={classes.nothing}>
          No run is in progress. <code>pave run</code> in a project's folder starts one.
        </p>
      ) : (
        <ul className={classes.list}>
          {runs.map((run) => (
            <li key={run.href} className={classes.running}>
              <StateBadge state={run.state} compact />
              <Link to={run.href} className={`link ${classes.itemTitle}`}>
                {run.project} run {run.number}
              </Link>
              <span className={classes.itemDetail}>{run.pipeline}</span>
              <span className={classes.meter}>
                <Meter value={run.progress} label={`Progress of run ${run.number}`} />
              </span>
              <span className={classes.number}>{percent(run.progress, 0)}</span>
              <span className={classes.number}>
                <Elapsed from={run.startedAt} to={null} />
              </span>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}
