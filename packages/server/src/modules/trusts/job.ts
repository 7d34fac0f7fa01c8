import type { IssuerKind } from "@pave/contract";
import type { JWTPayload } from "jose";

/** What a job of CI ran for. A pull request (of GitLab: merge request) is neither a branch nor a tag. */
export type JobRef = { readonly kind: "branch" | "tag"; readonly name: string } | { readonly kind: "pull-request" };

/** What an issuer says of the job that has its token, the same for every CI. */
export interface Job {
  readonly repository: string;
  readonly repositoryId: string | null;
  readonly ref: JobRef | null;
  /** GitLab says whether the branch or tag is protected; GitHub does not, which is null. */
  readonly isProtected: boolean | null;
  readonly event: string | null;
  readonly environment: string | null;
  /** The file of the workflow with its repository, as `org/repo/.github/workflows/pave.yml`. */
  readonly workflow: string | null;
  /** For people and the ledger: who started it, of which commit, where it is shown. */
  readonly startedBy: string | null;
  readonly commit: string | null;
  readonly url: string | null;
}

/** The job that the claims tell of; undefined when they name no repository. */
export function jobOf(kind: IssuerKind, claims: JWTPayload, issuer: string): Job | undefined {
  return kind === "github" ? githubJob(claims) : gitlabJob(claims, issuer);
}

function githubJob(claims: JWTPayload): Job | undefined {
  const repository = text(claims.repository);
  if (repository === null) return undefined;
  const server = text(claims.server_url) ?? "https://github.com";
  const run = text(claims.run_id);
  return {
    repository,
    repositoryId: text(claims.repository_id),
    ref: refOf(text(claims.ref)),
    isProtected: null,
    event: text(claims.event_name),
    environment: text(claims.environment),
    workflow: withoutRef(text(claims.job_workflow_ref)),
    startedBy: text(claims.actor),
    commit: text(claims.sha),
    url: run === null ? null : `${server}/${repository}/actions/runs/${run}`,
  };
}

function gitlabJob(claims: JWTPayload, issuer: string): Job | undefined {
  const repository = text(claims.project_path);
  if (repository === null) return undefined;
  const event = text(claims.pipeline_source);
  const job = text(claims.job_id);
  return {
    repository,
    repositoryId: text(claims.project_id),
    ref:
      event === "merge_request_event" || event === "external_pull_request_event"
        ? { kind: "pull-request" }
        : gitlabRef(claims),
    isProtected: text(claims.ref_protected) === "true",
    event,
    environment: text(claims.environment),
    workflow:
      withoutRef(text(claims.ci_config_ref_uri))
        ?.replace(/^[^/]+\//, "")
        .replace("//", "/") ?? null,
    startedBy: text(claims.user_login),
    commit: text(claims.sha),
    url: job === null ? null : `${issuer}/${repository}/-/jobs/${job}`,
  };
}

/** `ref` is a bare name there; `ref_path`, where it is given, tells a branch from a merge request of a fork with that name. */
function gitlabRef(claims: JWTPayload): JobRef | null {
  const path = text(claims.ref_path);
  if (path !== null) return refOf(path);
  const [name, type] = [text(claims.ref), text(claims.ref_type)];
  if (name === null || (type !== "branch" && type !== "tag")) return null;
  return { kind: type, name };
}

/** `org/repo/file.yml@refs/heads/main`, or `@` a commit: a file may be called `pave.yml@other.yml`, and is not pave.yml. */
const withoutRef = (place: string | null): string | null =>
  place?.replace(/@(?:refs\/.*|[0-9a-f]{40}|[0-9a-f]{64})$/, "") ?? null;

function refOf(ref: string | null): JobRef | null {
  if (ref === null) return null;
  const [, place, name = ""] = /^refs\/(heads|tags)\/(.+)$/.exec(ref) ?? [];
  if (place !== undefined) return { kind: place === "heads" ? "branch" : "tag", name };
  return /^refs\/(pull|merge-requests)\//.test(ref) ? { kind: "pull-request" } : null;
}

/** Claims are texts; GitLab's numbers too. */
const text = (claim: unknown): string | null =>
  typeof claim === "string" && claim !== "" ? claim : typeof claim === "number" ? String(claim) : null;

/** `the branch main of acme/flights`, for messages. */
export function describeJob({ repository, ref, event }: Job): string {
  const where =
    ref === null ? "no branch" : ref.kind === "pull-request" ? "a pull request" : `the ${ref.kind} ${ref.name}`;
  return `${where} of ${repository}${event === null ? "" : ` (${event})`}`;
}
