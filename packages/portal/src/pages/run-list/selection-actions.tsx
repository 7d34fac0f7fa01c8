import { Button } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { type ChangedRuns, counted, mostComparedRuns, topics } from "@pave/contract";
import { IconArrowBackUp, IconArrowsDiff, IconTag, IconTrash } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useDenied } from "../../app/use-may.ts";
import { api } from "../../lib/api.ts";
import { Dialog } from "../../ui/dialog.tsx";
import { GuardedButton } from "../../ui/guarded-button.tsx";
import { useAction } from "../../ui/use-action.ts";
import { TagForm } from "./tag-form.tsx";

interface ActionsProps {
  readonly project: string;
  readonly ids: readonly string[];
  /** Those that are shown were deleted. */
  readonly areDeleted: boolean;
  readonly onClear: () => void;
}

/** What can be done with the runs that are selected. */
export function SelectionActions({ project, ids, areDeleted, onClear }: ActionsProps) {
  const denied = useDenied(project, "tracking.write");
  const [isTagging, setTagging] = useState(false);
  const concerned = [topics.project(project)];
  const restore = useAction({
    act: (given: readonly string[]) => api.restoreTrackedRuns({ params: { project }, body: { ids: [...given] } }),
    topics: concerned,
  });
  const remove = useAction({
    act: (given: readonly string[]) => api.deleteTrackedRuns({ params: { project }, body: { ids: [...given] } }),
    topics: concerned,
  });
  const doRestore = async (given: readonly string[]) => {
    const changed = await restore.mutateAsync(given).catch(() => undefined);
    if (changed) tellChanged("restored", changed);
    onClear();
  };
  const doRemove = async () => {
    const changed = await remove.mutateAsync(ids).catch(() => undefined);
    if (!changed) return;
    onClear();
    tellChanged("deleted", changed, () => void doRestore(changed.done));
  };
  return (
    <>
      {ids.length > 0 ? (
        <>
          <Button variant="subtle" color="gray" onClick={onClear}>
            Clear {ids.length}
          </Button>
          {areDeleted ? (
            <GuardedButton
              variant="default"
              blocked={denied}
              loading={restore.isPending}
              leftSection={<IconArrowBackUp size={14} />}
              onClick={() => void doRestore(ids)}
            >
              Restore
            </GuardedButton>
          ) : (
            <>
              <GuardedButton
                variant="default"
                blocked={denied}
                leftSection={<IconTag size={14} />}
                onClick={() => setTagging(true)}
              >
                Tag
              </GuardedButton>
              <GuardedButton
                variant="default"
                blocked={denied}
                loading={remove.isPending}
                leftSection={<IconTrash size={14} />}
                onClick={() => void doRemove()}
              >
                Delete
              </GuardedButton>
            </>
          )}
        </>
      ) : null}
      <CompareButton project={project} ids={ids} />
      <Dialog opened={isTagging} onClose={() => setTagging(false)} title={`Tag ${counted(ids.length, "run")}`}>
        <TagForm
          project={project}
          ids={ids}
          onDone={(changed) => tellChanged("tagged", changed)}
          onClose={() => setTagging(false)}
        />
      </Dialog>
    </>
  );
}

/** What became of them, with the way back where there is one; what was refused is told with the reason. */
function tellChanged(verb: string, { done, refused }: ChangedRuns, undo?: () => void): void {
  if (done.length > 0) {
    const id = `runs-${verb}`;
    notifications.show({
      id,
      color: "road",
      autoClose: undo ? 10_000 : 4000,
      message: (
        <>
          {counted(done.length, "run")} {verb}.{" "}
          {undo ? (
            <Button
              variant="subtle"
              size="compact-xs"
              onClick={() => {
                notifications.hide(id);
                undo();
              }}
            >
              Undo
            </Button>
          ) : null}
        </>
      ),
    });
  }
  const [first] = refused;
  if (first)
    notifications.show({
      color: "yellow",
      autoClose: false,
      closeButtonProps: { "aria-label": "Close this message" },
      title: `${counted(refused.length, "run")} not ${verb}`,
      message: first.reason,
    });
}

function CompareButton({ project, ids }: { project: string; ids: readonly string[] }) {
  const icon = <IconArrowsDiff size={14} />;
  if (ids.length < 2 || ids.length > mostComparedRuns)
    return (
      <Button disabled leftSection={icon} title={`Select 2 to ${mostComparedRuns} runs: shift selects all in between`}>
        Compare
      </Button>
    );
  return (
    <Button
      leftSection={icon}
      renderRoot={(props) => (
        <Link to="/projects/$project/runs/compare" params={{ project }} search={{ ids: ids.join(",") }} {...props} />
      )}
    >{`Compare ${ids.length}`}</Button>
  );
}
