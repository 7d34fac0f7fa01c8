import type { ModelVersion } from "@pave/contract";
import { api } from "../../lib/api.ts";
import { EditableMarkdown } from "../../ui/editable-markdown.tsx";
import { TagEditor } from "../../ui/tag-editor.tsx";
import { useNotes } from "./use-notes.ts";

/** What people wrote about a version: a description, tags. */
function useVersionNotes(version: ModelVersion) {
  const { project, name, version: number } = version;
  const params = { project, model: name, version: number };
  return useNotes(project, name, (body) => api.noteModelVersion({ params, body }));
}

export function VersionDescription({ version }: { version: ModelVersion }) {
  const { denied, describe } = useVersionNotes(version);
  return (
    <EditableMarkdown
      title="Description"
      source={version.description}
      empty="Nothing is said about this version yet: what is new in it?"
      denied={denied}
      maxLength={100_000}
      onSave={(text) => describe.mutateAsync(text)}
    />
  );
}

export function VersionTags({ version }: { version: ModelVersion }) {
  const { denied, tag } = useVersionNotes(version);
  return (
    <TagEditor
      tags={version.tags}
      isOwn={(key) => key.startsWith("mlflow.")}
      denied={denied}
      onChange={(key, value) => tag.mutateAsync({ [key]: value })}
    />
  );
}
