import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from "@tanstack/react-router";
import { parseActivitySearch } from "../pages/activity/activity-search.ts";
import { HomePage } from "../pages/home/page.tsx";
import { parseInboxSearch } from "../pages/inbox/inbox-search.ts";
import { parseVersionsSearch } from "../pages/model/versions-search.ts";
import { NotFoundPage } from "../pages/not-found/page.tsx";
import { parseLogSearch } from "../pages/notifications/log-search.ts";
import { ProjectPage } from "../pages/project/page.tsx";
import { ProjectsPage } from "../pages/projects/page.tsx";
import { parseCompareSearch } from "../pages/run-compare/compare-search.ts";
import { parseRunSearch } from "../pages/run-list/run-search.ts";
import { SignInPage } from "../pages/sign-in/page.tsx";
import { parseTrackedSearch } from "../pages/tracked-run/tracked-search.ts";
import { BrokenPage } from "./broken-page.tsx";
import { openMlflowAddress } from "./mlflow-address.ts";
import { Shell } from "./shell.tsx";

const root = createRootRoute({ component: Outlet, notFoundComponent: NotFoundPage });
const signIn = createRoute({ getParentRoute: () => root, path: "/sign-in", component: SignInPage });
const invitation = createRoute({
  getParentRoute: () => root,
  path: "/invitation",
  component: lazyRouteComponent(() => import("../pages/invitation/page.tsx"), "InvitationPage"),
});
/** Terminals are let in here, outside of the shell. */
const authorize = createRoute({
  getParentRoute: () => root,
  path: "/authorize",
  component: lazyRouteComponent(() => import("../pages/terminal/authorize-page.tsx"), "AuthorizePage"),
});
const device = createRoute({
  getParentRoute: () => root,
  path: "/device",
  component: lazyRouteComponent(() => import("../pages/terminal/device-page.tsx"), "DevicePage"),
});
const shell = createRoute({ getParentRoute: () => root, id: "shell", component: Shell });

const home = createRoute({
  getParentRoute: () => shell,
  path: "/",
  beforeLoad: ({ location }) => openMlflowAddress(location.hash),
  component: HomePage,
});
const projects = createRoute({ getParentRoute: () => shell, path: "/projects", component: ProjectsPage });
const project = createRoute({ getParentRoute: () => shell, path: "/projects/$project", component: ProjectPage });

/** Further pages come when they are first looked at. */
const newProject = createRoute({
  getParentRoute: () => shell,
  path: "/new-project",
  component: lazyRouteComponent(() => import("../pages/new-project/page.tsx"), "NewProjectPage"),
});
const environments = createRoute({
  getParentRoute: () => shell,
  path: "/environments",
  component: lazyRouteComponent(() => import("../pages/environments/page.tsx"), "EnvironmentsPage"),
});
const environment = createRoute({
  getParentRoute: () => shell,
  path: "/environments/$environment",
  component: lazyRouteComponent(() => import("../pages/environment/page.tsx"), "EnvironmentPage"),
});
const activity = createRoute({
  getParentRoute: () => shell,
  path: "/activity",
  validateSearch: parseActivitySearch,
  component: lazyRouteComponent(() => import("../pages/activity/page.tsx"), "ActivityPage"),
});
const projectActivity = createRoute({
  getParentRoute: () => shell,
  path: "/projects/$project/activity",
  validateSearch: parseActivitySearch,
  component: lazyRouteComponent(() => import("../pages/activity/page.tsx"), "ProjectActivityPage"),
});
const settings = createRoute({
  getParentRoute: () => shell,
  path: "/settings",
  component: lazyRouteComponent(() => import("../pages/settings/page.tsx"), "SettingsPage"),
});
const people = createRoute({
  getParentRoute: () => shell,
  path: "/settings/people",
  component: lazyRouteComponent(() => import("../pages/people/page.tsx"), "PeoplePage"),
});
const backups = createRoute({
  getParentRoute: () => shell,
  path: "/settings/backups",
  component: lazyRouteComponent(() => import("../pages/backups/page.tsx"), "BackupsPage"),
});
const inbox = createRoute({
  getParentRoute: () => shell,
  path: "/inbox",
  validateSearch: parseInboxSearch,
  component: lazyRouteComponent(() => import("../pages/inbox/page.tsx"), "InboxPage"),
});
const notificationSettings = createRoute({
  getParentRoute: () => shell,
  path: "/settings/notifications",
  validateSearch: parseLogSearch,
  component: lazyRouteComponent(() => import("../pages/notifications/page.tsx"), "NotificationsPage"),
});
const projectSettings = createRoute({
  getParentRoute: () => shell,
  path: "/projects/$project/settings/$section",
  component: lazyRouteComponent(() => import("../pages/project-settings/page.tsx"), "ProjectSettingsPage"),
});
const projectSettingsStart = createRoute({
  getParentRoute: () => shell,
  path: "/projects/$project/settings",
  beforeLoad: ({ params }) => {
    throw redirect({
      to: "/projects/$project/settings/$section",
      params: { ...params, section: "members" },
      replace: true,
    });
  },
});
const runs = createRoute({
  getParentRoute: () => shell,
  path: "/projects/$project/runs",
  validateSearch: parseRunSearch,
  component: lazyRouteComponent(() => import("../pages/run-list/page.tsx"), "RunListPage"),
});
const compare = createRoute({
  getParentRoute: () => shell,
  path: "/projects/$project/runs/compare",
  validateSearch: parseCompareSearch,
  component: lazyRouteComponent(() => import("../pages/run-compare/page.tsx"), "RunComparePage"),
});

