import { Button, Group, Select, SimpleGrid } from "@mantine/core";
import { counted, nameSchema, type Project } from "@pave/contract";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useSession } from "../../app/use-session.ts";
import { bytes } from "../../lib/format.ts";
import { Callout } from "../../ui/callout.tsx";
import { Card } from "../../ui/card.tsx";
import { GuardedButton } from "../../ui/guarded-button.tsx";
import { Meter } from "../../ui/meter.tsx";
import { Problem } from "../../ui/problem.tsx";
import { FolderFiles } from "./folder-files.tsx";
import { type FolderChoice, outlineFolder, pipelineOf, specOf } from "./folder-outline.ts";
import { NameInput, OwnerSelect } from "./name-and-owner.tsx";
import classes from "./new-project.module.css";
import type { SendProgress } from "./send-folder.ts";
import { type FolderDraft, type useCreateFromFolder, useNamesake } from "./use-folder-project.ts";
import { WhatIsCreated } from "./what-is-created.tsx";

/** What a folder would be as a project, before anything of it is sent. */
export function FolderDraftView({
  draft,
  create,
}: {
  readonly draft: FolderDraft;
  readonly create: ReturnType<typeof useCreateFromFolder>;
}) {
  const { checkout, own } = draft;
  const navigate = useNavigate();
  const session = useSession();
  const [name, setName] = useState(draft.name);
  const [owner, setOwner] = useState(own?.outline.owner ?? null);
  const [script, setScript] = useState(draft.script);
  const namesake = useNamesake(name);
  const { mutation, made, progress, cancel } = create;
  const choice: FolderChoice = {
    name,
    owner: owner ?? session.data?.owner ?? "platform",
    script,
    isThere: made === name || namesake?.latestRevision === null,
  };
  const spec = specOf(draft, choice);
  const pipeline = pipelineOf(draft, choice);
  const cannotRun = pipeline === null && (own !== null || draft.scripts.length === 0);
  const missing = missingIn(draft, choice, namesake);
  const submit = async () => {
    const files = checkout.files.map(({ path, file, executable }) => ({ path, content: file, executable }));
    if (own === null) files.push({ path: "pave.yaml", content: new File([spec], "pave.yaml"), executable: false });
    const { git } = checkout;
    const { isThere } = choice;
    const done = await mutation
      .mutateAsync({ name, owner: choice.owner, isThere, pipeline, files, git })
      .catch(() => undefined);
    if (!done) return;
    const params = { project: done.project };
    if (done.run === null) await navigate({ to: "/projects/$project", params });
    else await navigate({ to: "/projects/$project/runs/$run", params: { ...params, run: String(done.run) } });
  };
  const fixed = own === null ? null : "as its pave.yaml says";
  return (
    <>
      <Card title={`What is in ${checkout.folder}`}>
        <fieldset disabled={progress !== null} className={classes.fields}>
          <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }} spacing="sm">
            <NameInput value={name} fixed={fixed} onChange={setName} />
            <OwnerSelect value={owner} fixed={fixed} onChange={setOwner} />
            {own === null && draft.scripts.length > 0 ? (
              <Select
                size="xs"
                label="What trains"
                placeholder="choose a script or a notebook"
                required
                searchable
                allowDeselect={false}
                data={[...draft.scripts]}
                value={script}
                onChange={setScript}
              />
            ) : null}
          </SimpleGrid>
        </fieldset>
      </Card>
      <WhatIsCreated rendered={outlineFolder(draft, choice)} />
      {mutation.error ? <Failed error={mutation.error} made={made} /> : null}
      {progress ? (
        <Sending progress={progress} onCancel={cancel} />
      ) : (
        <Group justify="space-between" align="center" mb={12}>
          <span className={classes.soft}>
            {counted(checkout.files.length, "file")}, {bytes(checkout.bytes)}.{" "}
            {cannotRun ? "It has no pipeline to run." : `Creating starts a run of ${pipeline ?? "train"}.`}
          </span>
          <GuardedButton size="sm" blocked={missing} loading={mutation.isPending} onClick={() => void submit()}>
            {cannotRun ? "Create" : "Create and run"}
          </GuardedButton>
        </Group>
      )}
      <FolderFiles files={checkout.files} spec={spec} isOwn={own !== null} />
    </>
  );
}

/** Why it cannot be created now; null when it can. */
function missingIn(draft: FolderDraft, choice: FolderChoice, namesake: Project | null | undefined): string | null {
  const isNamed = nameSchema.safeParse(choice.name).success;
  if (draft.own !== null && !isNamed)
    return "Its pave.yaml has no readable name. Write one and choose the folder again.";
  if (!isNamed) return "Give the project a name first.";
  if (namesake === undefined) return "Whether the name is free is not known yet.";
  if (namesake !== null && !choice.isThere)
    return `There is a project ${choice.name} already. Choose another name, or send this to it with pave push.`;
  if (draft.own === null && choice.script === null && draft.scripts.length > 0) return "Choose what trains first.";
  return null;
}

function Failed({ error, made }: { error: Error; made: string | null }) {
  const isStopped = error.name === "AbortError";
  return (
    <div style={{ marginBottom: 12, display: "grid", gap: 8 }}>
      {isStopped ? (
        <Callout tone="idle" title="Cancelled">
          No run was started.
        </Callout>
      ) : (
        <Problem error={error} />
      )}
      {made === null ? null : (
        <span className={classes.soft}>
          Project {made} is there by now; creating again goes on with it, also with the folder chosen anew.
        </span>
      )}
    </div>
  );
}

function Sending({ progress, onCancel }: { progress: SendProgress; onCancel: () => void }) {
  return (
    <div role="status" style={{ marginBottom: 12 }}>
      <Group justify="space-between" mb={8} wrap="nowrap">
        <span className={classes.progress}>{progress.text}</span>
        <Button variant="subtle" color="gray" onClick={onCancel}>
          Cancel
        </Button>
      </Group>
      <Meter value={progress.share} label="Progress of the upload" />
    </div>
  );
}
