import { counted, type Plan } from "@pave/contract";
import { Link } from "@tanstack/react-router";
import { shortDigest } from "../../lib/format.ts";
import { Card } from "../../ui/card.tsx";
import { Facts } from "../../ui/facts.tsx";
import { Pill } from "../../ui/pill.tsx";
import { TimeAgo } from "../../ui/time-ago.tsx";
import classes from "./decision.module.css";

/** What the plan is about and what its hash stands for. */
export function Details({ plan }: { plan: Plan }) {
  const { project, candidate } = plan;
  return (
    <Card title="Details">
      <Facts
        facts={[
          { label: "Environment", value: <Pill>{plan.environment}</Pill> },
          { label: "Author", value: plan.author.name },
          { label: "Opened", value: <TimeAgo at={plan.createdAt} /> },
          ...(plan.appliedAt ? [{ label: "Applied", value: <TimeAgo at={plan.appliedAt} /> }] : []),
          ...(candidate && project !== null
            ? [
                {
                  label: "Candidate",
                  value: (
                    <Link
                      className="link"
                      to="/projects/$project/models/$model/versions/$version"
                      params={{ project, model: candidate.model, version: candidate.version }}
                    >
                      {candidate.model} version {candidate.version}
                    </Link>
                  ),
                },
              ]
            : []),
          ...(plan.undoOf === null ? [] : [{ label: "Undoes", value: `plan ${plan.undoOf}` }]),
          { label: "Hash", value: <code title={plan.hash}>{shortDigest(plan.hash)}</code> },
        ]}
      />
      {plan.reads.length > 0 ? (
        <details style={{ marginTop: 10 }}>
          <summary className={classes.soft} style={{ cursor: "pointer" }}>
            Read {counted(plan.reads.length, "thing")}; it goes stale when one of them moves
          </summary>
          {plan.reads.map(({ thing, version }) => (
            <div key={thing} className={classes.soft} style={{ overflowWrap: "anywhere" }}>
              {thing} <code>{version.startsWith("sha256:") ? shortDigest(version) : version}</code>
            </div>
          ))}
        </details>
      ) : null}
    </Card>
  );
}
