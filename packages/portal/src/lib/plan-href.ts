import type { Plan } from "@pave/contract";

/** The page of a plan: under its project, or the platform's own. */
export const planHref = ({ project, number }: Pick<Plan, "project" | "number">): string =>
  project === null ? `/plans/${number}` : `/projects/${project}/plans/${number}`;
