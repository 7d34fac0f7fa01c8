import { Button } from "@mantine/core";
import { topics } from "@pave/contract";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../../lib/api.ts";
import layout from "../../ui/layout.module.css";
import { TimeAgo } from "../../ui/time-ago.tsx";
import classes from "./model.module.css";

const few = 5;

/** Who pointed which alias where, from the ledger: what was champion when is never lost. */
export function AliasChanges({ project, model }: { project: string; model: string }) {
  const [showsAll, setShowsAll] = useState(false);
  const query = useQuery({
    queryKey: [topics.model(project, model), "alias-changes"],
    queryFn: () => api.listAliasChanges({ params: { project, model }, query: { limit: 100 } }),
  });
  const changes = query.data?.items ?? [];
  if (changes.length === 0) return null;
  return (
    <>
      <h3 className={classes.part}>Changes</h3>
      <ul className={classes.list}>
        {changes.slice(0, showsAll ? changes.length : few).map((change) => (
          <li key={change.event}>
            <b>@{change.alias}</b> {sentenceOf(change)}
            <div className={layout.soft}>
              {change.by?.name ?? "somebody"}, <TimeAgo at={change.at} />
            </div>
          </li>
        ))}
      </ul>
      {changes.length > few ? (
        <Button variant="subtle" color="gray" size="compact-xs" mt={6} onClick={() => setShowsAll(!showsAll)}>
          {showsAll ? "Fewer" : `All ${changes.length}`}
        </Button>
      ) : null}
    </>
  );
}

function sentenceOf({ version, before }: { version: string | null; before: string | null }): string {
  if (version === null) return before === null ? "was removed" : `was taken from version ${before}`;
  return before === null ? `was set on version ${version}` : `went from version ${before} to ${version}`;
}
