import { Group } from "@mantine/core";
import type { ModelVersion } from "@pave/contract";
import { useParams } from "@tanstack/react-router";
import { brief } from "../../lib/format.ts";
import { Callout } from "../../ui/callout.tsx";
import { Card } from "../../ui/card.tsx";
import layout from "../../ui/layout.module.css";
import { Markdown } from "../../ui/markdown.tsx";
import { Page } from "../../ui/page.tsx";
import { Pill } from "../../ui/pill.tsx";
import { EmptyState, QueryView } from "../../ui/query-view.tsx";
import { StateBadge } from "../../ui/state-badge.tsx";
import { Discussion } from "../discussion/discussion.tsx";
import { Evaluation } from "./evaluation.tsx";
import { Lineage } from "./lineage.tsx";
import { ReferenceProfile } from "./reference-profile.tsx";
import { Reviews } from "./reviews.tsx";
import { Signature } from "./signature.tsx";
import { useModelVersionQuery } from "./use-model-version-query.ts";
import { VersionAliases } from "./version-aliases.tsx";
import { VersionFigures } from "./version-figures.tsx";
import { VersionFiles } from "./version-files.tsx";
import { VersionDescription, VersionTags } from "./version-notes.tsx";
import { WhereLive } from "./where-live.tsx";

/** Can I trust it, and where did it come from? */
export function ModelVersionPage() {
  const { project, model, version } = useParams({ from: "/shell/projects/$project/models/$model/versions/$version" });
  const query = useModelVersionQuery(project, model, version);
  return (
    <Page
      title={`${model} version ${query.data?.version ?? version}`}
      crumbs={[
        { label: "Projects", to: "/projects" },
        { label: project, to: `/projects/${project}` },
        { label: model, to: `/projects/${project}/models/${encodeURIComponent(model)}` },
        { label: `Version ${query.data?.version ?? version}` },
      ]}
      state={query.data ? <States version={query.data} /> : null}
      subtitle={query.data ? subtitleOf(query.data) : "\u00a0"}
    >
      <QueryView query={query} rows={12}>
        {(data) => <ModelVersionView version={data} />}
      </QueryView>
    </Page>
  );
}

function subtitleOf({ description, lineage: { run }, createdBy }: ModelVersion): string {
  // the whole of it is below
  const [first = ""] = description.split("\n");
  return (
    brief(first, 160) || (run ? `Made by run ${run.number} of ${run.pipeline}` : `Registered by ${createdBy.name}`)
  );
}

function States({ version }: { version: ModelVersion }) {
  return (
    <Group gap={6}>
      <StateBadge state={version.status} />
      {version.serving.state === "running" ? <Pill tone="busy">being checked</Pill> : null}
      {version.serving.state === "failed" ? <Pill tone="bad">cannot be released</Pill> : null}
      {version.live.map(({ environment, deployment }) => (
        <Pill key={`${environment}/${deployment}`} tone="good">
          live in {environment}
        </Pill>
      ))}
      {version.aliases.map((alias) => (
        <Pill key={alias}>@{alias}</Pill>
      ))}
      {version.stage === "None" ? null : <Pill>stage {version.stage}</Pill>}
    </Group>
  );
}

function ModelVersionView({ version }: { version: ModelVersion }) {
  return (
    <>
      {version.serving.state === "failed" ? (
        <Callout tone="bad" title="This version cannot be released">
          {version.serving.problem ?? "It did not pass its check."}
        </Callout>
      ) : null}
      <VersionFigures version={version} />
      <Card title="Where it comes from, and where it went" flush>
        <Lineage version={version} />
      </Card>
      <Reviews version={version} />
      <Evaluation version={version} />
      <ReferenceProfile version={version} />
      <div className={layout.columns}>
        <div className={layout.stack}>
          <VersionDescription version={version} />
          <Card title="Model card">
            {version.card ? (
              <Markdown source={version.card} />
            ) : (
              <EmptyState
                title="No model card"
                detail="A model-card.md in the project's folder is kept with every version it makes."
              />
            )}
          </Card>
          <Signature version={version} />
        </div>
        <div className={layout.stack}>
          <WhereLive version={version} />
          <VersionAliases version={version} />
          <VersionTags version={version} />
        </div>
      </div>
      <VersionFiles version={version} />
      <Discussion project={version.project} subject={`model/${version.name}/${version.version}`} />
    </>
  );
}
