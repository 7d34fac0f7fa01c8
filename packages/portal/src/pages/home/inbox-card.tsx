import { Link } from "@tanstack/react-router";
import { Card } from "../../ui/card.tsx";
import { QueryView } from "../../ui/query-view.tsx";
import { InboxItems } from "../inbox/inbox-items.tsx";
import { useInboxQuery } from "../inbox/use-inbox-queries.ts";
import classes from "./home.module.css";

/** What I was told and have not read. */
export function InboxCard() {
  const query = useInboxQuery({ show: "unread" }, 5);
  return (
    <Card
      title="Inbox"
      aside={
        <Link to="/inbox" className="link">
          All of it
        </Link>
      }
      flush
    >
      <QueryView query={query} rows={2}>
        {({ pages }) => {
          const items = pages[0]?.items ?? [];
          return items.length === 0 ? <p className={classes.nothing}>Nothing unread.</p> : <InboxItems items={items} />;
        }}
      </QueryView>
    </Card>
  );
}
