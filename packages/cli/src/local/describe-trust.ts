import type { Trust } from "@pave/contract";

/** What a job must be: `branch main, environment production`. */
export const trustedJobs = ({ branch, tag, pullRequests, jobEnvironment, workflow, unprotected }: Trust): string =>
  [
    branch === null ? "" : `branch ${branch}`,
    tag === null ? "" : `tag ${tag}`,
    pullRequests ? "pull requests" : "",
    jobEnvironment === null ? "" : `environment ${jobEnvironment}`,
    workflow === null ? "" : workflow,
    unprotected ? "not only protected" : "",
  ]
    .filter(Boolean)
    .join(", ");
