import { Skeleton, Tooltip } from "@mantine/core";
import type { Project } from "@pave/contract";
import { IconCheck, IconUser, IconX } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { exactTime } from "../../lib/format.ts";
import { wordOf } from "../../lib/status.ts";
import { TimeAgo } from "../../ui/time-ago.tsx";
import classes from "./road.module.css";

type Stage = Project["road"][number];

/** Where the project stands: the stages from start to watch, each with its state and one line of what is there. */
export function Road({ stages }: { stages: readonly Stage[] }) {
  return (
    <ol className={classes.road} aria-label="The project's road">
      {stages.map((stage) => (
        <li key={stage.stage} className={classes.stage} data-state={stage.state}>
          <span className={classes.rail} aria-hidden />
          <Tooltip label={stage.at ? exactTime(stage.at) : wordOf(stage.state)}>
            <span className={classes.mark}>{markOf(stage)}</span>
          </Tooltip>
          <StageLink stage={stage}>
            <span className={classes.title}>{stage.title}</span>
            <span className={classes.summary}>{stage.summary}</span>
            <span className={classes.time}>{stage.at ? <TimeAgo at={stage.at} /> : wordOf(stage.state)}</span>
          </StageLink>
        </li>
      ))}
    </ol>
  );
}

function StageLink({ stage, children }: { stage: Stage; children: ReactNode }) {
  if (!stage.href) return <div className={classes.text}>{children}</div>;
  return (
    <Link to={stage.href} className={classes.text} data-link>
      {children}
    </Link>
  );
}

function markOf(stage: Stage): ReactNode {
  if (stage.state === "done") return <IconCheck size={14} stroke={2.6} aria-label="done" />;
  if (stage.state === "failed") return <IconX size={14} stroke={2.6} aria-label="failed" />;
  if (stage.state === "waiting") return <IconUser size={14} stroke={2.2} aria-label="waiting for somebody" />;
  return (
    <span
      className={stage.state === "current" ? classes.pulse : classes.dot}
      role="img"
      aria-label={wordOf(stage.state)}
    />
  );
}

/** As high as the road will be, so that nothing moves when it comes. */
export function RoadSkeleton() {
  return <Skeleton height={192} radius="sm" aria-label="loading" />;
}
