import { Link } from "@tanstack/react-router";
import { Card } from "../../ui/card.tsx";
import { QueryView } from "../../ui/query-view.tsx";
import classes from "./side.module.css";
import { useMembersQuery } from "./use-members-query.ts";

export function Members({ project }: { project: string }) {
  const query = useMembersQuery(project);
  return (
    <Card
      title="Members"
      aside={
        <Link to="/projects/$project/settings/$section" params={{ project, section: "members" }} className="link">
          Roles
        </Link>
      }
      flush
    >
      <QueryView query={query} rows={2}>
        {({ items }) => (
          <ul className={classes.list}>
            {items.map(({ principal, role }) => (
              <li key={principal.id} className={`${classes.item} ${classes.line}`}>
                <span>
                  {principal.name}{" "}
                  {principal.kind === "user" ? null : <span className={classes.soft}>{principal.kind}</span>}
                </span>
                <span className={classes.soft}>{role}</span>
              </li>
            ))}
            {items.length === 0 ? (
              <li className={`${classes.item} ${classes.soft}`}>Only platform admins so far.</li>
            ) : null}
          </ul>
        )}
      </QueryView>
    </Card>
  );
}