/** Pages that draw graphs or charts come with their libraries when they are first looked at. */
const run = createRoute({
  getParentRoute: () => shell,
  path: "/projects/$project/runs/$run",
  validateSearch: parseTrackedSearch,
  component: lazyRouteComponent(() => import("../pages/tracked-run/any-run-page.tsx"), "AnyRunPage"),
});
const experiments = createRoute({
  getParentRoute: () => shell,
  path: "/projects/$project/experiments",
  component: lazyRouteComponent(() => import("../pages/experiments/page.tsx"), "ExperimentsPage"),
});
const experiment = createRoute({
  getParentRoute: () => shell,
  path: "/projects/$project/experiments/$experiment",
  validateSearch: ({ after }: Record<string, unknown>): { after?: number } =>
    Number.isSafeInteger(Number(after)) && Number(after) > 0 ? { after: Number(after) } : {},
  component: lazyRouteComponent(() => import("../pages/experiments/experiment-page.tsx"), "ExperimentPage"),
});
const model = createRoute({
  getParentRoute: () => shell,
  path: "/projects/$project/models/$model",
  validateSearch: (search: Record<string, unknown>) => text(search, "metric") as { metric?: string },
  component: lazyRouteComponent(() => import("../pages/model/page.tsx"), "ModelPage"),
});
const compareVersions = createRoute({
  getParentRoute: () => shell,
  path: "/projects/$project/models/$model/compare",
  validateSearch: parseVersionsSearch,
  component: lazyRouteComponent(() => import("../pages/model/compare-page.tsx"), "CompareVersionsPage"),
});
const modelVersion = createRoute({
  getParentRoute: () => shell,
  path: "/projects/$project/models/$model/versions/$version",
  validateSearch: (search: Record<string, unknown>) => text(search, "file") as { file?: string },
  component: lazyRouteComponent(() => import("../pages/models/page.tsx"), "ModelVersionPage"),
});
const plan = createRoute({
  getParentRoute: () => shell,
  path: "/projects/$project/plans/$plan",
  component: lazyRouteComponent(() => import("../pages/plans/page.tsx"), "PlanPage"),
});
const platformPlan = createRoute({
  getParentRoute: () => shell,
  path: "/plans/$plan",
  component: lazyRouteComponent(() => import("../pages/plans/page.tsx"), "PlatformPlanPage"),
});
const deployment = createRoute({
  getParentRoute: () => shell,
  path: "/projects/$project/deployments/$environment/$deployment",
  validateSearch: (search: Record<string, unknown>) => text(search, "range") as { range?: string },
  component: lazyRouteComponent(() => import("../pages/deployments/page.tsx"), "DeploymentPage"),
});
const monitoring = createRoute({
  getParentRoute: () => shell,
  path: "/projects/$project/monitoring",
  component: lazyRouteComponent(() => import("../pages/monitoring/page.tsx"), "MonitoringPage"),
});
const monitor = createRoute({
  getParentRoute: () => shell,
  path: "/projects/$project/monitoring/$environment/$deployment",
  component: lazyRouteComponent(() => import("../pages/monitoring/monitor-page.tsx"), "MonitorPage"),
});
const alert = createRoute({
  getParentRoute: () => shell,
  path: "/projects/$project/monitoring/alerts/$alert",
  component: lazyRouteComponent(() => import("../pages/monitoring/alert-page.tsx"), "AlertPage"),
});

const rollout = createRoute({
  getParentRoute: () => shell,
  path: "/projects/$project/deployments/$environment/$deployment/rollouts/$rollout",
  component: lazyRouteComponent(() => import("../pages/rollouts/page.tsx"), "RolloutPage"),
});

/** Whatever else: said inside the frame, so that one can go on from there. */
const lost = createRoute({ getParentRoute: () => shell, path: "$", component: NotFoundPage });

/** Lists are sections of the project's page; their URLs lead there. */
const section = <const Name extends "plans" | "models" | "deployments">(name: Name) =>
  createRoute({
    getParentRoute: () => shell,
    path: `/projects/$project/${name}`,
    beforeLoad: ({ params }: { params: { project: string } }) => {
      throw redirect({ to: "/projects/$project", params: { project: params.project }, hash: name, replace: true });
    },
  });

const text = (search: Record<string, unknown>, name: string): Record<string, string> => {
  const value = search[name];
  return typeof value === "string" ? { [name]: value } : {};
};

/** URLs are stable: plans, messages and people link to them. */
const routeTree = root.addChildren([
  signIn,
  invitation,
  authorize,
  device,
  shell.addChildren([
    home,
    projects,
    project,
    newProject,
    environments,
    environment,
    activity,
    projectActivity,
    settings,
    people,
    backups,
    inbox,
    notificationSettings,
    projectSettings,
    projectSettingsStart,
    runs,
    compare,
    run,
    experiments,
    experiment,
    model,
    compareVersions,
    modelVersion,
    plan,
    platformPlan,
    deployment,
    rollout,
    monitoring,
    monitor,
    alert,
    section("plans"),
    section("models"),
    section("deployments"),
    lost,
  ]),
]);

export const router = createRouter({
  routeTree,
  defaultPreload: "intent",
  scrollRestoration: true,
  defaultErrorComponent: BrokenPage,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
