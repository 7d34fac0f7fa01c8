import { Link } from "@tanstack/react-router";
import classes from "./project-tabs.module.css";

/** The pages of a project that stand beside each other. */
const tabs = [
  { path: "", title: "Overview" },
  { path: "/runs", title: "Runs" },
  { path: "/experiments", title: "Experiments" },
  { path: "/monitoring", title: "Monitoring" },
  { path: "/activity", title: "Activity" },
  { path: "/settings", title: "Settings" },
] as const;

export function ProjectTabs({ project }: { project: string }) {
  return (
    <nav className={classes.tabs} aria-label="project">
      {tabs.map(({ path, title }) => (
        <Link
          key={path}
          to={`/projects/${project}${path}` as string}
          className={classes.tab}
          activeOptions={{ exact: path === "", includeSearch: false }}
          activeProps={{ "data-active": true }}
        >
          {title}
        </Link>
      ))}
    </nav>
  );
}

/** Where a page of a project lies. */
export const projectCrumbs = (project: string, ...below: string[]) => [
  { label: "Projects", to: "/projects" },
  { label: project, to: `/projects/${project}` },
  ...below.map((label) => ({ label })),
];
