import type { IssuerKind } from "@pave/contract";
import type { JWTPayload } from "jose";
import { expect, test } from "vitest";
import { jobOf } from "./job.ts";
import { githubClaims, gitlabClaims } from "./testing/ci-issuer.ts";
import { type TrustRule, whyNot } from "./why-not.ts";

const rule = (kind: IssuerKind, overrides: Partial<TrustRule> = {}): TrustRule => ({
  kind,
  repository: kind === "github" ? "acme/flights" : "acme/ml/flights",
  repositoryId: null,
  branch: "main",
  tag: null,
  pullRequests: false,
  jobEnvironment: null,
  workflow: null,
  unprotected: false,
  ...overrides,
});

const judge = (kind: IssuerKind, overrides: Partial<TrustRule>, claims: JWTPayload) => {
  const job = jobOf(kind, kind === "github" ? githubClaims(claims) : gitlabClaims(claims), "https://issuer");
  return job ? (whyNot(rule(kind, overrides), job) ?? "in") : "no repository";
};

const pullRequest = { ref: "refs/pull/7/merge", event_name: "pull_request", head_ref: "topic", base_ref: "main" };

test.each<[string, Partial<TrustRule>, JWTPayload, string | RegExp]>([
  ["the branch", {}, {}, "in"],
  ["names in another case", { repository: "Acme/Flights" }, {}, "in"],
  [
    "another repository",
    {},
    { repository: "mallory/flights" },
    /of the repository mallory\/flights, not acme\/flights/,
  ],
  ["one whose name begins the same", {}, { repository: "acme/flights-evil" }, /not acme\/flights/],
  ["another branch", {}, { ref: "refs/heads/topic" }, "it runs on the branch topic; trusted: the branch main"],
  [
    "a branch called like the ref",
    {},
    { ref: "refs/heads/refs/heads/main" },
    /it runs on the branch refs\/heads\/main/,
  ],
  ["a tag called like the branch", {}, { ref: "refs/tags/main" }, "it runs on the tag main; trusted: the branch main"],
  ["no ref", {}, { ref: undefined }, /names no branch and no tag/],
  ["a pull request", {}, pullRequest, "it runs for a pull request; trusted: the branch main"],
  ["a pull request, trusted", { branch: null, pullRequests: true }, pullRequest, "in"],
  ["the branch, where pull requests are trusted", { branch: null, pullRequests: true }, {}, /trusted: pull requests/],
  ["a fork's code with the base's rights", {}, { event_name: "pull_request_target" }, /never trusted/],
  ["what a fork's run started", {}, { event_name: "workflow_run" }, /never trusted/],
  ["a comment by anybody", { pullRequests: true }, { event_name: "issue_comment" }, /never trusted/],
  ["a repository that took the name over", { repositoryId: "74" }, { repository_id: "99" }, /another repository now/],
  ["the repository by its id", { repositoryId: "74" }, {}, "in"],
  ["an environment", { jobEnvironment: "production" }, { environment: "production" }, "in"],
  ["no environment", { jobEnvironment: "production" }, {}, "it runs in no environment, not in production"],
  ["the workflow", { workflow: ".github/workflows/pave.yml" }, {}, "in"],
  ["another workflow", { workflow: ".github/workflows/other.yml" }, {}, /its workflow is acme\/flights/],
  [
    "a workflow whose name only begins like it",
    { workflow: ".github/workflows/pave.yml" },
    { job_workflow_ref: "acme/flights/.github/workflows/pave.yml@other.yml@refs/heads/main" },
    /its workflow is acme\/flights\/\.github\/workflows\/pave\.yml@other\.yml, not/,
  ],
  [
    "the workflow, called by a commit",
    { workflow: ".github/workflows/pave.yml" },
    { job_workflow_ref: `acme/flights/.github/workflows/pave.yml@${"a".repeat(40)}` },
    "in",
  ],
  [
    "the workflow on a branch with an @",
    { branch: "a@b", workflow: ".github/workflows/pave.yml" },
    { ref: "refs/heads/a@b", job_workflow_ref: "acme/flights/.github/workflows/pave.yml@refs/heads/a@b" },
    "in",
  ],
  [
    "a workflow of that name, of another repository",
    { workflow: ".github/workflows/pave.yml" },
    { job_workflow_ref: "mallory/x/.github/workflows/pave.yml@refs/heads/main" },
    /its workflow is mallory/,
  ],
  ["branches below", { branch: "release/*" }, { ref: "refs/heads/release/1.2" }, "in"],
  ["not below that", { branch: "release/*" }, { ref: "refs/heads/release/1/2" }, /release\/1\/2/],
  ["dots are dots", { branch: "v1.2" }, { ref: "refs/heads/v1x2" }, /v1x2/],
  ["a tag", { branch: null, tag: "v*" }, { ref: "refs/tags/v1.0.0" }, "in"],
  ["claims that are no texts", {}, { repository: { name: "acme/flights" } as never }, "no repository"],
])("GitHub: %s", (_name, overrides, claims, expected) => {
  expect(judge("github", overrides, claims)).toEqual(
    typeof expected === "string" ? expected : expect.stringMatching(expected),
  );
});

const mergeRequest = { pipeline_source: "merge_request_event", ref_path: "refs/merge-requests/3/head" };

test.each<[string, Partial<TrustRule>, JWTPayload, string | RegExp]>([
  ["the branch", {}, {}, "in"],
  ["an older GitLab without ref_path", {}, { ref_path: undefined }, "in"],
  ["another project", {}, { project_path: "mallory/ml/flights" }, /not acme\/ml\/flights/],
  ["another branch", {}, { ref: "topic", ref_path: "refs/heads/topic" }, /it runs on the branch topic/],
  ["a tag", {}, { ref_type: "tag", ref_path: "refs/tags/main" }, /it runs on the tag main/],
  ["a branch that is not protected", {}, { ref_protected: "false" }, /not protected/],
  ["it is said that it need not be", { unprotected: true }, { ref_protected: "false" }, "in"],
  ["a merge request whose branch has the name", {}, { ...mergeRequest, ref: "main" }, /runs for a pull request/],
  ["that, of an older GitLab", {}, { ...mergeRequest, ref: "main", ref_path: undefined }, /runs for a pull request/],
  ["that, with another source", {}, { ref_path: "refs/merge-requests/3/head" }, /runs for a pull request/],
  ["a merge request, trusted", { branch: null, pullRequests: true }, mergeRequest, "in"],
  ["a fork at GitHub", { pullRequests: true }, { pipeline_source: "external_pull_request_event" }, /never trusted/],
  ["an environment", { jobEnvironment: "staging" }, { environment: "staging" }, "in"],
  ["no environment", { jobEnvironment: "staging" }, {}, /no environment/],
  ["ids that are numbers", { repositoryId: "22" }, { project_id: 22 }, "in"],
])("GitLab: %s", (_name, overrides, claims, expected) => {
  expect(judge("gitlab", overrides, claims)).toEqual(
    typeof expected === "string" ? expected : expect.stringMatching(expected),
  );
});
