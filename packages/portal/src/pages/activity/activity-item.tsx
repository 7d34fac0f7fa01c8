import type { Activity } from "@pave/contract";
import {
  IconAlertTriangle,
  IconBox,
  IconCalendarClock,
  IconChecks,
  IconGitCommit,
  IconGitPullRequest,
  IconPlayerPlay,
  IconRobot,
  IconRocket,
  IconServer2,
  IconStack2,
  IconUser,
} from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { exactTime, shortDigest } from "../../lib/format.ts";
import { Facts } from "../../ui/facts.tsx";
import classes from "./activity.module.css";

const icons: Readonly<Record<string, typeof IconBox>> = {
  run: IconPlayerPlay,
  plan: IconGitPullRequest,
  release: IconRocket,
  rollout: IconRocket,
  rollback: IconRocket,
  deployment: IconRocket,
  alert: IconAlertTriangle,
  revision: IconGitCommit,
  project: IconStack2,
  environment: IconServer2,
  resource: IconServer2,
  model: IconBox,
  principal: IconUser,
  member: IconUser,
  team: IconUser,
};
const actors: Readonly<Record<string, typeof IconBox>> = {
  agent: IconRobot,
  schedule: IconCalendarClock,
  alert: IconAlertTriangle,
};

/** One fact: when, who, what; opened, everything that the ledger has of it. */
export function ActivityItem({ event, withProject }: { event: Activity; withProject: boolean }) {
  const Icon = actors[event.actor] ?? icons[event.type.split(".")[0] ?? ""] ?? IconChecks;
  const isBad = ["failed", "error", "denied"].includes(event.result);
  return (
    <li>
      <details className={classes.event}>
        <summary>
          <Icon size={15} stroke={1.8} className={classes.icon} data-bad={isBad || undefined} aria-hidden />
          <time className={classes.time} dateTime={event.at} title={exactTime(event.at)}>
            {new Date(event.at).toLocaleTimeString("en-GB")}
          </time>
          <span className={classes.text}>
            <b style={{ fontWeight: 600 }}>{event.principal.name}</b>{" "}
            {event.href ? (
              <Link to={event.href} className="link">
                {event.text}
              </Link>
            ) : (
              event.text
            )}
          </span>
          <span className={classes.where}>{withProject ? (event.project ?? "platform") : ""}</span>
        </summary>
        <Detail event={event} />
      </details>
    </li>
  );
}

function Detail({ event }: { event: Activity }) {
  const { type, actor, principal, subject, position, hash, planHash, data, result } = event;
  return (
    <div className={classes.detail}>
      <Facts
        columns={2}
        facts={[
          { label: "Time", value: exactTime(event.at) },
          { label: "Type", value: <code>{type}</code> },
          { label: "Who", value: `${principal.name} (${principal.kind}${actor === "person" ? "" : `, ${actor}`})` },
          {
            label: "Subject",
            value: (
              <Link to="." search={(before: object) => ({ ...before, subject: subject.id })} className="link">
                {subject.type} {subject.id}
              </Link>
            ),
          },
          { label: "Result", value: result },
          {
            label: "In the chain",
            value:
              position === null ? (
                "being sealed"
              ) : (
                <>
                  {position}, <code title={hash ?? ""}>{shortDigest(hash)}</code>
                </>
              ),
          },
          ...(planHash ? [{ label: "Plan", value: <code title={planHash}>{shortDigest(planHash)}</code> }] : []),
        ]}
      />
      {Object.keys(data).length > 0 ? <pre className={classes.data}>{JSON.stringify(data, null, 2)}</pre> : null}
    </div>
  );
}
