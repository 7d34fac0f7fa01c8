import type { Project } from "@pave/contract";
import { useParams } from "@tanstack/react-router";
import { Card } from "../../ui/card.tsx";
import layout from "../../ui/layout.module.css";
import { Page } from "../../ui/page.tsx";
import { QueryView } from "../../ui/query-view.tsx";
import { StateBadge } from "../../ui/state-badge.tsx";
import { About } from "./about.tsx";
import { Deployments } from "./deployments.tsx";
import { Members } from "./members.tsx";
import { ModelVersions } from "./model-versions.tsx";
import { NextStep } from "./next-step.tsx";
import { Plans } from "./plans.tsx";
import { ProjectTabs } from "./project-tabs.tsx";
import { RecentRuns } from "./recent-runs.tsx";
import { Road, RoadSkeleton } from "./road.tsx";
import { useProjectQuery } from "./use-project-query.ts";

/** Where on the road, what next? */
export function ProjectPage() {
  const { project } = useParams({ from: "/shell/projects/$project" });
  const query = useProjectQuery(project);
  if (query.isPending)
    return (
      <Page title={project} crumbs={crumbs} subtitle={"\u00a0"} tabs={<ProjectTabs project={project} />}>
        <RoadSkeleton />
      </Page>
    );
  return (
    <Page
      title={project}
      crumbs={crumbs}
      state={query.data ? <StateBadge state={query.data.health} /> : null}
      subtitle={query.data ? subtitleOf(query.data) : "\u00a0"}
      tabs={<ProjectTabs project={project} />}
    >
      <QueryView query={query}>{(data) => <ProjectView project={data} />}</QueryView>
    </Page>
  );
}

const crumbs = [{ label: "Projects", to: "/projects" }];

const subtitleOf = ({ title, name, description }: Project): string =>
  [title === name ? "" : title, description].filter(Boolean).join(": ") || "\u00a0";

function ProjectView({ project }: { project: Project }) {
  return (
    <>
      <Card flush>
        <Road stages={project.road} />
        {project.next ? <NextStep next={project.next} /> : null}
      </Card>
      <div className={layout.columns}>
        <div className={layout.stack}>
          <RecentRuns project={project.name} pipelines={project.pipelines} />
          <Plans project={project.name} />
          <ModelVersions project={project.name} />
        </div>
        <div className={layout.stack}>
          <Deployments project={project.name} />
          <About project={project} />
          <Members project={project.name} />
        </div>
      </div>
    </>
  );
}
