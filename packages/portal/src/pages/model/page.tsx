import { Group } from "@mantine/core";
import { Link, useParams } from "@tanstack/react-router";
import { api } from "../../lib/api.ts";
import { EditableMarkdown } from "../../ui/editable-markdown.tsx";
import layout from "../../ui/layout.module.css";
import { Page } from "../../ui/page.tsx";
import { Pill } from "../../ui/pill.tsx";
import { QueryView } from "../../ui/query-view.tsx";
import { TagEditor } from "../../ui/tag-editor.tsx";
import { useNotes } from "../models/use-notes.ts";
import { Aliases } from "./aliases.tsx";
import { MetricOverVersions } from "./metric-over-versions.tsx";
import { useModelQuery, useVersionsQuery } from "./use-model-queries.ts";
import { VersionTable } from "./version-table.tsx";

/** Which versions of the model are there, which is used where, and do they get better? */
export function ModelPage() {
  const { project, model: name } = useParams({ from: "/shell/projects/$project/models/$model" });
  const [query, versions] = [useModelQuery(project, name), useVersionsQuery(project, name)];
  const params = { project, model: name };
  const { denied, describe, tag } = useNotes(project, name, (body) => api.noteModel({ params, body }));
  return (
    <Page
      title={name}
      crumbs={[
        { label: "Projects", to: "/projects" },
        { label: project, to: `/projects/${project}` },
        { label: "Models", to: `/projects/${project}/models` },
        { label: name },
      ]}
      state={
        <Group gap={6}>
          {Object.entries(query.data?.aliases ?? {}).map(([alias, version]) => (
            <Link
              key={alias}
              to="/projects/$project/models/$model/versions/$version"
              params={{ ...params, version }}
              title={`version ${version}`}
            >
              <Pill>
                @{alias} → {version}
              </Pill>
            </Link>
          ))}
        </Group>
      }
      subtitle="Versions of one model, newest first. Choose two to see what differs."
    >
      <QueryView query={query} rows={10}>
        {(model) => (
          <div className={layout.columns}>
            <div className={layout.stack}>
              <QueryView query={versions} rows={6}>
                {({ items }) => (
                  <>
                    <MetricOverVersions versions={items} />
                    <VersionTable project={project} versions={items} />
                  </>
                )}
              </QueryView>
            </div>
            <div className={layout.stack}>
              <EditableMarkdown
                title="Description"
                source={model.description}
                empty="Nothing is said about this model yet: what is it for, and what is it not for?"
                denied={denied}
                maxLength={100_000}
                onSave={(text) => describe.mutateAsync(text)}
              />
              <Aliases project={project} model={name} aliases={model.aliases} />
              <TagEditor
                tags={model.tags}
                isOwn={(key) => key.startsWith("mlflow.")}
                denied={denied}
                onChange={(key, value) => tag.mutateAsync({ [key]: value })}
              />
            </div>
          </div>
        )}
      </QueryView>
    </Page>
  );
}
