import { Button, Group, Skeleton } from "@mantine/core";
import { nameSchema } from "@pave/contract";
import { IconRefresh } from "@tabler/icons-react";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useDenied } from "../../app/use-may.ts";
import { bytes, percent } from "../../lib/format.ts";
import { Callout } from "../../ui/callout.tsx";
import { Card } from "../../ui/card.tsx";
import { GuardedButton } from "../../ui/guarded-button.tsx";
import layout from "../../ui/layout.module.css";
import { Meter } from "../../ui/meter.tsx";
import { Page } from "../../ui/page.tsx";
import { Problem } from "../../ui/problem.tsx";
import { DropZone } from "./drop-zone.tsx";
import { FromFolder } from "./from-folder.tsx";
import classes from "./new-project.module.css";
import { ProfileTable } from "./profile-table.tsx";
import { type Settings, SettingsForm } from "./settings-form.tsx";
import { nameFromFile } from "./table-profile.ts";
import { type Draft, useCreateProject, useRendered, useTable, useTargetProfile } from "./use-new-project.ts";
import { CreatedFiles, WhatIsCreated } from "./what-is-created.tsx";

const fresh: Settings = {
  name: "",
  target: null,
  splitBy: null,
  owner: null,
  tier: "experimental",
  description: "",
};

/** What will be created from my data or repository? Nothing is, until it has been seen. */
export function NewProjectPage() {
  const denied = useDenied(null, "project.create");
  const { mutation, share, cancel } = useTable();
  const [settings, setSettings] = useState(fresh);
  const choose = (file: File) => {
    setSettings({ ...fresh, name: nameFromFile(file.name) });
    mutation.mutate(file);
  };
  const isStopped = mutation.error?.name === "AbortError";
  return (
    <Page
      title="New project"
      crumbs={[{ label: "Projects", to: "/projects" }, { label: "New project" }]}
      subtitle="From a table of data, or from a repository that is there already. You see what will be created before it is."
      actions={
        mutation.data ? (
          <Button
            variant="default"
            leftSection={<IconRefresh size={14} />}
            onClick={() => {
              mutation.reset();
              setSettings(fresh);
            }}
          >
            Another table
          </Button>
        ) : null
      }
    >
      {denied ? (
        <Callout tone="warn" title="You may not create projects">
          {denied}
        </Callout>
      ) : mutation.data ? (
        <DraftView table={mutation.data} settings={settings} onChange={setSettings} />
      ) : (
        <div className={layout.columns}>
          <Card title="From a table">
            {mutation.isPending ? (
              <Progress share={share} onCancel={cancel} />
            ) : (
              <>
                {mutation.error && !isStopped ? (
                  <div style={{ marginBottom: 12 }}>
                    <Problem error={mutation.error} />
                  </div>
                ) : null}
                <DropZone onFile={choose} />
              </>
            )}
          </Card>
          <FromFolder />
        </div>
      )}
    </Page>
  );
}

function Progress({ share, onCancel }: { share: number; onCancel: () => void }) {
  const isLooking = share >= 1;
  return (
    <div role="status" style={{ padding: "30px 10px" }}>
      <Group justify="space-between" mb={8}>
        <span>{isLooking ? "Looking at its columns…" : `Uploading, ${percent(share, 0)}`}</span>
        {isLooking ? null : (
          <Button variant="subtle" color="gray" onClick={onCancel}>
            Cancel
          </Button>
        )}
      </Group>
      <Meter value={share} label="Progress of the upload" />
    </div>
  );
}

function DraftView({
  table,
  settings,
  onChange,
}: {
  table: NonNullable<ReturnType<typeof useTable>["mutation"]["data"]>;
  settings: Settings;
  onChange: (settings: Settings) => void;
}) {
  const navigate = useNavigate();
  const judged = useTargetProfile(table, settings.target);
  const create = useCreateProject();
  const isNamed = nameSchema.safeParse(settings.name).success;
  const profile = judged.data?.profile ?? table.profile;
  const draft: Draft = {
    name: isNamed ? settings.name : "",
    owner: settings.owner,
    answers: {
      target: settings.target,
      tier: settings.tier,
      ...(settings.description.trim() ? { description: settings.description.trim() } : {}),
      ...(settings.splitBy === null ? {} : { splitBy: settings.splitBy }),
    },
  };
  const report = settings.target === null ? undefined : judged.data?.report;
  const rendered = useRendered(table, report, draft);
  const problem = create.error ?? judged.error ?? rendered.error;
  const missing =
    settings.target === null
      ? "Choose the column to predict first."
      : !isNamed
        ? "Give the project a name first."
        : rendered.data === undefined
          ? "What would be created is not known yet."
          : null;
  const submit = async () => {
    const made = await create.mutateAsync({ table, report, draft }).catch(() => undefined);
    if (!made) return;
    if (made.run)
      await navigate({
        to: "/projects/$project/runs/$run",
        params: { project: made.project, run: String(made.run.number) },
      });
    else await navigate({ to: "/projects/$project", params: { project: made.project } });
  };
  return (
    <>
      <SettingsForm profile={profile} settings={settings} onChange={onChange} />
      {problem ? (
        <div style={{ marginBottom: 12 }}>
          <Problem error={problem} />
        </div>
      ) : null}
      {settings.target === null ? null : rendered.data && !rendered.error ? (
        <WhatIsCreated rendered={rendered.data} />
      ) : problem || !isNamed ? null : (
        <Skeleton height={160} aria-label="loading" />
      )}
      <Group justify="space-between" align="center">
        <span className={classes.soft}>
          {table.filename}, {bytes(table.bytes)}. Creating starts the first run of the pipeline.
        </span>
        <GuardedButton size="sm" blocked={missing} loading={create.isPending} onClick={() => void submit()}>
          Create and run
        </GuardedButton>
      </Group>
      <ProfileTable profile={profile} target={settings.target} />
      {rendered.data && !rendered.error ? <CreatedFiles files={rendered.data.files} /> : null}
    </>
  );
}
