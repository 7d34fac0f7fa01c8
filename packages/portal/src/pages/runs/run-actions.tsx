import { Button } from "@mantine/core";
import type { Run } from "@pave/contract";
import { topics } from "@pave/contract";
import { IconPlayerStop, IconRefresh } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useDenied } from "../../app/use-may.ts";
import { api } from "../../lib/api.ts";
import { ConfirmDialog } from "../../ui/confirm-dialog.tsx";
import { GuardedButton } from "../../ui/guarded-button.tsx";
import { useAction } from "../../ui/use-action.ts";

/** Cancel what runs; try again what did not succeed. */
export function RunActions({ run }: { run: Run }) {
  const [asks, setAsks] = useState<"cancel" | "retry">();
  const mayCancel = useDenied(run.project, "run.cancel");
  const mayRetry = useDenied(run.project, "run.start");
  const params = { project: run.project, run: run.number };
  const about = [topics.run(run.project, run.number), topics.project(run.project), topics.home];
  const cancel = useAction({
    act: () => api.cancelRun({ params }),
    topics: about,
    done: `Run ${run.number} is being cancelled`,
  });
  const retry = useAction({ act: () => api.retryRun({ params }), topics: about, done: `Run ${run.number} goes on` });
  const isOpen = run.state === "queued" || run.state === "running";
  const isOver = run.state === "failed" || run.state === "cancelled";
  return (
    <>
      {run.trackedRun ? (
        <Button
          variant="default"
          renderRoot={(props) => (
            <Link
              to="/projects/$project/runs/$run"
              params={{ project: run.project, run: run.trackedRun ?? "" }}
              {...props}
            />
          )}
        >
          What it tracked
        </Button>
      ) : null}
      {isOpen ? (
        <GuardedButton
          variant="default"
          leftSection={<IconPlayerStop size={14} />}
          blocked={mayCancel ?? (run.cancelRequested ? "It is being cancelled already." : null)}
          onClick={() => setAsks("cancel")}
        >
          Cancel run
        </GuardedButton>
      ) : null}
      {isOver ? (
        <GuardedButton leftSection={<IconRefresh size={14} />} blocked={mayRetry} onClick={() => setAsks("retry")}>
          Retry run
        </GuardedButton>
      ) : null}
      <ConfirmDialog
        opened={asks === "cancel"}
        title={`Cancel run ${run.number}?`}
        confirm="Cancel the run"
        danger
        onConfirm={() => cancel.mutateAsync(undefined)}
        onClose={() => setAsks(undefined)}
      >
        Steps that run are stopped; what is finished stays and is taken from the cache next time.
      </ConfirmDialog>
      <ConfirmDialog
        opened={asks === "retry"}
        title={`Retry run ${run.number}?`}
        confirm="Retry the run"
        onConfirm={() => retry.mutateAsync(undefined)}
        onClose={() => setAsks(undefined)}
      >
        The steps that failed or were skipped run again with the same revision and parameters; what succeeded is kept.
      </ConfirmDialog>
    </>
  );
}
