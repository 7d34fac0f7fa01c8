export { findSubject } from "./find-subject.ts";
export { insightsRoutes } from "./insights-routes.ts";
export { liveVersions } from "./live-versions.ts";
export { projectFacts } from "./project-facts.ts";
export { runPageRoutes } from "./run-page-routes.ts";
export { versionReleases } from "./version-releases.ts";
export { listWaiting } from "./waiting.ts";
