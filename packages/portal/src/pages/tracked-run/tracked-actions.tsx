import { Button } from "@mantine/core";
import { type TrackedRunPage, topics } from "@pave/contract";
import { IconArrowsDiff, IconTrash } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useDenied } from "../../app/use-may.ts";
import { api } from "../../lib/api.ts";
import { runKey } from "../../lib/run-key.ts";
import { ConfirmDialog } from "../../ui/confirm-dialog.tsx";
import { GuardedButton } from "../../ui/guarded-button.tsx";
import { useAction } from "../../ui/use-action.ts";

/** What can be done with a run as a whole. */
export function TrackedActions({ project, run }: { project: string; run: TrackedRunPage }) {
  const [asks, setAsks] = useState(false);
  const denied = useDenied(project, "tracking.write");
  const remove = useAction({
    act: () => api.deleteTrackedRun({ params: { project, trackedRun: run.id } }),
    topics: [topics.project(project)],
  });
  const isOurs = run.owner !== "client";
  return (
    <>
      {run.run ? (
        <Button
          variant="default"
          renderRoot={(props) => (
            <Link
              to="/projects/$project/runs/$run"
              params={{ project, run: String(run.run?.number) }}
              search={run.step === null ? {} : { step: run.step }}
              {...props}
            />
          )}
        >
          Run {run.run.number}
        </Button>
      ) : null}
      <Button
        variant="default"
        leftSection={<IconArrowsDiff size={14} />}
        renderRoot={(props) => (
          <Link to="/projects/$project/runs/compare" params={{ project }} search={{ ids: runKey(run) }} {...props} />
        )}
      >
        Compare
      </Button>
      {run.isDeleted ? null : (
        <GuardedButton
          variant="default"
          leftSection={<IconTrash size={14} />}
          blocked={denied ?? (isOurs ? "It belongs to a run of a pipeline: what that tracked stays." : null)}
          onClick={() => setAsks(true)}
        >
          Delete
        </GuardedButton>
      )}
      <ConfirmDialog
        opened={asks}
        title={`Delete ${run.name}?`}
        confirm="Delete the run"
        danger
        onConfirm={() => remove.mutateAsync(undefined)}
        onClose={() => setAsks(false)}
      >
        Lists leave it out from then on. Nothing that it logged is lost: it can be restored on this page.
      </ConfirmDialog>
    </>
  );
}
