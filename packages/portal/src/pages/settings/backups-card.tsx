import { topics } from "@pave/contract";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { api } from "../../lib/api.ts";
import { Card } from "../../ui/card.tsx";
import layout from "../../ui/layout.module.css";
import { StateBadge } from "../../ui/state-badge.tsx";
import { TimeAgo } from "../../ui/time-ago.tsx";

/** How the last backup went, and the way to all of them. */
export function BackupsCard() {
  const { data } = useQuery({ queryKey: [topics.backups], queryFn: () => api.listBackups({}) });
  const last = data?.items[0];
  return (
    <Card
      title="Backups"
      aside={
        <Link to="/settings/backups" className="link">
          See all
        </Link>
      }
    >
      <p style={{ margin: 0 }}>
        {last ? (
          <>
            <StateBadge state={last.state === "requested" ? "waiting" : last.state} />{" "}
            <span className={layout.soft}>
              <TimeAgo at={last.createdAt} />
            </span>
          </>
        ) : (
          <span className={layout.soft}>{data ? "None yet." : "\u00a0"}</span>
        )}
      </p>
    </Card>
  );
}
