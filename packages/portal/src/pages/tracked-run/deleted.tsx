import { type TrackedRunPage, topics } from "@pave/contract";
import { useDenied } from "../../app/use-may.ts";
import { api } from "../../lib/api.ts";
import { Callout } from "../../ui/callout.tsx";
import { GuardedButton } from "../../ui/guarded-button.tsx";
import { useAction } from "../../ui/use-action.ts";

/** A deleted run can be read and taken back. */
export function Deleted({ project, run }: { project: string; run: TrackedRunPage }) {
  const denied = useDenied(project, "tracking.write");
  const restore = useAction({
    act: () => api.restoreTrackedRun({ params: { project, trackedRun: run.id }, body: {} }),
    topics: [topics.project(project)],
    done: `${run.name} is back`,
  });
  return (
    <Callout
      tone="warn"
      title="This run is deleted"
      actions={
        <GuardedButton blocked={denied} loading={restore.isPending} onClick={() => restore.mutate(undefined)}>
          Restore
        </GuardedButton>
      }
    >
      Lists leave it out, and nothing can be logged to it. All that it logged is still there.
    </Callout>
  );
}
