import type { Project } from "@pave/contract";
import { useParams } from "@tanstack/react-router";
import type { ReactNode } from "react";
import layout from "../../ui/layout.module.css";
import { Page } from "../../ui/page.tsx";
import { EmptyState, QueryView } from "../../ui/query-view.tsx";
import { SectionNav } from "../../ui/section-nav.tsx";
import { ProjectTabs, projectCrumbs } from "../project/project-tabs.tsx";
import { useProjectQuery } from "../project/use-project-query.ts";
import { Connections } from "./connections.tsx";
import { EffectiveRights } from "./effective-rights.tsx";
import { Members } from "./members.tsx";
import { Owner } from "./owner.tsx";
import { ProjectRoutes } from "./project-routes.tsx";
import { RepositoryCard } from "./repository.tsx";
import { RetentionCard } from "./retention.tsx";
import { RoleTable } from "./role-table.tsx";
import { Secrets } from "./secrets.tsx";
import { type SettingsSection, settingsSections } from "./sections.ts";
import { ServiceAccounts } from "./service-accounts.tsx";
import { Tier } from "./tier.tsx";
import { Trusts } from "./trusts.tsx";

/** Who may do what in this project, what are its steps given, and how much depends on it? */
export function ProjectSettingsPage() {
  const { project, section } = useParams({ from: "/shell/projects/$project/settings/$section" });
  const query = useProjectQuery(project);
  const shown = settingsSections.find(({ path }) => path === section);
  const sections = settingsSections.map(({ path, title }) => ({ to: `/projects/${project}/settings/${path}`, title }));
  return (
    <Page
      title="Settings"
      crumbs={projectCrumbs(project, "Settings", ...(shown ? [shown.title] : []))}
      tabs={<ProjectTabs project={project} />}
      subtitle="Who may do what here, and what its steps are given. What the project runs and serves stands in its pave.yaml."
    >
      <QueryView query={query} rows={8}>
        {(data) => (
          <div className={layout.parts}>
            <SectionNav label="parts of the settings" sections={sections} />
            <div className={layout.stack}>
              {shown ? (
                parts[shown.path](data)
              ) : (
                <EmptyState
                  title={`The settings have no part ${section}`}
                  detail="Choose one of those that are there."
                />
              )}
            </div>
          </div>
        )}
      </QueryView>
    </Page>
  );
}

const parts: Readonly<Record<SettingsSection, (project: Project) => ReactNode>> = {
  members: ({ name }) => <Members project={name} />,
  rights: ({ name }) => (
    <>
      <EffectiveRights project={name} />
      <RoleTable />
    </>
  ),
  machines: ({ name }) => (
    <>
      <ServiceAccounts project={name} />
      <Trusts project={name} />
    </>
  ),
  repository: ({ name }) => <RepositoryCard project={name} />,
  secrets: ({ name }) => <Secrets project={name} />,
  connections: ({ name }) => <Connections project={name} />,
  notifications: (project) => <ProjectRoutes project={project} />,
  retention: ({ name }) => <RetentionCard project={name} />,
  ownership: ({ name, owner, tier }) => (
    <div className={layout.halves}>
      <Owner project={name} owner={owner} />
      <Tier project={name} tier={tier} />
    </div>
  ),
};
