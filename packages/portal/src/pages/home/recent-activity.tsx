import type { Home } from "@pave/contract";
import { Link } from "@tanstack/react-router";
import { Card } from "../../ui/card.tsx";
import { TimeAgo } from "../../ui/time-ago.tsx";
import classes from "./home.module.css";

/** Signing in is in the ledger, but it is no news. */
const isRoutine = /^(session|link)\./;

/** The latest facts of the ledger that the reader may see. */
export function RecentActivity({ events }: { events: Home["recent"] }) {
  const shown = events.filter(({ type }) => !isRoutine.test(type)).slice(0, 10);
  return (
    <Card
      title="Recent activity"
      aside={
        <Link to="/activity" className="link">
          See all
        </Link>
      }
      flush
    >
      {shown.length === 0 ? <p className={classes.nothing}>What people and automation do appears here.</p> : null}
      <ol className={classes.activity}>
        {shown.map((event) => (
          <li key={event.id} className={classes.event}>
            <div>
              <b>{event.principal.name}</b>{" "}
              {event.href ? (
                <Link to={event.href} className="link">
                  {event.text}
                </Link>
              ) : (
                event.text
              )}
            </div>
            <div className={classes.itemDetail}>
              {event.project ? `${event.project} · ` : ""}
              <TimeAgo at={event.at} />
            </div>
          </li>
        ))}
      </ol>
    </Card>
  );
}
