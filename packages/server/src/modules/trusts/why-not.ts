import type { Trust } from "@pave/contract";
import type { Job } from "./job.ts";

/** The rule of a trust: what a job must be. */
export type TrustRule = Pick<
  Trust,
  | "kind"
  | "repository"
  | "repositoryId"
  | "branch"
  | "tag"
  | "pullRequests"
  | "jobEnvironment"
  | "workflow"
  | "unprotected"
>;

/**
 * These run code or data of a stranger's pull request with the rights of the base branch, and their token names that
 * branch; nothing in it tells them from what the team pushed.
 */
const strangersEvents = ["pull_request_target", "issue_comment", "workflow_run", "external_pull_request_event"];

/** Is it this repository at all? Names are the same in any case, as at their hosts. */
export const isRepository = (rule: TrustRule, job: Job): boolean =>
  rule.repository.toLowerCase() === job.repository.toLowerCase();

/** Why the job is not one that the rule lets in, in words; undefined when it is. */
export function whyNot(rule: TrustRule, job: Job): string | undefined {
  if (!isRepository(rule, job)) return `it is of the repository ${job.repository}, not ${rule.repository}`;
  if (rule.repositoryId !== null && rule.repositoryId !== job.repositoryId)
    return `${job.repository} is another repository now (${job.repositoryId ?? "no id"}) than the one that was trusted (${rule.repositoryId})`;
  if (job.event !== null && strangersEvents.includes(job.event))
    return `the event ${job.event} can run the code of anybody's pull request, so it is never trusted`;
  const place = whyNotPlace(rule, job);
  if (place) return place;
  if (rule.jobEnvironment !== null && rule.jobEnvironment !== job.environment)
    return `it runs in ${job.environment === null ? "no environment" : `the environment ${job.environment}`}, not in ${rule.jobEnvironment}`;
  if (rule.workflow !== null && !isWorkflow(rule.workflow, job))
    return `its workflow is ${job.workflow ?? "not told"}, not ${rule.workflow}`;
  return undefined;
}

function whyNotPlace(rule: TrustRule, { ref, isProtected }: Job): string | undefined {
  const wanted = [
    rule.branch === null ? [] : [`the branch ${rule.branch}`],
    rule.tag === null ? [] : [`the tag ${rule.tag}`],
    rule.pullRequests ? ["pull requests"] : [],
  ].flat();
  if (ref === null) return `it names no branch and no tag; trusted: ${wanted.join(", ")}`;
  if (ref.kind === "pull-request")
    return rule.pullRequests ? undefined : `it runs for a pull request; trusted: ${wanted.join(", ")}`;
  const pattern = ref.kind === "branch" ? rule.branch : rule.tag;
  if (pattern === null || !fits(pattern, ref.name))
    return `it runs on the ${ref.kind} ${ref.name}; trusted: ${wanted.join(", ")}`;
  if (isProtected === false && !rule.unprotected)
    return `the ${ref.kind} ${ref.name} is not protected, so anybody who may push there could act by it`;
  return undefined;
}

/** `*` stands for any characters but the slash. */
function fits(pattern: string, name: string): boolean {
  const parts = pattern.split("*").map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join("[^/]*")}$`).test(name);
}

/** The file in the repository itself: a workflow of another repository, called from here, is not this one. */
const isWorkflow = (file: string, job: Job): boolean =>
  job.workflow?.toLowerCase() === `${job.repository}/${file.replace(/^\.?\//, "")}`.toLowerCase();
