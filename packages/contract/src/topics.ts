/**
 * Topics of the event stream. A hint under a topic means: read that thing again. Hints carry no data, so missing one
 * costs at most a few seconds until the next read.
 */
export const topics = {
  home: "home",
  /** What somebody is told; only that person hears of it. */
  inbox: (principalId: string) => `inbox/${principalId}`,
  project: (name: string) => `project/${name}`,
  run: (project: string, number: number) => `project/${project}/run/${number}`,
  logs: (project: string, number: number, step: string) => `project/${project}/run/${number}/logs/${step}`,
  /** A plan of a project, or of the platform. */
  plan: (project: string | null, number: number) =>
    project === null ? `plan/${number}` : `project/${project}/plan/${number}`,
  model: (project: string, name: string) => `project/${project}/model/${name}`,
  /** What is said about a run, a plan, a model version or an alert. */
  comments: (project: string, subject: string) => `project/${project}/comments/${subject}`,
  reviews: (project: string, model: string) => `project/${project}/reviews/${model}`,
  deployment: (project: string, environment: string, name: string) =>
    `project/${project}/deployment/${environment}/${name}`,
  /** Predicted against actual. */
  truth: (project: string, environment: string, name: string) => `project/${project}/truth/${environment}/${name}`,
  /** Monitors and alerts of a project. */
  monitoring: (project: string) => `project/${project}/monitoring`,
  traffic: (project: string, environment: string, name: string) => `project/${project}/traffic/${environment}/${name}`,
} as const;
