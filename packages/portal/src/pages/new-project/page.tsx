import { Button, Group } from "@mantine/core";
import { IconRefresh } from "@tabler/icons-react";
import { useState } from "react";
import { useDenied } from "../../app/use-may.ts";
import { percent } from "../../lib/format.ts";
import { Callout } from "../../ui/callout.tsx";
import { Card } from "../../ui/card.tsx";
import layout from "../../ui/layout.module.css";
import { Meter } from "../../ui/meter.tsx";
import { Page } from "../../ui/page.tsx";
import { Problem } from "../../ui/problem.tsx";
import { DropZone } from "./drop-zone.tsx";
import type { ChosenFolder } from "./dropped-folder.ts";
import { FolderDraftView } from "./folder-draft.tsx";
import { FromFolder } from "./from-folder.tsx";
import type { Settings } from "./settings-form.tsx";
import { TableDraftView } from "./table-draft.tsx";
import { nameFromFile } from "./table-profile.ts";
import { useCreateFromFolder, useFolder } from "./use-folder-project.ts";
import { useTable } from "./use-new-project.ts";

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
  const table = useTable();
  const folder = useFolder();
  const create = useCreateFromFolder();
  const [settings, setSettings] = useState(fresh);
  const chooseTable = (file: File) => {
    setSettings({ ...fresh, name: nameFromFile(file.name) });
    table.mutation.mutate(file);
  };
  const chooseFolder = (chosen: Promise<ChosenFolder>) => {
    create.mutation.reset();
    folder.mutate(chosen);
  };
  const restart = () => {
    table.mutation.reset();
    folder.reset();
    setSettings(fresh);
  };
  const { data: chosen, error, isPending } = table.mutation;
  return (
    <Page
      title="New project"
      crumbs={[{ label: "Projects", to: "/projects" }, { label: "New project" }]}
      subtitle="From a table of data, or from a repository that is there already. You see what will be created before it is."
      actions={
        (chosen || folder.data) && !create.progress ? (
          <Button variant="default" leftSection={<IconRefresh size={14} />} onClick={restart}>
            {chosen ? "Another table" : "Choose the folder again"}
          </Button>
        ) : null
      }
    >
      {denied ? (
        <Callout tone="warn" title="You may not create projects">
          {denied}
        </Callout>
      ) : chosen ? (
        <TableDraftView table={chosen} settings={settings} onChange={setSettings} />
      ) : folder.data ? (
        <FolderDraftView draft={folder.data} create={create} />
      ) : (
        <div className={layout.halves}>
          <Card title="From a table">
            {isPending ? (
              <Progress share={table.share} onCancel={table.cancel} />
            ) : (
              <>
                {error && error.name !== "AbortError" ? (
                  <div style={{ marginBottom: 12 }}>
                    <Problem error={error} />
                  </div>
                ) : null}
                <DropZone onFile={chooseTable} />
              </>
            )}
          </Card>
          <FromFolder isReading={folder.isPending} error={folder.error} onFolder={chooseFolder} />
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
