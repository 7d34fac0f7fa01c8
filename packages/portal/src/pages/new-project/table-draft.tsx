import { Group, Skeleton } from "@mantine/core";
import { nameSchema } from "@pave/contract";
import { useNavigate } from "@tanstack/react-router";
import { bytes } from "../../lib/format.ts";
import { GuardedButton } from "../../ui/guarded-button.tsx";
import { Problem } from "../../ui/problem.tsx";
import classes from "./new-project.module.css";
import { ProfileTable } from "./profile-table.tsx";
import { type Settings, SettingsForm } from "./settings-form.tsx";
import { type Draft, type Table, useCreateProject, useRendered, useTargetProfile } from "./use-new-project.ts";
import { CreatedFiles, WhatIsCreated } from "./what-is-created.tsx";

/** What a table would be as a project, before it is. */
export function TableDraftView({
  table,
  settings,
  onChange,
}: {
  table: Table;
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
