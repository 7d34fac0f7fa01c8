import { count, shortDigest } from "../../lib/format.ts";
import { Card } from "../../ui/card.tsx";
import { CopyLine } from "../../ui/copy-line.tsx";
import { Facts } from "../../ui/facts.tsx";
import { QueryView } from "../../ui/query-view.tsx";
import { StateBadge } from "../../ui/state-badge.tsx";
import { TimeAgo } from "../../ui/time-ago.tsx";
import { useLedgerStatusQuery } from "./use-activity-query.ts";

/** How far the facts are sealed into the chain, and since when that is signed: what an audit begins with. */
export function ChainState() {
  const query = useLedgerStatusQuery();
  return (
    <Card title="The ledger">
      <QueryView query={query} rows={4}>
        {({ events, sealed, head, checkpoint }) => (
          <>
            <Facts
              facts={[
                {
                  label: "State",
                  value:
                    sealed >= events ? (
                      <StateBadge state="done" word="all sealed" />
                    ) : (
                      <StateBadge state="running" word={`${count(events - sealed)} being sealed`} />
                    ),
                },
                { label: "Events", value: count(events) },
                { label: "Sealed up to", value: count(sealed) },
                { label: "Head", value: <code title={head ?? ""}>{shortDigest(head)}</code> },
                {
                  label: "Checkpoint",
                  value: checkpoint ? (
                    <>
                      {count(checkpoint.position)}, signed <TimeAgo at={checkpoint.time} />
                    </>
                  ) : (
                    "none yet"
                  ),
                },
                ...(checkpoint ? [{ label: "Key", value: <code>{shortDigest(checkpoint.keyId)}</code> }] : []),
              ]}
            />
            <p style={{ fontSize: "0.75rem", color: "var(--ink-soft)", margin: "12px 0 8px" }}>
              Each fact is chained to the one before by its hash, and heads are signed. An export is verified without
              the platform:
            </p>
            <CopyLine text="pave ledger export ledger.jsonl" label="Copy the command" />
            <div style={{ height: 6 }} />
            <CopyLine text="pave ledger verify ledger.jsonl" label="Copy the command" />
          </>
        )}
      </QueryView>
    </Card>
  );
}
