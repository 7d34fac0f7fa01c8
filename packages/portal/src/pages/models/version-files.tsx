import type { ModelVersion } from "@pave/contract";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { bytes } from "../../lib/format.ts";
import { Card } from "../../ui/card.tsx";
import { EmptyState } from "../../ui/query-view.tsx";
import { FileBrowser } from "../files/file-browser.tsx";

/** The files that the version is made of; they never change. */
export function VersionFiles({ version }: { version: ModelVersion }) {
  const { file } = useSearch({ from: "/shell/projects/$project/models/$model/versions/$version" });
  const navigate = useNavigate({ from: "/projects/$project/models/$model/versions/$version" });
  const { artifact, name, version: number } = version;
  const root = { place: artifact.id, title: "Files of the version", uri: `models:/${name}/${number}` };
  return (
    <Card title="Files" aside={`${artifact.files.length}, ${bytes(artifact.bytes)}`} flush>
      <FileBrowser
        project={version.project}
        roots={[root]}
        chosen={file === undefined ? undefined : { place: artifact.id, path: file }}
        onChoose={({ path }) => void navigate({ search: { file: path }, replace: true, resetScroll: false })}
        empty={<EmptyState title="No files" />}
      />
    </Card>
  );
}
