import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import layout from "../../ui/layout.module.css";
import { Page } from "../../ui/page.tsx";
import { ProjectTabs, projectCrumbs } from "../project/project-tabs.tsx";
import { ActivityFeed } from "./activity-feed.tsx";
import type { ActivitySearch } from "./activity-search.ts";
import { ChainState } from "./chain-state.tsx";

type Change = { readonly [K in keyof ActivitySearch]: string | undefined };
const merged = (before: ActivitySearch, change: Change): ActivitySearch =>
  Object.fromEntries(Object.entries({ ...before, ...change }).filter(([, value]) => value !== undefined));

/** Who did what? */
export function ActivityPage() {
  const search = useSearch({ from: "/shell/activity" });
  const navigate = useNavigate({ from: "/activity" });
  return (
    <Page title="Activity" subtitle="Who did what and when, in every project that you may read.">
      <div className={layout.columns}>
        <ActivityFeed
          search={search}
          onSearch={(change) => void navigate({ search: (before) => merged(before, change), replace: true })}
        />
        <ChainState />
      </div>
    </Page>
  );
}

/** Who did what in this project? */
export function ProjectActivityPage() {
  const { project } = useParams({ from: "/shell/projects/$project/activity" });
  const search = useSearch({ from: "/shell/projects/$project/activity" });
  const navigate = useNavigate({ from: "/projects/$project/activity" });
  return (
    <Page
      title="Activity"
      crumbs={projectCrumbs(project, "Activity")}
      tabs={<ProjectTabs project={project} />}
      subtitle="Who did what in this project, and when."
    >
      <ActivityFeed
        project={project}
        search={search}
        onSearch={(change) => void navigate({ search: (before) => merged(before, change), replace: true })}
      />
    </Page>
  );
}
