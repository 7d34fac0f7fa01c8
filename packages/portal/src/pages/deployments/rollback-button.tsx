import { type DeploymentDetail, topics } from "@pave/contract";
import { IconArrowBackUp } from "@tabler/icons-react";
import { useState } from "react";
import { useDenied } from "../../app/use-may.ts";
import { api } from "../../lib/api.ts";
import { ConfirmDialog } from "../../ui/confirm-dialog.tsx";
import { GuardedButton } from "../../ui/guarded-button.tsx";
import { useAction } from "../../ui/use-action.ts";

export function RollbackButton({ deployment }: { deployment: DeploymentDetail }) {
  const [isAsking, setAsking] = useState(false);
  const { project, environment, name, rollback, active } = deployment;
  const denied = useDenied(project, "deployment.rollback");
  const goBack = useAction({
    act: (reason: string) =>
      api.rollbackDeployment({ params: { project, environment, deployment: name }, body: { reason } }),
    topics: [
      topics.deployment(project, environment, name),
      topics.traffic(project, environment, name),
      topics.project(project),
      topics.home,
    ],
    done: `${environment} / ${name} goes back to version ${rollback.toModelVersion}`,
  });
  const blocked = rollback.allowed ? denied : (rollback.reason ?? "There is no release to go back to.");
  return (
    <>
      <GuardedButton
        variant="default"
        leftSection={<IconArrowBackUp size={15} />}
        blocked={blocked}
        onClick={() => setAsking(true)}
      >
        {rollback.toModelVersion === null ? "Roll back" : `Roll back to version ${rollback.toModelVersion}`}
      </GuardedButton>
      <ConfirmDialog
        opened={isAsking}
        title={`Roll back ${environment} / ${name}?`}
        confirm={`Roll back to version ${rollback.toModelVersion}`}
        danger
        comment={{ label: "Reason", placeholder: "What was wrong (kept in the ledger)", required: true }}
        onConfirm={(reason) => goBack.mutateAsync(reason)}
        onClose={() => setAsking(false)}
      >
        Traffic moves from version {active?.modelVersion} back to version {rollback.toModelVersion}, which was approved
        here before. No request is lost, and no new approval is needed.
      </ConfirmDialog>
    </>
  );
}
