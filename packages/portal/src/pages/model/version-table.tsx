import { Button } from "@mantine/core";
import { IconArrowsDiff } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { Card } from "../../ui/card.tsx";
import { DataTable } from "../../ui/data-table.tsx";
import { EmptyState } from "../../ui/query-view.tsx";
import { type VersionSummary, versionColumns } from "./version-columns.tsx";

/** Versions with what they were measured by; two of them can be compared. */
export function VersionTable({ project, versions }: { project: string; versions: readonly VersionSummary[] }) {
  const [selected, setSelected] = useState<readonly string[]>([]);
  const onSelect = (version: string, isSelected: boolean) =>
    setSelected((before) => [...before.filter((one) => one !== version), ...(isSelected ? [version] : [])]);
  return (
    <Card
      title={`Versions ${versions.length}`}
      aside={<CompareLink project={project} model={versions[0]?.name ?? ""} selected={selected} />}
      flush
    >
      <DataTable
        caption="Versions"
        rows={versions}
        columns={versionColumns({ project, versions, selected, onSelect })}
        rowKey={({ version }) => version}
        empty={
          <EmptyState
            title="No version yet"
            detail="A run of a pipeline registers one, and so does mlflow.register_model or a run's page."
          />
        }
      />
    </Card>
  );
}

function CompareLink(props: { project: string; model: string; selected: readonly string[] }) {
  const { project, model, selected } = props;
  const icon = <IconArrowsDiff size={14} />;
  // the older one stands left: what changed reads from left to right
  const [left, right] = selected.toSorted((a, b) => Number(a) - Number(b));
  if (left === undefined || right === undefined)
    return (
      <Button disabled size="compact-xs" leftSection={icon} title="Choose two versions">
        Compare
      </Button>
    );
  return (
    <Button
      size="compact-xs"
      leftSection={icon}
      renderRoot={(link) => (
        <Link
          to="/projects/$project/models/$model/compare"
          params={{ project, model }}
          search={{ left, right }}
          {...link}
        />
      )}
    >{`Compare ${left} and ${right}`}</Button>
  );
}
