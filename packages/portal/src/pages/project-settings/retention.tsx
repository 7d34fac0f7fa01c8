import { Button, Group, NumberInput } from "@mantine/core";
import { type Retention, topics } from "@pave/contract";
import { useState } from "react";
import { useDenied } from "../../app/use-may.ts";
import { api } from "../../lib/api.ts";
import { Card } from "../../ui/card.tsx";
import { QueryView } from "../../ui/query-view.tsx";
import { useAction } from "../../ui/use-action.ts";
import { useRetentionQuery } from "./use-retention-query.ts";

/** How long is what was deleted kept, and do old runs go? */
export function RetentionCard({ project }: { project: string }) {
  const query = useRetentionQuery(project);
  return (
    <Card title="Retention">
      <QueryView query={query} rows={2}>
        {(retention) => <Days key={JSON.stringify(retention)} project={project} retention={retention} />}
      </QueryView>
    </Card>
  );
}

function Days({ project, retention }: { project: string; retention: Retention }) {
  const denied = useDenied(project, "retention.update");
  const [deletedDays, setDeletedDays] = useState(retention.deletedDays);
  const [runDays, setRunDays] = useState(retention.runDays);
  const set = useAction({
    act: (body: { deletedDays: number | null; runDays: number | null }) =>
      api.setRetention({ params: { project }, body }),
    topics: [topics.project(project)],
    done: "The retention is set",
  });
  const isChanged = deletedDays !== retention.deletedDays || runDays !== retention.runDays;
  const daysOf = (value: string | number): number | null => (typeof value === "number" ? value : null);
  return (
    <>
      <Group align="end">
        <NumberInput
          size="xs"
          label="Days that deleted things can be restored"
          placeholder={`${retention.effectiveDeletedDays}, as the platform`}
          min={0}
          max={3650}
          allowDecimal={false}
          clampBehavior="strict"
          disabled={denied !== null}
          value={deletedDays ?? ""}
          onChange={(value) => setDeletedDays(daysOf(value))}
        />
        <NumberInput
          size="xs"
          label="Days after which ended runs are deleted"
          placeholder="never"
          min={1}
          max={3650}
          allowDecimal={false}
          clampBehavior="strict"
          disabled={denied !== null}
          value={runDays ?? ""}
          onChange={(value) => setRunDays(daysOf(value))}
        />
        {denied === null && (
          <Button
            size="xs"
            disabled={!isChanged}
            loading={set.isPending}
            onClick={() => set.mutate({ deletedDays, runDays })}
          >
            Save
          </Button>
        )}
      </Group>
      <p style={{ margin: "8px 0 0", fontSize: "0.8125rem", color: "var(--ink-soft)" }}>
        Then they go with their files. Runs of pipelines, and what a registered version came from, stay.
      </p>
    </>
  );
}
