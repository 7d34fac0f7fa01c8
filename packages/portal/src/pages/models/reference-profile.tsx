import { Button } from "@mantine/core";
import type { ModelVersion, VersionProfile } from "@pave/contract";
import { useState } from "react";
import { capitalized, count } from "../../lib/format.ts";
import { Card } from "../../ui/card.tsx";
import { DocsLink } from "../../ui/docs-link.tsx";
import layout from "../../ui/layout.module.css";
import { Multiples } from "../../ui/multiples.tsx";
import { EmptyState, QueryView } from "../../ui/query-view.tsx";
import classes from "./profile.module.css";
import { ProfileColumn } from "./profile-column.tsx";
import { useVersionProfileQuery } from "./use-version-profile-query.ts";

/** What drift of the version is measured against: its answers and inputs as they were where it was trained. */
export function ReferenceProfile({ version }: { version: ModelVersion }) {
  const query = useVersionProfileQuery(version);
  const ready = query.data?.state === "ready" ? query.data : undefined;
  return (
    <Card title="Reference profile" aside={ready ? `${count(ready.rows)} rows` : undefined}>
      <QueryView query={query}>
        {(profile) => (profile.state === "ready" ? <Columns profile={profile} /> : <NoProfile profile={profile} />)}
      </QueryView>
    </Card>
  );
}

const shownAtFirst = 24;

function Columns({ profile: { columns, prediction, predictions, message } }: { profile: VersionProfile }) {
  const [isAll, setAll] = useState(false);
  const shown = isAll ? columns : columns.slice(0, shownAtFirst);
  const left = columns.length - shown.length;
  return (
    <>
      <p className={classes.soft}>
        What the version was trained on, and how it answers: traffic is measured against this wherever the version is
        live. {answersOf[predictions]} {message ? `Note: ${message}.` : ""}{" "}
        <DocsLink to="/docs/monitoring">How drift is judged</DocsLink>
      </p>
      <Multiples>
        {prediction ? <ProfileColumn column={prediction} /> : null}
        {shown.map((column) => (
          <ProfileColumn key={column.column} column={column} />
        ))}
      </Multiples>
      {left > 0 ? (
        <Button variant="default" className={classes.more} onClick={() => setAll(true)}>
          Show {count(left)} more columns
        </Button>
      ) : null}
    </>
  );
}

const answersOf: Readonly<Record<VersionProfile["predictions"], string>> = {
  "held-out": "Its predictions are those on rows that it had not seen.",
  training: "Its predictions are those on the rows it was trained on, which it may know by heart.",
  none: "Its predictions are not watched: they are no single number or label.",
};

/** Why there is none, and how to get one. */
function NoProfile({ profile: { state, message } }: { profile: VersionProfile }) {
  if (state === "making")
    return (
      <EmptyState
        title="The reference profile is being made"
        detail="A runner counts the reference; this takes some seconds."
      />
    );
  return (
    <EmptyState
      title="Nothing to measure drift against"
      detail={
        <>
          {message ? `${capitalized(message)}. ` : ""}Name a table that the pipeline makes in <code>pave.yaml</code>,
          and run the pipeline: the version that it registers has a profile.
          <pre className={layout.mono}>{"monitor:\n  drift: { reference: <pipeline>.<step>.<output> }"}</pre>
        </>
      }
    >
      <DocsLink to="/docs/monitoring">How drift is judged</DocsLink>
    </EmptyState>
  );
}
