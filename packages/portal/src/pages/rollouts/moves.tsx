import { type RolloutDetail, topics } from "@pave/contract";
import { IconPlayerPause, IconPlayerPlay, IconPlayerStop, IconPlayerTrackNext } from "@tabler/icons-react";
import { type ReactNode, useState } from "react";
import { api } from "../../lib/api.ts";
import { ConfirmDialog } from "../../ui/confirm-dialog.tsx";
import { GuardedButton } from "../../ui/guarded-button.tsx";
import { useAction } from "../../ui/use-action.ts";

type Verb = keyof RolloutDetail["may"];

const calls = {
  pause: api.pauseRollout,
  resume: api.resumeRollout,
  abort: api.abortRollout,
  promote: api.promoteRollout,
} as const;

/** What a person may do to a rollout that is on; nothing is left to press once it is over. */
export function Moves({ rollout }: { rollout: RolloutDetail }) {
  if (rollout.finishedAt !== null || rollout.kind !== "canary") return null;
  const { modelVersion, stable, may } = rollout;
  return (
    <>
      {may.resume.allowed ? (
        <Move
          rollout={rollout}
          verb="resume"
          label="Resume"
          icon={<IconPlayerPlay size={15} />}
          done="The canary goes on"
        >
          It goes on from this step. Where a verdict is missing, it waits for one from anew.
        </Move>
      ) : (
        <Move
          rollout={rollout}
          verb="pause"
          label="Pause"
          icon={<IconPlayerPause size={15} />}
          done="The canary is paused"
        >
          Version {modelVersion} keeps its share and goes no further. Conditions to abort are still looked at.
        </Move>
      )}
      <Move
        rollout={rollout}
        verb="promote"
        label="Give it all traffic"
        icon={<IconPlayerTrackNext size={15} />}
        done={`All traffic moves to version ${modelVersion}`}
        isReasonRequired
      >
        All traffic moves to version {modelVersion} now, without the steps and verdicts that are left. This is kept in
        the ledger.
      </Move>
      <Move
        rollout={rollout}
        verb="abort"
        label="Abort"
        icon={<IconPlayerStop size={15} />}
        done={`All traffic is on version ${stable?.modelVersion ?? "before"} again`}
        danger
        isReasonRequired
      >
        All traffic goes back to version {stable?.modelVersion} at once, and the plan of this release fails. No request
        is lost.
      </Move>
    </>
  );
}

interface MoveProps {
  readonly rollout: RolloutDetail;
  readonly verb: Verb;
  readonly label: string;
  readonly icon: ReactNode;
  readonly done: string;
  readonly danger?: boolean;
  readonly isReasonRequired?: boolean;
  readonly children: ReactNode;
}

function Move({ rollout, verb, label, icon, done, danger = false, isReasonRequired = false, children }: MoveProps) {
  const [isAsking, setAsking] = useState(false);
  const { project, environment, deployment, number, release } = rollout;
  const move = useAction({
    act: (reason: string) =>
      calls[verb]({ params: { project, environment, deployment, rollout: number }, body: { reason } }),
    topics: [topics.deployment(project, environment, deployment), topics.project(project), topics.home],
    done,
  });
  return (
    <>
      <GuardedButton
        variant={danger ? "light" : "default"}
        {...(danger ? { color: "red" } : {})}
        leftSection={icon}
        blocked={rollout.may[verb].reason}
        onClick={() => setAsking(true)}
      >
        {label}
      </GuardedButton>
      <ConfirmDialog
        opened={isAsking}
        title={`${label}: release ${release} of ${environment} / ${deployment}?`}
        confirm={label}
        danger={danger}
        comment={{ label: "Reason", placeholder: "Kept in the ledger", required: isReasonRequired }}
        onConfirm={(reason) => move.mutateAsync(reason)}
        onClose={() => setAsking(false)}
      >
        {children}
      </ConfirmDialog>
    </>
  );
}
