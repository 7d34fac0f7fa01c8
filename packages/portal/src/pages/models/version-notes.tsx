import { type ModelVersion, topics } from "@pave/contract";
import { useDenied } from "../../app/use-may.ts";
import { api } from "../../lib/api.ts";
import { EditableMarkdown } from "../../ui/editable-markdown.tsx";
import { TagEditor } from "../../ui/tag-editor.tsx";
import { useAction } from "../../ui/use-action.ts";

/** What people wrote about a version: a description, tags. */
function useVersionNotes(version: ModelVersion) {
  const { project, name, version: number } = version;
  const denied = useDenied(project, "model.update");
  const params = { project, model: name, version: number };
  const about = [topics.model(project, name), topics.project(project)];
  const describe = useAction({
    act: (description: string) => api.noteModelVersion({ params, body: { description } }),
    topics: about,
  });
  const tag = useAction({
    act: (tags: Record<string, string | null>) => api.noteModelVersion({ params, body: { tags } }),
    topics: about,
  });
  return { denied, describe, tag };
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
